// (2) 「納付額（年間）」: what the person paid each fiscal year, by scheme.
import type { JSX } from "preact";
import { StackChart, type Bar } from "../../shared/chart";
import { DataTable, type Column } from "../../shared/table";
import { Read, Say, phrase, text_of, without_readings } from "../../shared/words";
import { DoubtButton } from "./doubt";
import {
  age_in,
  axis_money,
  axis_money_short,
  era_text,
  fiscal_text,
  money,
  scheme_text,
} from "./format";
import { SchemeLegend, scheme_series } from "./legend";
import { schemes, type Answer, type Scheme } from "./record";
import { plain_ticks, type Life } from "./schemes";
import { gaps_of, is_unknown, total, year_lines, type Amounts, type YearLine } from "./sums";

export function used_schemes(amounts: Amounts[]): Scheme[] {
  return schemes.filter((scheme) => amounts.some((one) => one[scheme] > 0));
}

// "国民年金（基礎年金） 1,234円、厚生年金 …"
export function amounts_text(amounts: Amounts): string {
  return schemes
    .filter((scheme) => amounts[scheme] > 0)
    .map((scheme) => `${scheme_text(scheme)} ${money(amounts[scheme])}`)
    .join(phrase("pension.and"));
}

function year_shown(line: YearLine): string {
  if (is_unknown(total(line.amounts), total(line.unknown))) return phrase("pension.not_known");
  const parts = amounts_text(line.amounts);
  const sum = phrase("pension.sum", { sum: money(total(line.amounts)) });
  return parts ? phrase("pension.sum_of", { sum, parts }) : sum;
}

function summary(lines: YearLine[]): string {
  const most = lines.reduce((a, b) => (total(b.amounts) > total(a.amounts) ? b : a));
  return text_of("pension.contributions.summary", {
    from: fiscal_text(lines[0]!.year),
    to: fiscal_text(lines.at(-1)!.year),
    sum: money(lines.reduce((sum, line) => sum + total(line.amounts), 0)),
    most: fiscal_text(most.year),
    amount: money(total(most.amounts)),
  });
}

// Of which years the chart lacks amounts: all of a year's, or some.
function gaps_texts(lines: YearLine[]): string[] {
  const gaps = gaps_of(lines);
  return [true, false].flatMap((is_whole) => {
    const years = gaps
      .filter((gap) => gap.is_whole === is_whole)
      .map(({ from, to }) =>
        from === to
          ? fiscal_text(from)
          : phrase("pension.from_to", { from: fiscal_text(from), to: fiscal_text(to) }),
      );
    if (years.length === 0) return [];
    const key = `pension.contributions.years_${is_whole ? "unknown" : "partly_unknown"}`;
    return [phrase(key, { years: years.join(phrase("pension.and")) })];
  });
}

// Whoever keeps most of that year is asked about it first.
function whom_to_ask(answers: Answer[], line: YearLine): Answer {
  const of_year = (answer: Answer) =>
    answer.document.years
      .filter(({ year }) => year === line.year)
      .reduce((sum, { yen }) => sum + yen, 0);
  return answers.reduce((a, b) => (of_year(b) > of_year(a) ? b : a));
}

export function Contributions({ answers, life }: { answers: Answer[]; life: Life }): JSX.Element {
  const lines = year_lines(answers);
  if (lines.length === 0)
    return (
      <p>
        <Say of="pension.contributions.none" />
      </p>
    );
  const used = used_schemes(lines.flatMap(({ amounts, unknown }) => [amounts, unknown]));
  const has_amounts = lines.some(({ amounts }) => total(amounts) > 0);
  const gaps = gaps_texts(lines);
  return (
    <>
      {(has_amounts || gaps.length === 0) && <Chart {...{ lines, life }} />}
      {gaps.map((text) => (
        <p key={text}>
          <Read text={text} />
        </p>
      ))}
      <details class="data">
        <summary>
          <Say of="pension.contributions.open" />
        </summary>
        <YearTable {...{ answers, lines, used }} />
      </details>
    </>
  );
}

interface ChartProps {
  lines: YearLine[];
  life: Life;
}

function Chart({ lines, life }: ChartProps): JSX.Element {
  const bars: Bar[] = lines.map(({ year, amounts }) => ({
    from: age_in(`${year}-04`, life.birth_date),
    to: age_in(`${year + 1}-04`, life.birth_date),
    values: schemes.map((scheme) => amounts[scheme]),
  }));
  return (
    <>
      <StackChart
        summary={summary(lines)}
        domain={[life.from, life.to]}
        ticks={plain_ticks(life)}
        series={scheme_series()}
        bars={bars}
        smallest_step={10_000}
        amount={(value) => without_readings(axis_money(value))}
        short_amount={axis_money_short}
        unit={text_of("pension.axis.unit")}
        readout={(bar) => {
          const line = lines[bar]!;
          return without_readings(`${fiscal_text(line.year)} ${year_shown(line)}`);
        }}
      />
      <SchemeLegend used={new Set(used_schemes(lines.map(({ amounts }) => amounts)))} />
    </>
  );
}

// An amount of which a part or all is not known.
function Amount({ yen, unknown }: { yen: number; unknown: number }): JSX.Element {
  if (is_unknown(yen, unknown)) return <Say of="pension.not_known" />;
  return (
    <span>
      <Read text={money(yen)} />
      {unknown > 0 && <Say of="pension.contributions.unknown" months={unknown} />}
    </span>
  );
}

interface YearTableProps {
  answers: Answer[];
  lines: YearLine[];
  used: Scheme[];
}

function YearTable({ answers, lines, used }: YearTableProps): JSX.Element {
  const columns: Column[] = [
    { label: phrase("pension.column.fiscal_year") },
    ...used.map((scheme) => ({ label: scheme_text(scheme), amount: true })),
    { label: phrase("pension.column.sum"), amount: true },
    { label: phrase("shell.doubt"), unseen: true },
  ];
  const sum = (of: (line: YearLine) => number) => lines.reduce((all, line) => all + of(line), 0);
  const rows = lines.map((line) => ({
    key: line.year,
    cells: [
      <span>
        <Read text={fiscal_text(line.year)} /> {era_text(line.year)}
      </span>,
      ...used.map((scheme) => (
        <Amount yen={line.amounts[scheme]} unknown={line.unknown[scheme]} />
      )),
      <Amount yen={total(line.amounts)} unknown={total(line.unknown)} />,
      <DoubtButton
        subject={phrase("pension.contributions.subject", { year: fiscal_text(line.year) })}
        shown={year_shown(line)}
        answer={whom_to_ask(answers, line)}
      />,
    ],
  }));
  return (
    <DataTable
      caption={phrase("pension.contributions.table")}
      columns={columns}
      rows={rows}
      foot={[
        <Say of="pension.column.sum" />,
        ...used.map((scheme) => (
          <Amount
            yen={sum(({ amounts }) => amounts[scheme])}
            unknown={sum(({ unknown }) => unknown[scheme])}
          />
        )),
        <Amount
          yen={sum(({ amounts }) => total(amounts))}
          unknown={sum(({ unknown }) => total(unknown))}
        />,
        "",
      ]}
    />
  );
}
