// (3) 「年金見込額（１ヶ月あたり）」, when claimed at the age that the person chooses.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { StackChart } from "../../shared/chart";
import { DataTable } from "../../shared/table";
import {
  Ja,
  Read,
  Say,
  has_words,
  in_japanese,
  phrase,
  text_of,
  without_readings,
} from "../../shared/words";
import { Select } from "../select";
import { amounts_text, used_schemes } from "./contributions";
import {
  age_text,
  age_ticks,
  axis_money,
  axis_money_short,
  money,
  month_text,
  scheme_text,
} from "./format";
import { SchemeLegend, scheme_series } from "./legend";
import { NationalFundPanel, use_fund, type FundState } from "./national_fund";
import {
  is_joined,
  schemes,
  type Answer,
  type Expected as ExpectedDocument,
  type Part,
  type Scheme,
} from "./record";
import {
  age_lines,
  changes,
  claim_ages,
  last_age,
  monthly_at,
  monthly_for_life,
  parts_at,
  received_before,
  total,
  yearly_at,
  type AgeLine,
  type Course,
} from "./sums";

const courses = ["continued", "so_far"] as const;

// The usual age, or the nearest that there is.
export function usual_age(ages: number[]): number | null {
  return ages.find((age) => age >= 65) ?? ages.at(-1) ?? null;
}

interface ExpectedProps {
  answers: Answer[];
  is_whole: boolean; // everybody who was asked has answered
}

export function Expected({ answers, is_whole }: ExpectedProps): JSX.Element {
  const [course, set_course] = useState<Course>("continued");
  const [chosen, set_chosen] = useState<number | null>(null);
  const fund = use_fund(answers);
  const ages = claim_ages(answers, course);
  const age = chosen !== null && ages.includes(chosen) ? chosen : usual_age(ages);
  const can_choose = courses.some((one) => claim_ages(answers, one).length > 0);
  return (
    <>
      <Eligibility answers={answers} />
      <Receiving answers={answers} />
      <NotKnown answers={answers} />
      {can_choose && (
        <Controls {...{ ages, age, set_age: set_chosen, course, set_course }}>
          {fund.checkbox}
        </Controls>
      )}
      {can_choose && age === null && (
        <p class="result">
          <Say of="pension.expected.no_claim" />
        </p>
      )}
      {age !== null && <Figures {...{ answers, course, ages, age, fund, is_whole }} />}
      <NationalFundPanel answers={answers} fund={fund} can_show={age !== null} />
    </>
  );
}

interface FiguresProps extends ExpectedProps {
  course: Course;
  ages: number[];
  age: number;
  fund: FundState;
}

function Figures({ answers, is_whole, course, ages, age, fund }: FiguresProps): JSX.Element {
  const parts_of = (claim: number) => [...parts_at(answers, course, claim), ...(fund.parts ?? [])];
  const parts = parts_of(age);
  return (
    <>
      <Result {...{ parts, age, is_whole }} lacks_fund={fund.is_unknown} />
      <ExpectedChart parts={parts} age={age} highest={highest(answers, fund.parts)} />
      <Assumptions {...{ answers, course }} />
      <Comparison claims={ages.map((claim) => ({ age: claim, parts: parts_of(claim) }))} />
    </>
  );
}

function Eligibility({ answers }: { answers: Answer[] }): JSX.Element | null {
  const expected = answers.find(({ document }) => document.body === "state")?.document.expected;
  if (!expected || expected.qualifies !== false || !expected.needed_months) return null;
  const counted = expected.counted_months ?? 0;
  const { needed_months: needed, counted_months_continued: later } = expected;
  return (
    <div class="warning">
      <p>
        <Say of="pension.expected.too_few" {...{ needed, counted, lacking: needed - counted }} />
      </p>
      {expected.continued.length > 0 && (
        <p>
          <Say of="pension.expected.enough_later" />
          {later !== undefined && <Say of="pension.expected.months_later" months={later} />}
        </p>
      )}
    </div>
  );
}

function Receiving({ answers }: { answers: Answer[] }): JSX.Element | null {
  const receiving = answers.filter(({ document }) => document.receiving);
  if (receiving.length === 0) return null;
  const parts = receiving.flatMap(({ document }) => document.receiving!.parts);
  const sum = parts.reduce((all, part) => all + part.monthly_yen, 0);
  return (
    <>
      <p class="result">
        <Say of="pension.expected.receives" sum={money(sum)} />
      </p>
      <DataTable
        caption={phrase("pension.expected.receiving_table")}
        columns={[
          { label: phrase("pension.column.scheme") },
          { label: phrase("pension.column.monthly"), amount: true },
          { label: phrase("pension.column.until") },
          { label: phrase("pension.column.holder") },
        ]}
        rows={receiving.flatMap(({ document, holder }) =>
          document.receiving!.parts.map((part, i) => ({
            key: `${holder.id}${i}`,
            cells: [
              <Read text={scheme_text(part.scheme)} />,
              <Read text={money(part.monthly_yen)} />,
              <span>
                <Say
                  of="pension.since"
                  from={month_text(part.since ?? document.receiving!.since)}
                />{" "}
                <Read text={until_text(part)} />
              </span>,
              <Ja>{holder.name}</Ja>,
            ],
          })),
        )}
      />
    </>
  );
}

function until_text(part: Part): string {
  if (part.until_age === null) return phrase("pension.expected.for_life");
  return phrase("pension.expected.until_age", { age: age_text(part.until_age) });
}

function NotKnown({ answers }: { answers: Answer[] }): JSX.Element | null {
  const silent = answers.filter(
    ({ document }) => is_joined(document) && !document.expected && !document.receiving,
  );
  if (silent.length === 0) return null;
  return (
    <ul class="not-known">
      {silent.map(({ holder, document }) => {
        const key = `pension.unknown.${document.expected_unknown}`;
        return (
          <li key={holder.id}>
            <Say
              of="pension.expected.unknown"
              holder={in_japanese(holder.name)}
              reason={has_words(key) ? phrase(key) : phrase("pension.unknown.other")}
            />
          </li>
        );
      })}
    </ul>
  );
}

interface ControlsProps {
  ages: number[];
  age: number | null;
  set_age: (age: number) => void;
  course: Course;
  set_course: (course: Course) => void;
  children: JSX.Element | null;
}

function Controls(props: ControlsProps): JSX.Element {
  const { ages, age, set_age, course, set_course, children } = props;
  return (
    <div class="controls">
      {age !== null && <AgeChoice {...{ ages, age, set_age }} />}
      <fieldset>
        <legend>
          <Say of="pension.expected.course" />
        </legend>
        {courses.map((one) => (
          <label class="choice" key={one}>
            <input
              type="radio"
              name="course"
              checked={course === one}
              onChange={() => set_course(one)}
            />
            <span>
              <Say of={`pension.expected.${one}`} />
            </span>
          </label>
        ))}
      </fieldset>
      {children}
    </div>
  );
}

interface AgeChoiceProps {
  ages: number[];
  age: number;
  set_age: (age: number) => void;
}

function AgeChoice({ ages, age, set_age }: AgeChoiceProps): JSX.Element {
  const at = ages.indexOf(age);
  const step = (by: number, sign: string, key: string) => (
    <button
      type="button"
      class="step"
      aria-label={text_of(key)}
      aria-disabled={ages[at + by] === undefined}
      onClick={() => ages[at + by] !== undefined && set_age(ages[at + by]!)}
    >
      {sign}
    </button>
  );
  return (
    <Select
      id="claim-age"
      label="pension.expected.claim_age"
      value={String(age)}
      choices={ages.map((one) => ({
        value: String(one),
        text: text_of("pension.from_age", { age: age_text(one) }),
      }))}
      on_change={(chosen) => set_age(Number(chosen))}
      beside={(select) => (
        <span class="stepper">
          {step(-1, "−", "pension.expected.earlier")}
          {select}
          {step(1, "+", "pension.expected.later")}
        </span>
      )}
    />
  );
}

interface ResultProps {
  parts: Part[];
  age: number;
  is_whole: boolean;
  lacks_fund: boolean;
}

function Result({ parts, age, is_whole, lacks_fund }: ResultProps): JSX.Element {
  return (
    <div class="result">
      <p role="status">
        <Say
          of="pension.expected.result"
          age={age_text(age)}
          monthly={money(total(monthly_at(parts, age)))}
          yearly={money(total(yearly_at(parts, age)))}
        />
        {/* In the line that is read out: the choice changes nothing else in it. */}
        {lacks_fund && (
          <span class="lacks">
            <Say of="pension.expected.lacks_fund" />
          </span>
        )}
      </p>
      {!is_whole && (
        <p class="caution">
          <Say of="pension.missing.in_sum" />
        </p>
      )}
      <p class="caution">
        <Say of="pension.expected.estimate" />{" "}
        <a href="#assumptions">
          <Say of="pension.expected.see_assumptions" />
        </a>
      </p>
    </div>
  );
}

// From an age up to before the next change, or for life.
function ages_text(lines: AgeLine[], i: number): string {
  const from = age_text(lines[i]!.age);
  const next = lines[i + 1];
  if (!next) return phrase("pension.expected.from_for_life", { from });
  return phrase("pension.expected.between", { from, to: age_text(next.age) });
}

// Of all choices, so that a later claim is seen to bring more.
function highest(answers: Answer[], fund: Part[] | null): number {
  const sums = courses.flatMap((course) =>
    claim_ages(answers, course).flatMap((age) =>
      age_lines([...parts_at(answers, course, age), ...(fund ?? [])]).map(({ amounts }) =>
        total(amounts),
      ),
    ),
  );
  return Math.max(0, ...sums);
}

interface ExpectedChartProps {
  parts: Part[];
  age: number;
  highest: number;
}

function ExpectedChart({ parts, age, highest }: ExpectedChartProps): JSX.Element {
  const lines = age_lines(parts);
  const used = used_schemes(lines.map(({ amounts }) => amounts));
  const first = lines[0]?.age ?? age;
  const steps = changes(lines);
  const says = steps.map((line, i) => `${ages_text(steps, i)} ${money(total(line.amounts))}`);
  return (
    <>
      <StackChart
        summary={text_of("pension.expected.summary", { steps: says.join(phrase("pension.and")) })}
        domain={[first, last_age + 1]}
        ticks={age_ticks(first, last_age).map((tick) => ({
          ...tick,
          label: without_readings(tick.label),
        }))}
        series={scheme_series()}
        bars={lines.map((line) => ({
          from: line.age,
          to: line.age + 1,
          values: schemes.map((scheme) => line.amounts[scheme]),
        }))}
        steps
        highest={highest}
        smallest_step={10_000}
        amount={(value) => without_readings(axis_money(value))}
        short_amount={axis_money_short}
        unit={text_of("pension.axis.unit")}
        readout={(bar) => {
          const line = lines[bar]!;
          const sum = phrase("pension.sum", { sum: money(total(line.amounts)) });
          const said = phrase("pension.sum_of", { sum, parts: amounts_text(line.amounts) });
          return without_readings(`${age_text(line.age)} ${said}`);
        }}
      />
      <SchemeLegend used={new Set(used)} />
      <p class="note">
        <Say of="pension.expected.after_last" age={age_text(last_age)} />
      </p>
      <AgeTable steps={steps} used={used} />
    </>
  );
}

function AgeTable({ steps, used }: { steps: AgeLine[]; used: Scheme[] }): JSX.Element {
  return (
    <details class="data">
      <summary>
        <Say of="pension.expected.open" />
      </summary>
      <DataTable
        caption={phrase("pension.expected.table")}
        columns={[
          { label: phrase("pension.column.age") },
          ...used.map((scheme) => ({ label: scheme_text(scheme), amount: true })),
          { label: phrase("pension.column.sum"), amount: true },
        ]}
        rows={steps.map((line, i) => ({
          key: line.age,
          cells: [
            <Read text={ages_text(steps, i)} />,
            ...used.map((scheme) => <Read text={money(line.amounts[scheme])} />),
            <Read text={money(total(line.amounts))} />,
          ],
        }))}
      />
    </details>
  );
}

// Of these, some hold for going on only.
const only_continued = new Set(["goes-on-until", "status-as-now", "pay-as-now", "bonus-as-now"]);
const in_yen = new Set(["pay-as-now", "bonus-as-now"]);

function basis_text(code: string, value: number | string | undefined): string {
  const key = `pension.basis.${code}`;
  if (!has_words(key)) return phrase("pension.basis.other", { code, value: value ?? "" });
  return phrase(key, { value: in_yen.has(code) ? money(Number(value)) : (value ?? "") });
}

function basis_texts({ basis, goes_on_as }: ExpectedDocument, course: Course): string[] {
  const status = `pension.status.${goes_on_as}`;
  return basis
    .filter(({ code }) => course === "continued" || !only_continued.has(code))
    .map(({ code, value }) => {
      const is_status = code === "status-as-now" && has_words(status);
      return basis_text(code, is_status ? phrase(status) : value);
    });
}

function Assumptions({ answers, course }: { answers: Answer[]; course: Course }): JSX.Element {
  const texts = answers.flatMap(({ document: { expected } }) =>
    expected ? basis_texts(expected, course) : [],
  );
  return (
    <div class="assumptions" id="assumptions">
      <h3>
        <Say of="pension.expected.assumptions" />
      </h3>
      <ul>
        {[...new Set(texts), phrase("pension.basis.before_tax")].map((text) => (
          <li key={text}>
            <Read text={text} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Comparison({ claims }: { claims: { age: number; parts: Part[] }[] }): JSX.Element {
  return (
    <details class="data">
      <summary>
        <Say of="pension.expected.compare" />
      </summary>
      <DataTable
        caption={phrase("pension.expected.compare_table")}
        columns={[
          { label: phrase("pension.column.claim_age") },
          { label: phrase("pension.column.monthly_for_life"), amount: true },
          ...[80, 90].map((age) => ({
            label: phrase("pension.column.received_before", { age: age_text(age) }),
            amount: true,
          })),
        ]}
        rows={claims.map(({ age, parts }) => ({
          key: age,
          cells: [
            <Say of="pension.from_age" age={age_text(age)} />,
            <Read text={money(monthly_for_life(parts))} />,
            <Read text={money(received_before(parts, 80))} />,
            <Read text={money(received_before(parts, 90))} />,
          ],
        }))}
      />
      <p class="note">
        <Say of="pension.expected.compare_note" />
      </p>
    </details>
  );
}
