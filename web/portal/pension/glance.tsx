// The three things that people come for, before the charts.
import type { JSX } from "preact";
import { Read, Say } from "../../shared/words";
import { Fact } from "../answered";
import { usual_age } from "./expected";
import { age_text, money } from "./format";
import type { Answer } from "./record";
import { claim_ages, monthly_at, parts_at, payable_runs, total } from "./sums";

interface GlanceProps {
  answers: Answer[];
  today: string;
  is_whole: boolean; // everybody who was asked has answered
}

export function Glance({ answers, today, is_whole }: GlanceProps): JSX.Element {
  const age = usual_age(claim_ages(answers, "continued"));
  const state = answers.find(({ document }) => document.body === "state")?.document;
  const { counted_months, needed_months } = state?.expected ?? {};
  const payable = payable_runs(state?.months ?? [], today);
  const monthly = age !== null && total(monthly_at(parts_at(answers, "continued", age), age));
  const receives = answers
    .flatMap(({ document }) => document.receiving?.parts ?? [])
    .reduce((sum, part) => sum + part.monthly_yen, 0);
  return (
    <dl class="totals">
      {receives > 0 && (
        <Fact of="pension.glance.receives">
          <a href="#expected">
            <Read text={money(receives)} />
          </a>
          {!is_whole && <Lacking />}
        </Fact>
      )}
      {age !== null && (
        <Fact of="pension.glance.expected" values={{ age: age_text(age) }}>
          <a href="#expected">
            <Read text={money(monthly || 0)} />
          </a>
          {!is_whole && <Lacking />}
        </Fact>
      )}
      {counted_months !== undefined && needed_months !== undefined && (
        <Fact of="pension.glance.counted">
          <a href="#months">
            <Say of="pension.month_count" months={counted_months} />
          </a>
          <Needed counted={counted_months} needed={needed_months} />
        </Fact>
      )}
      {state?.months && (
        <Fact of="pension.glance.payable">
          <a href="#months">
            <Say
              of="pension.month_count"
              months={payable.reduce((sum, run) => sum + run.count, 0)}
            />
          </a>
        </Fact>
      )}
    </dl>
  );
}

function Needed({ counted, needed }: { counted: number; needed: number }): JSX.Element {
  return (
    <p class="note">
      {counted >= needed ? (
        <Say of="pension.glance.enough" needed={needed} />
      ) : (
        <Say of="pension.glance.lacking" needed={needed} lacking={needed - counted} />
      )}
    </p>
  );
}

function Lacking(): JSX.Element {
  return (
    <p class="note">
      <Say of="pension.missing.in_sum" />
    </p>
  );
}
