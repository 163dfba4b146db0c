// Each insurer by itself: as of when, until which month, what it has of the period; and who is
// silent.
import type { JSX } from "preact";
import { month_after } from "../../shared/months";
import { month_text } from "../../shared/phrases";
import { Ja, Read, Say } from "../../shared/words";
import { Answered, Entry, Silent } from "../answered";
import type { Answers } from "../own";
import { paid_text } from "./paid";
import type { Answer, ClaimsDocument, Period } from "./record";
import { is_late, lines_of, sum_of } from "./sums";

interface OneProps {
  answer: Answer;
  period: Period;
  today: string;
}

function One({ answer, period, today }: OneProps): JSX.Element {
  const { holder, as_of, document } = answer;
  const { arrived_to } = document;
  const sum = sum_of(lines_of([answer], period));
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
        <Say of="claims.arrived" month={month_text(arrived_to)} />{" "}
        {arrived_to < today.slice(0, 7) && (
          <Say of="claims.to_come" month={month_text(month_after(arrived_to))} />
        )}
      </p>
      {is_late(arrived_to, today) && (
        <p class="late">
          <Say of="claims.late" />
        </p>
      )}
      <Answered as_of={as_of} />
    </li>
  );
}

interface InsurersProps {
  read: Answers<ClaimsDocument>;
  period: Period;
  today: string;
  months: number;
}

export function Insurers({ read, period, today, months }: InsurersProps): JSX.Element {
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
          <One key={answer.position} {...{ answer, period, today }} />
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
