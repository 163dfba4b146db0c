// (4) Month by month, a fiscal year a row: words in each cell, and until when one can still pay.
import type { JSX } from "preact";
import { use_box } from "../../shared/box";
import { text_em } from "../../shared/chart_layout";
import { parts_of } from "../../shared/months";
import { DataTable } from "../../shared/table";
import { Read, Say, has_words, phrase, text_of, without_readings } from "../../shared/words";
import { DoubtButton } from "./doubt";
import {
  date_text,
  era_text,
  fiscal_text,
  money,
  month_name,
  month_text,
  period_text,
} from "./format";
import type { Answer, Month } from "./record";
import {
  likeness_of_status,
  month_years,
  payable_runs,
  runs,
  type MonthYear,
  type Run,
} from "./sums";

// Of a status that the page does not know, the holder's own code.
function status_text(month: Month): string {
  const key = `pension.status.${month.status}`;
  const status = has_words(key) ? phrase(key) : month.status;
  const more = [
    month.additional ? phrase("pension.additional") : "",
    month.fund ? phrase("pension.fund_member") : "",
  ].filter((text) => text !== "");
  return more.length > 0 ? phrase("pension.with", { status, more: more.join("・") }) : status;
}

function short_status(month: Month): string[] {
  const key = `pension.status_short.${month.status}`;
  const lines = [has_words(key) ? phrase(key) : month.status];
  if (month.additional) lines.push(phrase("pension.status_short.additional"));
  if (month.fund) lines.push(phrase("pension.status_short.fund"));
  return lines;
}

// What a reader has to notice; the words say it too.
function look_of(month: Month): string {
  return month.status === "unpaid" ? "month unpaid" : "month";
}

function run_months(run: Run): string {
  const [first, last] = [run.first, run.last].map(({ month }) => parts_of(month)[1]);
  if (run.count === 1) return month_name(first!);
  return phrase("pension.from_to", { from: month_name(first!), to: month_name(last!) });
}

function year_shown({ months }: MonthYear): string {
  const known = months.filter((month) => month !== null);
  return runs(known, likeness_of_status)
    .map((run) => `${run_months(run)} ${status_text(run.first)}`)
    .join(phrase("pension.and"));
}

function Doubt({ year, answer }: { year: MonthYear; answer: Answer }): JSX.Element {
  const subject = phrase("pension.months.subject", { year: fiscal_text(year.year) });
  return <DoubtButton subject={subject} shown={year_shown(year)} answer={answer} />;
}

const months_of_year = [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3];

// In em: the first column, the twelve, the button's.
function grid_em(years: MonthYear[]): number {
  const widths = years.flatMap(({ months }) =>
    months.flatMap((month) =>
      month ? short_status(month).map((line) => text_em(without_readings(line))) : [],
    ),
  );
  const cell = Math.max(2, ...widths) + 0.8;
  return 6 + 12 * cell + 5.5;
}

interface MonthsProps {
  answer: Answer;
  today: string;
}

export function Months({ answer, today }: MonthsProps): JSX.Element {
  const [element, box] = use_box<HTMLDivElement>();
  const months = answer.document.months ?? [];
  const years = month_years(months);
  const fits = box.width >= grid_em(years) * box.em;
  return (
    <>
      <Payable months={months} today={today} />
      <div class="months" ref={element}>
        {box.width > 0 &&
          (fits ? <Grid {...{ years, answer }} /> : <List {...{ years, answer }} />)}
      </div>
      {box.width > 0 && fits && <Meanings months={months} />}
      <Pay months={months} answer={answer} />
    </>
  );
}

function Payable({ months, today }: { months: Month[]; today: string }): JSX.Element {
  const payable = payable_runs(months, today);
  if (payable.length === 0)
    return (
      <p>
        <Say of="pension.months.nothing_payable" />
      </p>
    );
  return (
    <div class="payable">
      <h3>
        <Say of="pension.months.payable" />
      </h3>
      <ul>
        {payable.map((run) => (
          <li key={run.first.month}>
            <strong>
              <Read text={period_text(run.first.month, run.last.month)} />
              {": "}
              <Say of={`pension.status.${run.first.status}`} />{" "}
              <Say of="pension.month_count" months={run.count} />
            </strong>{" "}
            <Deadlines run={run} />
          </li>
        ))}
      </ul>
      <p>
        <Say of="pension.months.how_to_pay" />
      </p>
    </div>
  );
}

function Deadlines({ run: { first, last, count } }: { run: Run }): JSX.Element {
  const values = {
    first: month_text(first.month),
    first_day: date_text(first.payable_until!),
    last: month_text(last.month),
    last_day: date_text(last.payable_until!),
  };
  if (count === 1 || first.payable_until === last.payable_until) {
    return <Say of="pension.months.deadline" day={values.first_day} />;
  }
  return <Say of="pension.months.deadlines" {...values} />;
}

interface YearsProps {
  years: MonthYear[];
  answer: Answer;
}

function Grid({ years, answer }: YearsProps): JSX.Element {
  return (
    <table class="grid">
      <caption>
        <Say of="pension.months.table" />
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <Say of="pension.column.fiscal_year" />
          </th>
          {months_of_year.map((month) => (
            <th key={month} scope="col">
              <Read text={month_name(month)} />
            </th>
          ))}
          <th scope="col" class="screen-only">
            <span class="visually-hidden">
              <Say of="shell.doubt" />
            </span>
          </th>
        </tr>
      </thead>
      <tbody>
        {years.map((year) => (
          <tr key={year.year}>
            <th scope="row">
              <Read text={fiscal_text(year.year)} />
              {era_text(year.year) && <br />}
              {era_text(year.year)}
            </th>
            {year.months.map((month, i) => (
              <GridCell key={i} month={month} />
            ))}
            <td class="screen-only">
              <Doubt year={year} answer={answer} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// Short for the eye; in full for who listens.
function GridCell({ month }: { month: Month | null }): JSX.Element {
  if (!month) return <td class="month" />;
  return (
    <td class={look_of(month)}>
      <span aria-hidden="true">
        {short_status(month).map((line, i) => (
          <span key={i} class="line">
            <Read text={line} />
          </span>
        ))}
      </span>
      <span class="visually-hidden">
        <Read text={status_text(month)} />
      </span>
    </td>
  );
}

function List({ years, answer }: YearsProps): JSX.Element {
  return (
    <ul class="month-list">
      {years.map((year) => (
        <li key={year.year}>
          <h3>
            <Read text={fiscal_text(year.year)} />
            {era_text(year.year)}
          </h3>
          <dl>
            {runs(
              year.months.filter((month) => month !== null),
              likeness_of_status,
            ).map((run) => (
              <div key={run.first.month} class={look_of(run.first)}>
                <dt>
                  <Read text={run_months(run)} />
                </dt>
                <dd>
                  <Read text={status_text(run.first)} />
                </dd>
              </div>
            ))}
          </dl>
          <Doubt year={year} answer={answer} />
        </li>
      ))}
    </ul>
  );
}

// What the short words of the grid stand for; only those that occur.
function Meanings({ months }: { months: Month[] }): JSX.Element {
  const used = new Set<string>(months.map(({ status }) => status));
  if (months.some(({ additional }) => additional)) used.add("additional");
  if (months.some(({ fund }) => fund)) used.add("fund");
  const known = [...used].filter((code) => has_words(`pension.status_short.${code}`));
  const long = (code: string) =>
    code === "additional"
      ? "pension.additional"
      : code === "fund"
        ? "pension.fund_member"
        : `pension.status.${code}`;
  return (
    <dl class="meanings" aria-label={text_of("pension.months.meanings")}>
      {known.map((code) => (
        <div key={code}>
          <dt>
            <Say of={`pension.status_short.${code}`} />
          </dt>
          <dd>
            <Say of={long(code)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

// 標準報酬月額, which what employees get depends on; a wrong one is seen here.
function Pay({ months, answer }: { months: Month[]; answer: Answer }): JSX.Element | null {
  const paid = months.filter(({ pay_yen }) => pay_yen !== undefined);
  if (paid.length === 0) return null;
  const has_bonus = paid.some(({ bonus_yen }) => bonus_yen !== undefined);
  return (
    <details class="data">
      <summary>
        <Say of="pension.months.pay_open" />
      </summary>
      <DataTable
        caption={phrase("pension.months.pay_table")}
        columns={[
          { label: phrase("pension.column.period") },
          { label: phrase("pension.column.months"), amount: true },
          { label: phrase("pension.column.pay"), amount: true },
          ...(has_bonus ? [{ label: phrase("pension.column.bonus"), amount: true }] : []),
          { label: phrase("shell.doubt"), unseen: true },
        ]}
        rows={runs(paid, ({ pay_yen }) => String(pay_yen)).map((run) => ({
          key: run.first.month,
          cells: pay_cells(run, paid, has_bonus, answer),
        }))}
      />
    </details>
  );
}

function pay_cells(run: Run, months: Month[], has_bonus: boolean, answer: Answer): JSX.Element[] {
  const period = period_text(run.first.month, run.last.month);
  const pay = money(run.first.pay_yen!);
  const bonus = months
    .filter(({ month }) => run.first.month <= month && month <= run.last.month)
    .reduce((sum, { bonus_yen }) => sum + (bonus_yen ?? 0), 0);
  return [
    <Read text={period} />,
    <Say of="pension.month_count" months={run.count} />,
    <Read text={pay} />,
    ...(has_bonus ? [<Read text={money(bonus)} />] : []),
    <DoubtButton
      subject={phrase("pension.months.pay_subject", { period })}
      shown={bonus > 0 ? phrase("pension.months.pay_and_bonus", { pay, bonus: money(bonus) }) : pay}
      answer={answer}
    />,
  ];
}
