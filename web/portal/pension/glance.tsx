// The three things that people come for, before the charts.
import type { JSX } from "preact";
import { Read, Say } from "../../shared/words";
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
    <dl class="glance">
      {receives > 0 && (
        <div>
          <dt>
            <Say of="pension.glance.receives" />
          </dt>
          <dd>
            <a href="#expected">
              <Read text={money(receives)} />
            </a>
            {!is_whole && <Lacking />}
          </dd>
        </div>
      )}
      {age !== null && (
        <div>
          <dt>
            <Say of="pension.glance.expected" age={age_text(age)} />
          </dt>
          <dd>
            <a href="#expected">
              <Read text={money(monthly || 0)} />
            </a>
            {!is_whole && <Lacking />}
          </dd>
        </div>
      )}
      {counted_months !== undefined && needed_months !== undefined && (
        <div>
          <dt>
            <Say of="pension.glance.counted" needed={needed_months} />
          </dt>
          <dd>
            <a href="#months">
              <Say of="pension.month_count" months={counted_months} />
            </a>
          </dd>
        </div>
      )}
      {state?.months && (
        <div>
          <dt>
            <Say of="pension.glance.payable" />
          </dt>
          <dd>
            <a href="#months">
              <Say
                of="pension.month_count"
                months={payable.reduce((sum, run) => sum + run.count, 0)}
              />
            </a>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Lacking(): JSX.Element {
  return (
    <p class="note">
      <Say of="pension.missing.in_sum" />
    </p>
  );
}
