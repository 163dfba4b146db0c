// Who insures the person today, as each insurer answered; those who ended stay in the list.
import type { JSX } from "preact";
import { Answered, Entry, Silent } from "../answered";
import { day_text } from "../../shared/dates";
import { Say } from "../../shared/words";
import type { Cover, Insured } from "./insured";

function Current({ cover }: { cover: Cover }): JSX.Element {
  const number = [cover.symbol, cover.number, cover.branch].filter((part) => part !== "").join(" ");
  return (
    <dl>
      <Entry of="eligibility.number">{number}</Entry>
      <Entry of="eligibility.share">
        <Say
          of="eligibility.share_value"
          tenths={cover.share_percent / 10}
          percent={cover.share_percent}
        />
        {cover.special_payment && (
          <p>
            <Say of="eligibility.special_payment" />
          </p>
        )}
      </Entry>
      {cover.level && <Entry of="eligibility.care_level">{cover.level}</Entry>}
      <Entry of="eligibility.period">
        <Say of="eligibility.from" day={day_text(cover.from)} />{" "}
        {cover.to && <Say of="eligibility.to" day={day_text(cover.to)} />}
      </Entry>
    </dl>
  );
}

// The insurer's last day with the person, or that there is none that it knows of.
export function Ended({ insured }: { insured: Insured }): JSX.Element | null {
  if (!insured.ended) return null;
  const { last_day, reason } = insured.ended;
  return (
    <p>
      {last_day ? (
        <Say of="eligibility.ended_on" day={day_text(last_day)} />
      ) : (
        <Say of="eligibility.not_insured" />
      )}
      {reason && `（${reason}）`}
    </p>
  );
}

function One({ insured }: { insured: Insured }): JSX.Element {
  if (insured.problem) return <Silent kind={insured.kind} code={insured.problem} />;
  return (
    <li class="card">
      <h3>{insured.holder}</h3>
      {insured.covers.map((cover) => (
        <Current cover={cover} />
      ))}
      <Ended insured={insured} />
      <Answered as_of={insured.as_of ?? 0} />
    </li>
  );
}

export function Insurance({ insured, done }: { insured: Insured[]; done: boolean }): JSX.Element {
  return (
    <>
      <ul class="cards">
        {insured.map((one) => (
          <One insured={one} />
        ))}
      </ul>
      <p role="status" class={done ? undefined : "asking"}>
        {!done && <Say of="shell.asking" />}
        {done && insured.length === 0 && <Say of="eligibility.no_insurance" />}
      </p>
    </>
  );
}
