// (7) Who answered, as of when; who did not, and what that means for the figures.
import type { JSX } from "preact";
import { Ja, Say, in_japanese } from "../../shared/words";
import { Answered, Silent } from "../answered";
import { month_text } from "./format";
import { is_joined, type Records } from "./record";

export function is_whole({ answers, silent }: Records, done: boolean): boolean {
  return done && silent.length === 0 && answers.some(({ document }) => document.body === "state");
}

// Stands above the figures, for a sum without a part is not a small sum but a wrong one.
export function Missing({ records }: { records: Records }): JSX.Element {
  const { answers, silent, is_cut_short } = records;
  const has_state = answers.some(({ document }) => document.body === "state");
  return (
    <div class="warning missing">
      <p>
        <strong>
          <Say of={answers.length > 0 ? "pension.missing.title" : "pension.missing.nothing"} />
        </strong>
      </p>
      {silent.length > 0 && (
        <p>
          <Say of="pension.missing.silent" count={silent.length} />
        </p>
      )}
      {is_cut_short && (
        <p>
          <Say of="pension.missing.cut_short" />
        </p>
      )}
      {!has_state && answers.length > 0 && (
        <p>
          <Say of="pension.missing.state" />
        </p>
      )}
      <p>
        <Say of="pension.missing.again" />{" "}
        <a href="">
          <Say of="pension.missing.reload" />
        </a>
      </p>
    </div>
  );
}

export function Sources({ records }: { records: Records }): JSX.Element {
  return (
    <ul class="answered">
      {records.answers.map(({ position, holder, as_of, document }) => (
        <li key={position}>
          <strong>
            <Ja>{holder.name}</Ja>
          </strong> <Answered as_of={as_of} />{" "}
          {!is_joined(document) && <Say of="pension.unknown.not-joined" />}
          {is_joined(document) && document.recorded_to && (
            <Say of="pension.answered.recorded_to" month={month_text(document.recorded_to)} />
          )}
          <br />
          <Say of="pension.answered.office" office={in_japanese(document.office.name)} />{" "}
          <a href={`tel:${document.office.telephone.replace(/[^\d+]/g, "")}`}>
            {document.office.telephone}
          </a>
        </li>
      ))}
      {records.silent.map(({ kind, position, code }) => (
        <Silent key={position} kind={kind} code={code} />
      ))}
    </ul>
  );
}
