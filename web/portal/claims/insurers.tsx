// Each insurer by itself: as of when, until which month, what it has of the period; and who is
// silent.
import type { JSX } from "preact";
import { month_text } from "../../shared/phrases";
import { Ja, Read, Say } from "../../shared/words";
import { Answered, Entry, Silent } from "../answered";
import type { Answers } from "../own";
import { paid_text } from "./paid";
import type { Answer, ClaimsDocument, Period } from "./record";
import { filtered, lines_of, sum_of } from "./sums";

interface OneProps {
  answer: Answer;
  period: Period;
  institution: string; // "" for all
}

// Nothing of what is late or to come: the page does not know when an insurance began or ended.
function One({ answer, period, institution }: OneProps): JSX.Element {
  const { holder, as_of, document } = answer;
  const sum = sum_of(filtered(lines_of([answer], period), institution));
  return (
    <li class="card">
      <h3>
        <Ja>{holder.name}</Ja>
      </h3>
      <dl>
        <Entry of="claims.claims">
          <Say of="claims.claim_count" count={sum.claims} />
        </Entry>
        <Entry of="claims.column_paid">
          <Read text={paid_text(sum)} />
        </Entry>
      </dl>
      <p>
        <Say of="claims.arrived" month={month_text(document.arrived_to)} />
      </p>
      <Answered as_of={as_of} />
    </li>
  );
}

interface InsurersProps {
  read: Answers<ClaimsDocument>;
  period: Period;
  institution: string;
  months: number;
}

export function Insurers({ read, period, institution, months }: InsurersProps): JSX.Element {
  const { answers, silent } = read;
  // A long answer may be more than a holder sends at once.
  const too_long = months > 12 && silent.some(({ code }) => code === "holder_failed");
  return (
    <>
      <p class="hint">
        <Say of="claims.usual_delay" />
      </p>
      <ul class="cards">
        {answers.map((answer) => (
          <One key={answer.position} {...{ answer, period, institution }} />
        ))}
        {silent.map(({ kind, position, code }) => (
          <Silent key={position} kind={kind} code={code} />
        ))}
      </ul>
      {too_long && (
        <p>
          <Say of="claims.shorter" />
        </p>
      )}
    </>
  );
}
