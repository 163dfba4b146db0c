// What happened, the newest first, and by whose hand: a clerk's, or a program's.
import type { JSX } from "preact";
import { time_phrase } from "../shared/dates";
import { Ja, Read, Say, in_japanese, phrase } from "../shared/words";
import { refusal_phrase, role_phrase } from "./desk";
import { handed_key } from "./parts";
import type { Case, Line } from "./record";

// About which register, or which certificate.
function subject_phrase({ claims }: Case, { claim, order }: Line): string {
  const is_of_claim = order?.kind === "confirm" || order?.kind === "tell";
  const role = claims[claim ?? (is_of_claim ? order!.item : -1)]?.role;
  if (role !== undefined) return phrase("window.in_brackets", { what: role_phrase(role) });
  return "";
}

function what_phrase(one: Case, line: Line): string {
  const { what, order, same_person } = line;
  const values = { of: subject_phrase(one, line) };
  if (what === "decided") {
    return phrase(`window.did_decided_${same_person ? "same" : "another"}`, values);
  }
  if (what === "handed_over") return phrase(handed_key("window.did_handed_over", one), values);
  if (!order) return phrase(`window.did_${what}`, values);
  const ordered = phrase(`window.order_${order.kind}`, values);
  return phrase(`window.did_${what}`, { what: ordered });
}

// A word of a closed list, or what somebody said.
function reason_phrase(what: string, reason: string): string {
  const is_of_list = what === "opened" || what === "said";
  return is_of_list ? phrase(`window.reason_${reason}`) : in_japanese(reason);
}

function Happened({ one, line }: { one: Case; line: Line }): JSX.Element {
  return (
    <li>
      <time dateTime={new Date(line.at * 1000).toISOString()}>
        <Read text={time_phrase(line.at)} />
      </time>
      <span class="did">
        <Read text={what_phrase(one, line)} />
        {line.code !== undefined && line.code !== "" && (
          <>
            {" "}
            <Read text={refusal_phrase(line.code)} />
          </>
        )}
        {line.reason !== undefined && (
          <>
            {" "}
            <Read text={reason_phrase(line.what, line.reason)} />
          </>
        )}
      </span>
      <span class="hand">
        {line.clerk === undefined ? <Say of="window.by_program" /> : <Ja>{line.clerk}</Ja>}
      </span>
    </li>
  );
}

export function History({ one }: { one: Case }): JSX.Element {
  return (
    <details class="data">
      <summary>
        <Say of="window.history_count" count={one.lines.length} />
      </summary>
      <ol class="lines" reversed>
        {[...one.lines].reverse().map((line, i) => (
          <Happened key={i} one={one} line={line} />
        ))}
      </ol>
    </details>
  );
}
