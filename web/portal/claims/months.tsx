// What was paid each month, as a chart and as a table.
import type { ComponentChildren, JSX } from "preact";
import { Legend, StackChart, type Series } from "../../shared/chart";
import type { Tick } from "../../shared/chart_layout";
import { parts_of } from "../../shared/months";
import { money, month_name, month_text, year_text } from "../../shared/phrases";
import { DataTable, type Column } from "../../shared/table";
import { Read, Say, in_japanese, phrase, text_of, without_readings, yen } from "../../shared/words";
import { Fact } from "../answered";
import { amount_text, paid_text, unknown_text } from "./paid";
import type { Answer, Period } from "./record";
import {
  groups,
  is_to_come,
  month_sums,
  sum_of,
  type Group,
  type Line,
  type MonthSum,
  type Sum,
} from "./sums";

interface MonthsProps {
  answers: Answer[];
  lines: Line[];
  period: Period;
}

export function Months({ answers, lines, period }: MonthsProps): JSX.Element {
  const sums = month_sums(lines, answers, period);
  const sum = sum_of(lines);
  const used = groups.filter((group) => sum.paid[group] > 0);
  return (
    <>
      <Totals sum={sum} />
      {sum.paid_yen > 0 && <Chart {...{ sums, sum, used, answers }} />}
      <ToCome sums={sums} />
      <details class="data">
        <summary>
          <Say of="claims.table_open" />
        </summary>
        <Table {...{ sums, sum, used, answers }} />
      </details>
      <p class="hint">
        <Say of="claims.paid_means" />
      </p>
    </>
  );
}

// Without a word a month that has not come in looks like one without a payment.
function ToCome({ sums }: { sums: MonthSum[] }): JSX.Element | null {
  const first = sums.find(({ waiting }) => waiting.length > 0);
  return first ? (
    <p>
      <Say of="claims.incomplete_from" month={month_text(first.month)} />
    </p>
  ) : null;
}

function Totals({ sum }: { sum: Sum }): JSX.Element {
  const entry = (of: string, value: string, lacks = "") => (
    <Fact of={of}>
      <Read text={value} />
      {lacks !== "" && (
        <small>
          <Read text={lacks} />
        </small>
      )}
    </Fact>
  );
  return (
    <dl class="totals">
      {entry("claims.sum_paid", amount_text(sum), unknown_text(sum))}
      {entry("claims.sum_cost", money(sum.cost_yen))}
      {entry("claims.claims", phrase("claims.claim_count", { count: sum.claims }))}
    </dl>
  );
}

interface FiguresProps {
  sums: MonthSum[];
  sum: Sum;
  used: Group[];
  answers: Answer[];
}

// A year has a tick each month, two years each quarter, five each January.
function ticks_of(sums: MonthSum[]): Tick[] {
  const each = sums.length <= 12 ? 1 : sums.length <= 24 ? 3 : 12;
  return sums.flatMap(({ month }, i) => {
    const [year, number] = parts_of(month);
    if ((number - 1) % each !== 0) return [];
    const name = without_readings(month_name(number));
    const year_name = without_readings(year_text(year));
    if (each === 12) return [{ at: i, label: year_name }];
    if (each === 3) return [{ at: i, label: without_readings(month_text(month)) }];
    const names_year = i === 0 || number === 1;
    return [{ at: i + 0.5, label: name, ...(names_year ? { below: year_name } : {}) }];
  });
}

function series_of(): Series[] {
  return groups.map((group, i) => ({
    pattern: (i + 1) as Series["pattern"],
    label: phrase(`claims.group_${group}`),
  }));
}

function summary_of({ sums, sum, answers }: FiguresProps): string {
  const most = sums.reduce((a, b) => (b.paid_yen > a.paid_yen ? b : a));
  const arrived = sums.filter((one) => !is_to_come(one, answers));
  return text_of("claims.chart_summary", {
    from: month_text(sums[0]!.month),
    to: month_text((arrived.at(-1) ?? sums[0]!).month),
    sum: money(sum.paid_yen),
    most: month_text(most.month),
    amount: money(most.paid_yen),
  });
}

function Chart(props: FiguresProps): JSX.Element {
  const { sums, used, answers } = props;
  const series = series_of();
  return (
    <>
      <StackChart
        summary={summary_of(props)}
        domain={[0, sums.length]}
        ticks={ticks_of(sums)}
        series={series}
        bars={sums.map(({ paid }, i) => ({
          from: i,
          to: i + 1,
          values: groups.map((group) => paid[group]),
        }))}
        smallest_step={1000}
        amount={yen}
        short_amount={(value) => value.toLocaleString("en-US")}
        unit={text_of("claims.unit")}
        readout={(bar) => {
          const one = sums[bar]!;
          const shown = is_to_come(one, answers) ? phrase("claims.not_yet") : paid_text(one);
          return without_readings(`${month_text(one.month)} ${shown}`);
        }}
      />
      <Legend series={series.filter((_, i) => used.includes(groups[i]!))} />
    </>
  );
}

// What the month's sum lacks.
function notes_of(sum: MonthSum, answers: Answer[]): string {
  if (is_to_come(sum, answers)) return phrase("claims.not_yet");
  const holders = sum.waiting.map(({ holder }) => in_japanese(holder.name));
  const names = holders.join(phrase("claims.and"));
  const waiting = names === "" ? "" : phrase("claims.waiting", { names });
  return [unknown_text(sum), waiting].filter((text) => text !== "").join(" ");
}

function Table({ sums, sum, used, answers }: FiguresProps): JSX.Element {
  const columns: Column[] = [
    { label: phrase("claims.column_month") },
    ...used.map((group) => ({ label: phrase(`claims.group_${group}`), amount: true })),
    { label: phrase("claims.column_paid_all"), amount: true },
    { label: phrase("claims.column_cost"), amount: true },
    { label: phrase("claims.column_note"), plain: true },
  ];
  const amount = (value: number) => <Read text={money(value)} />;
  const note = (text: string) => (text === "" ? "" : <Read text={text} />);
  const cells = (one: MonthSum): ComponentChildren[] => {
    const nothing = is_to_come(one, answers);
    const amounts = nothing
      ? [...used, "", ""].map(() => "")
      : [
          ...used.map((group) => amount(one.paid[group])),
          <Read text={amount_text(one)} />,
          amount(one.cost_yen),
        ];
    return [...amounts, note(notes_of(one, answers))];
  };
  return (
    <DataTable
      caption={phrase("claims.table")}
      columns={columns}
      rows={sums.map((one) => ({
        key: one.month,
        cells: [<Read text={month_text(one.month)} />, ...cells(one)],
      }))}
      foot={[
        <Say of="claims.column_sum" />,
        ...used.map((group) => amount(sum.paid[group])),
        <Read text={amount_text(sum)} />,
        amount(sum.cost_yen),
        note(unknown_text(sum)),
      ]}
    />
  );
}
