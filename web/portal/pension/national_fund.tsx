// 「国民年金基金に加入した場合」: looked up in the tables of the person's pension office.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Read, Say, has_words, phrase, text_of } from "../../shared/words";
import { Select } from "../select";
import { age_text, money } from "./format";
import type { Answer, Joining, NationalFund, Part } from "./record";
import {
  fund_result,
  further_most,
  further_types,
  has_unknown_limits,
  joining_of,
  possible_choice,
  type FundChoice,
  type FundResult,
} from "./sums";

export interface FundState {
  parts: Part[] | null; // to be added to the chart; null: it is not wanted, or not known
  checkbox: JSX.Element | null;
  is_on: boolean;
  is_unknown: boolean; // it is wanted, and not in the chart: the holder has no figures
  fund: NationalFund | undefined;
  choice: FundChoice;
  choose: (choice: FundChoice) => void;
}

const chosen_at_first: FundChoice = { age: 0, first: "A", further: "", count: 0 };

export function use_fund(answers: Answer[]): FundState {
  const [is_on, set_on] = useState(false);
  const [wished, choose] = useState(chosen_at_first);
  const state = answers.find(({ document }) => document.body === "state");
  const fund = state?.document.national_fund;
  const joining = joining_of(fund, wished.age);
  const choice = joining ? possible_choice(joining, wished) : wished;
  const checkbox = joining && (
    <label class="choice fund-choice">
      <input
        type="checkbox"
        checked={is_on}
        onChange={(event) => set_on(event.currentTarget.checked)}
      />
      <span>
        <Say of="pension.fund.add" />
      </span>
    </label>
  );
  const parts = is_on && joining ? fund_result(joining, choice).parts : null;
  const is_wanted = is_on && joining !== null;
  const is_unknown = is_wanted && parts === null;
  return { parts, checkbox, is_on: is_wanted, is_unknown, fund, choice, choose };
}

function has_state(answers: Answer[]): boolean {
  return answers.some(({ document }) => document.body === "state");
}

interface PanelProps {
  answers: Answer[];
  fund: FundState;
  can_show: boolean; // there is a chart to add it to
}

export function NationalFundPanel({ answers, fund: state, can_show }: PanelProps): JSX.Element {
  const { fund } = state;
  return (
    <section class="fund" aria-labelledby="fund-title">
      <h3 id="fund-title">
        <Say of="pension.fund.title" />
      </h3>
      {!fund && (
        <p>
          <Say of={has_state(answers) ? "pension.fund.not_said" : "pension.fund.wait"} />
        </p>
      )}
      {fund?.possible === false && <Impossible reasons={fund.reasons} />}
      {fund?.possible && !state.is_on && can_show && (
        <p>
          <Say of="pension.fund.can_join" />
        </p>
      )}
      {fund?.possible && (state.is_on || !can_show) && <Choices {...state} />}
    </section>
  );
}

function Impossible({ reasons }: { reasons: string[] }): JSX.Element {
  return (
    <>
      <p>
        <strong>
          <Say of="pension.fund.impossible" />
        </strong>
      </p>
      <ul>
        {reasons.map((reason) => {
          const known = has_words(`pension.fund.why.${reason}`) ? reason : "other";
          return (
            <li key={reason}>
              <Say of={`pension.fund.why.${known}`} /> <Say of={`pension.fund.then.${known}`} />
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Choices({ fund, choice, choose }: FundState): JSX.Element | null {
  const joining = joining_of(fund, choice.age);
  if (!fund?.possible || !joining) return null;
  const further = further_types(joining, choice.first);
  const most = further_most(joining, choice.first, choice.further);
  const set = (change: Partial<FundChoice>) => choose({ ...choice, ...change });
  const type_choice = (type: string) => {
    const key = `pension.fund.type.${type}`;
    return { value: type, text: has_words(key) ? text_of(key) : type };
  };
  return (
    <>
      <div class="fund-choices">
        <Select
          id="fund-age"
          label="pension.fund.age"
          value={String(choice.age)}
          choices={fund.joining.map(({ age }) => ({
            value: String(age),
            text: text_of("pension.age", { age }),
          }))}
          on_change={(age) => set({ age: Number(age) })}
        />
        <Select
          id="fund-first"
          label="pension.fund.first"
          value={choice.first}
          choices={Object.keys(joining.first).map(type_choice)}
          on_change={(first) => set({ first })}
        />
        <Select
          id="fund-further"
          label="pension.fund.further"
          value={choice.further}
          choices={[
            { value: "", text: text_of("pension.fund.no_further") },
            ...further.map(type_choice),
          ]}
          on_change={(type) => set({ further: type, count: Math.max(1, choice.count) })}
        />
        {choice.further !== "" && (
          <Select
            id="fund-count"
            label="pension.fund.count"
            value={String(choice.count)}
            choices={Array.from({ length: most }, (_, i) => ({
              value: String(i + 1),
              text: text_of("pension.fund.units", { count: i + 1 }),
            }))}
            on_change={(count) => set({ count: Number(count) })}
          />
        )}
      </div>
      {has_unknown_limits(joining, choice.first) && (
        <p class="note">
          <Say of="pension.fund.further_unknown" />
        </p>
      )}
      <FundFigures
        joining={joining}
        result={fund_result(joining, choice)}
        table_year={fund.table_year}
      />
    </>
  );
}

function part_text(part: Part): string {
  const values = { amount: money(part.monthly_yen), from: age_text(part.from_age) };
  if (part.until_age === null) return phrase("pension.fund.part_for_life", values);
  return phrase("pension.fund.part_until", { ...values, to: age_text(part.until_age) });
}

// One line for each choice: it is read out, and what stands below it is not.
function result_text({ premium_yen, parts }: FundResult): string {
  const unknown = phrase("pension.not_known");
  return phrase("pension.fund.result", {
    premium: premium_yen === null ? unknown : money(premium_yen),
    brings: parts === null ? unknown : parts.map(part_text).join(phrase("pension.and")),
  });
}

interface FundFiguresProps {
  joining: Joining;
  result: FundResult;
  table_year: number;
}

function FundFigures({ joining, result, table_year }: FundFiguresProps): JSX.Element {
  const { premium_yen, total_yen, months, parts } = result;
  return (
    <>
      <p role="status" class="result">
        <Read text={result_text(result)} />
      </p>
      <dl class="figures">
        <dt>
          <Say of="pension.fund.premium" />
        </dt>
        <dd>
          {premium_yen === null ? (
            <Say of="pension.fund.no_table" age={age_text(joining.age)} />
          ) : (
            <Read text={money(premium_yen)} />
          )}
        </dd>
        {premium_yen !== null && (
          <>
            <dt>
              <Say of="pension.fund.total" months={months} />
            </dt>
            <dd>
              {total_yen === null ? (
                <Say of="pension.not_known" />
              ) : (
                <Read text={money(total_yen)} />
              )}
            </dd>
          </>
        )}
        <dt>
          <Say of="pension.fund.brings" />
        </dt>
        <dd>
          {parts === null ? (
            <Say of="pension.not_known" />
          ) : (
            parts.map((part, i) => (
              <div key={i}>
                <Read text={part_text(part)} />
              </div>
            ))
          )}
        </dd>
      </dl>
      <ul class="note">
        <li>
          <Say of="pension.fund.table_year" year={table_year} />
        </li>
        {["once_joined", "no_additional", "shares_cap", "how_to_join"].map((key) => (
          <li key={key}>
            <Say of={`pension.fund.${key}`} />
          </li>
        ))}
      </ul>
    </>
  );
}
