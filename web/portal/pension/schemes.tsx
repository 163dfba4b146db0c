// (1) 「これまで加入した制度」: the schemes as storeys of a house, and each span as a line.
import type { JSX } from "preact";
import { SpansChart, type Span as ChartSpan } from "../../shared/chart";
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
import { DoubtButton } from "./doubt";
import { age_in, age_ticks, axis_money, month_text, period_text, scheme_text } from "./format";
import { SchemeLegend, pattern_of } from "./legend";
import type { Answer, Scheme } from "./record";
import { span_lines, type SpanLine } from "./sums";

// Who is in the national fund is not in the employees' scheme: both are second storeys.
const floor_of: Record<Scheme, number> = {
  national: 0,
  employees: 1,
  "national-fund": 1,
  "employees-fund": 2,
};

export interface Life {
  birth_date: string;
  from: number; // ages: the domain of both charts of the past
  to: number;
}

// To this month where a scheme goes on, else to the last month of the record.
export function life_of(answers: Answer[], today: string): Life | null {
  const birth_date = answers[0]?.document.birth_date;
  if (!birth_date) return null;
  const lines = span_lines(answers);
  const years = answers.flatMap(({ document }) => document.years.map(({ year }) => year));
  const from = Math.min(20, ...lines.map((line) => age_in(line.from, birth_date)));
  const ends = [
    ...lines.map(({ to }) => age_in(to ?? today.slice(0, 7), birth_date) + 1 / 12),
    ...years.map((year) => age_in(`${year + 1}-04`, birth_date)),
  ];
  return { birth_date, from, to: Math.max(from + 5, ...ends) };
}

// After the last month.
function end_of(line: SpanLine, life: Life): number {
  return line.to === null ? life.to : age_in(line.to, life.birth_date) + 1 / 12;
}

function kind_text(line: SpanLine): string {
  if (line.category && line.scheme === "national") {
    return phrase(`pension.category.${line.category}`);
  }
  return in_japanese(line.workplace ?? "");
}

function short_text(line: SpanLine): string {
  const key = `pension.category_short.${line.category}`;
  if (line.scheme === "national" && has_words(key)) return text_of(key);
  return line.workplace ?? without_readings(scheme_text(line.scheme));
}

function chart_spans(lines: SpanLine[], life: Life): ChartSpan[] {
  return lines.map((line) => ({
    floor: floor_of[line.scheme],
    from: age_in(line.from, life.birth_date),
    to: end_of(line, life),
    pattern: pattern_of[line.scheme],
    label: short_text(line),
  }));
}

function summary(lines: SpanLine[]): string {
  const spans = lines.map((line) =>
    text_of("pension.schemes.one", {
      scheme: scheme_text(line.scheme),
      period: period_text(line.from, line.to),
    }),
  );
  return text_of("pension.schemes.summary", { spans: spans.join(text_of("pension.and")) });
}

export function Schemes({ answers, life }: { answers: Answer[]; life: Life }): JSX.Element {
  const lines = span_lines(answers);
  if (lines.length === 0)
    return (
      <p>
        <Say of="pension.schemes.none" />
      </p>
    );
  const used = new Set(lines.map(({ scheme }) => scheme));
  const storeys = Math.max(...lines.map(({ scheme }) => floor_of[scheme])) + 1;
  const floors = ["1", "2", "3"].slice(0, storeys);
  return (
    <>
      <SpansChart
        summary={summary(lines)}
        domain={[life.from, life.to]}
        ticks={plain_ticks(life)}
        floors={floors.map((floor) => text_of("pension.schemes.storey", { floor }))}
        spans={chart_spans(lines, life)}
        beside={[without_readings(axis_money(400_000))]}
      />
      <SchemeLegend used={used} />
      <DataTable
        caption={phrase("pension.schemes.table")}
        columns={[
          { label: phrase("pension.column.scheme") },
          { label: phrase("pension.column.period"), plain: true },
          { label: phrase("pension.column.kind"), plain: true },
          { label: phrase("pension.column.holder"), plain: true },
          { label: phrase("shell.doubt"), unseen: true },
        ]}
        rows={lines.map((line, i) => ({ key: i, cells: cells_of(line) }))}
      />
    </>
  );
}

export function plain_ticks(life: Life) {
  return age_ticks(life.from, life.to, life.birth_date).map((tick) => ({
    ...tick,
    label: without_readings(tick.label),
    below: without_readings(tick.below ?? ""),
  }));
}

function cells_of(line: SpanLine): JSX.Element[] {
  const scheme = scheme_text(line.scheme);
  const period = period_text(line.from, line.to);
  const kind = kind_text(line);
  return [
    <Read text={scheme} />,
    <span>
      <Read text={line.to === null ? month_text(line.from) : period} />
      {line.to === null && <Say of="pension.schemes.goes_on" />}
    </span>,
    <Read text={kind || "—"} />,
    <Ja>{line.answer.holder.name}</Ja>,
    <DoubtButton
      subject={phrase("pension.schemes.subject", { scheme, period })}
      shown={kind || scheme}
      answer={line.answer}
    />,
  ];
}
