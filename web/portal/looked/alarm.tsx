// When something does not fit: what it means, what to do, and the evidence to take along.
import type { JSX } from "preact";
import type { Country } from "../../shared/country";
import type { ComparedHolder, CrossCheck, Finding } from "../../shared/cross_check";
import { time_text } from "../../shared/dates";
import type { PersonEntries } from "../../shared/entries";
import type { Problem } from "../../shared/result";
import { save } from "../../shared/files";
import { Say, in_japanese, text_of } from "../../shared/words";
import { is_lie } from "../../shared/result";
import { evidence_of, evidence_of_list, type Viewer } from "./files";
import { Different } from "./told";

// `signed`: others can be shown by what was signed that it does not fit.
function ToDo(props: { make_file: () => string; signed: boolean }): JSX.Element {
  const { make_file, signed } = props;
  return (
    <>
      <h3>
        <Say of="looked.alarm_todo" />
      </h3>
      {!signed && (
        <p>
          <Say of="looked.alarm_unsigned" />
        </p>
      )}
      <ol>
        <li>
          <Say of="looked.alarm_step_save" />
          <p>
            <button
              type="button"
              onClick={() => save("mado-evidence.json", "application/json", make_file())}
            >
              <Say of="looked.alarm_save" />
            </button>
          </p>
        </li>
        <li>
          <Say of="looked.alarm_step_ask" />
        </li>
        <li>
          <Say of="looked.alarm_step_card" />
        </li>
      </ol>
    </>
  );
}

function Found({ country, finding }: { country: Country; finding: Finding }): JSX.Element {
  return (
    <li>
      <Say
        of={`looked.finding_${finding.kind}`}
        time={time_text(finding.time)}
        who={in_japanese(country.name_of(finding.requester))}
        holder={in_japanese(country.name_of(finding.holder))}
      />
    </li>
  );
}

function Unproven({ lie }: { lie: ComparedHolder }): JSX.Element {
  const holder = lie.holder?.name ?? text_of(`shell.kind_${lie.kind}`);
  return (
    <li>
      <Say of="looked.finding_answer" holder={in_japanese(holder)} />
    </li>
  );
}

export function Alarm(props: { of: Viewer; check: CrossCheck }): JSX.Element {
  const { of, check } = props;
  const { held } = check;
  const found = check.findings.length + held.differences.length;
  const signed = found > 0 || check.lies.some((one) => one.problem!.signed);
  const unread = held.problems.filter((one) => is_lie(one.problem));
  return (
    <section class="alarm" role="alert" aria-labelledby="alarm-name">
      <h2 id="alarm-name">
        <span aria-hidden="true">⚠ </span>
        <Say of="looked.alarm_title" />
      </h2>
      <p>
        <Say of="looked.alarm_text" />
      </p>
      <h3>
        <Say of="looked.alarm_found" />
      </h3>
      <ul>
        {check.findings.map((finding) => (
          <Found key={finding.entry} country={of.country} finding={finding} />
        ))}
        {check.lies.map((lie, i) => (
          <Unproven key={i} lie={lie} />
        ))}
        {held.differences.map((difference, i) => (
          <Different key={i} difference={difference} />
        ))}
        {unread.map(({ who }, i) => (
          <li key={i}>
            <Say of="looked.finding_answer" holder={in_japanese(of.country.name_of(who))} />
          </li>
        ))}
      </ul>
      <ToDo signed={signed} make_file={() => evidence_of(of, check)} />
    </section>
  );
}

// The list fits, but the relay does not show what it was told in some of it.
export function HiddenAlarm(props: { of: Viewer; entries: PersonEntries; count: number }) {
  const { of, entries, count } = props;
  const problem = { code: "not_shown", detail: "the relay does not show what it was told" };
  return (
    <section class="alarm" role="alert" aria-labelledby="alarm-name">
      <h2 id="alarm-name">
        <span aria-hidden="true">⚠ </span>
        <Say of="looked.alarm_title" />
      </h2>
      <p>
        <Say of="looked.hidden_text" count={count} />
      </p>
      <ToDo signed make_file={() => evidence_of_list(of, { problem, before: entries })} />
    </section>
  );
}

// The list itself was not believed: nothing of it is shown. `before`: one that was, until this
// came.
export function ListAlarm(props: {
  of: Viewer;
  problem: Problem;
  before?: PersonEntries | undefined;
}): JSX.Element {
  const { of, problem, before } = props;
  return (
    <section class="alarm" role="alert" aria-labelledby="alarm-name">
      <h2 id="alarm-name">
        <span aria-hidden="true">⚠ </span>
        <Say of="looked.alarm_list_title" />
      </h2>
      <p>
        <Say of="looked.alarm_list_text" />
      </p>
      <ToDo
        signed={problem.signed !== undefined}
        make_file={() => evidence_of_list(of, { problem, before })}
      />
    </section>
  );
}
