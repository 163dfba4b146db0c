// Adds up what the holders answered: the same month, year or age of several documents.
import { fiscal_year, month_after, months_between } from "../../shared/months";
import type { Answer, Joining, Month, NationalFund, Part, Scheme, Span, Unit } from "./record";
import { schemes } from "./record";

export type Amounts = Record<Scheme, number>;

function no_amounts(): Amounts {
  return { national: 0, employees: 0, "employees-fund": 0, "national-fund": 0 };
}

export function total(amounts: Amounts): number {
  return schemes.reduce((sum, scheme) => sum + amounts[scheme], 0);
}

export interface SpanLine extends Span {
  answer: Answer;
}

// The spans of all holders, the earliest first, and of one month the lower storey first.
export function span_lines(answers: Answer[]): SpanLine[] {
  const lines = answers.flatMap((answer) =>
    answer.document.spans.map((span) => ({ ...span, answer })),
  );
  const storey = (line: SpanLine) => schemes.indexOf(line.scheme);
  return lines.sort((a, b) => a.from.localeCompare(b.from) || storey(a) - storey(b));
}

export interface YearLine {
  year: number;
  amounts: Amounts;
  unknown: Amounts; // months whose amount nobody knows
}

// Every year from the first to the last, also those of which nobody has an amount.
export function year_lines(answers: Answer[]): YearLine[] {
  const years = answers.flatMap((answer) => answer.document.years);
  if (years.length === 0) return [];
  const first = Math.min(...years.map(({ year }) => year));
  const last = Math.max(...years.map(({ year }) => year));
  const lines = Array.from({ length: last - first + 1 }, (_, i) => ({
    year: first + i,
    amounts: no_amounts(),
    unknown: no_amounts(),
  }));
  for (const { year, scheme, yen, months_unknown } of years) {
    const line = lines[year - first]!;
    line.amounts[scheme] += yen;
    line.unknown[scheme] += months_unknown ?? 0;
  }
  return lines;
}

// Not even a part is known: no amount, which is not an amount of nothing.
export function is_unknown(yen: number, months_unknown: number): boolean {
  return yen === 0 && months_unknown > 0;
}

// Years that follow each other, of whose months none has an amount, or some have none.
export interface Gap {
  from: number;
  to: number;
  is_whole: boolean;
}

export function gaps_of(lines: YearLine[]): Gap[] {
  const out: Gap[] = [];
  for (const { year, amounts, unknown } of lines) {
    if (total(unknown) === 0) continue;
    const is_whole = is_unknown(total(amounts), total(unknown));
    const last = out.at(-1);
    if (last && last.to === year - 1 && last.is_whole === is_whole) last.to = year;
    else out.push({ from: year, to: year, is_whole });
  }
  return out;
}

export type Course = "so_far" | "continued";

// The ages that every holder with an expectation can say something for; so no sum lacks a part.
export function claim_ages(answers: Answer[], course: Course): number[] {
  const lists = answers.flatMap(({ document }) => {
    const claims = document.receiving ? null : document.expected?.[course];
    return claims && claims.length > 0 ? [claims.map(({ age }) => age)] : [];
  });
  const [first, ...others] = lists;
  return (first ?? []).filter((age) => others.every((ages) => ages.includes(age)));
}

// What is received already, and what is expected when claimed at `age`.
export function parts_at(answers: Answer[], course: Course, age: number | null): Part[] {
  return answers.flatMap(({ document }) => {
    if (document.receiving) return document.receiving.parts;
    return document.expected?.[course].find((claim) => claim.age === age)?.parts ?? [];
  });
}

function is_paid_at(part: Part, age: number): boolean {
  return part.from_age <= age && (part.until_age === null || age < part.until_age);
}

export function monthly_at(parts: Part[], age: number): Amounts {
  const amounts = no_amounts();
  for (const part of parts) {
    if (is_paid_at(part, age)) amounts[part.scheme] += part.monthly_yen;
  }
  return amounts;
}

export function yearly_at(parts: Part[], age: number): Amounts {
  const amounts = no_amounts();
  for (const part of parts) {
    if (is_paid_at(part, age)) amounts[part.scheme] += part.yearly_yen;
  }
  return amounts;
}

export function monthly_for_life(parts: Part[]): number {
  return parts.reduce((sum, part) => sum + (part.until_age === null ? part.monthly_yen : 0), 0);
}

// All that is received before the birthday `age`.
export function received_before(parts: Part[], age: number): number {
  return parts.reduce((sum, part) => {
    const until = Math.min(age, part.until_age ?? age);
    return sum + Math.max(0, until - part.from_age) * part.yearly_yen;
  }, 0);
}

export const last_age = 80; // of the chart, as in the report of 2009

export interface AgeLine {
  age: number;
  amounts: Amounts; // a month
}

// 65 to 80; from the first age at which something is paid where that is earlier.
export function age_lines(parts: Part[]): AgeLine[] {
  const first = Math.min(65, ...parts.map((part) => part.from_age));
  return Array.from({ length: last_age - first + 1 }, (_, i) => ({
    age: first + i,
    amounts: monthly_at(parts, first + i),
  }));
}

// The ages at which an amount changes: what has to be said where there is no picture.
export function changes(lines: AgeLine[]): AgeLine[] {
  return lines.filter((line, i) => {
    const before = lines[i - 1];
    return !before
      ? total(line.amounts) > 0
      : schemes.some((scheme) => line.amounts[scheme] !== before.amounts[scheme]);
  });
}

export interface MonthYear {
  year: number; // April to March
  months: (Month | null)[]; // twelve; null: before the first or after the last
}

export function month_years(months: Month[]): MonthYear[] {
  const years = new Map<number, (Month | null)[]>();
  for (const month of months) {
    const year = fiscal_year(month.month);
    if (!years.has(year))
      years.set(
        year,
        Array.from({ length: 12 }, () => null),
      );
    years.get(year)![months_between(`${year}-04`, month.month)] = month;
  }
  return [...years].sort(([a], [b]) => a - b).map(([year, list]) => ({ year, months: list }));
}

export interface Run {
  first: Month;
  last: Month;
  count: number;
}

// Months that follow each other and are alike.
export function runs(months: Month[], likeness: (month: Month) => string): Run[] {
  const out: Run[] = [];
  for (const month of months) {
    const run = out.at(-1);
    const joins =
      run && month_after(run.last.month) === month.month && likeness(run.last) === likeness(month);
    if (joins) {
      run.last = month;
      run.count++;
    } else {
      out.push({ first: month, last: month, count: 1 });
    }
  }
  return out;
}

export function likeness_of_status(month: Month): string {
  return [month.category, month.status, month.additional, month.fund].join(" ");
}

// What can still be paid afterwards, by the dates that the holder gave.
export function payable_runs(months: Month[], today: string): Run[] {
  const payable = months.filter((month) => (month.payable_until ?? "") >= today);
  return runs(payable, ({ status }) => status);
}

// 「国民年金基金に加入した場合」: what the person chose.
export interface FundChoice {
  age: number;
  first: string; // type of the first unit
  further: string; // "" for none
  count: number; // of further units
}

export interface FundResult {
  premium_yen: number | null; // a month; null: in no table
  total_yen: number | null;
  months: number;
  parts: Part[] | null; // null: not known
}

export function further_types(joining: Joining, first: string): string[] {
  const most = joining.further_max[first] ?? {};
  return Object.keys(joining.further).filter((type) => further_counts(most, joining, type) > 0);
}

// A premium is in no table, so that nobody can say how many units there may be.
export function has_unknown_limits(joining: Joining, first: string): boolean {
  return Object.values(joining.further_max[first] ?? {}).includes(null);
}

function further_counts(
  most: Record<string, number | null>,
  joining: Joining,
  type: string,
): number {
  return Math.min(most[type] ?? 0, joining.further[type]?.length ?? 0);
}

export function further_most(joining: Joining, first: string, type: string): number {
  return further_counts(joining.further_max[first] ?? {}, joining, type);
}

export function joining_of(fund: NationalFund | undefined, age: number): Joining | null {
  if (!fund?.possible) return null;
  return fund.joining.find((joining) => joining.age === age) ?? fund.joining[0] ?? null;
}

// The nearest choice that there is: another age may offer less.
export function possible_choice(joining: Joining, choice: FundChoice): FundChoice {
  const types = Object.keys(joining.first);
  const first = types.includes(choice.first) ? choice.first : (types[0] ?? "");
  const further = further_types(joining, first).includes(choice.further) ? choice.further : "";
  const most = further === "" ? 0 : further_most(joining, first, further);
  const count = Math.max(further === "" ? 0 : 1, Math.min(choice.count, most));
  return { age: joining.age, first, further, count };
}

function sum_of(units: Unit[], amount: (unit: Unit) => number | null): number | null {
  let sum = 0;
  for (const unit of units) {
    const value = amount(unit);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

function part_of({ yearly_yen, monthly_yen, from_age, until_age }: Unit): Part | null {
  if (yearly_yen === null || monthly_yen === null) return null;
  const scheme = "national-fund" as const;
  return { scheme, yearly_yen, monthly_yen, from_age, until_age };
}

export function fund_result(joining: Joining, choice: FundChoice): FundResult {
  const first = joining.first[choice.first];
  const further = joining.further[choice.further]?.[choice.count - 1];
  const units = [first, further].filter((unit) => unit !== undefined);
  const parts = units.map(part_of);
  return {
    premium_yen: sum_of(units, (unit) => unit.premium_yen),
    total_yen: sum_of(units, (unit) => unit.total_yen),
    months: joining.months,
    parts: parts.every((part) => part !== null) ? parts : null,
  };
}
