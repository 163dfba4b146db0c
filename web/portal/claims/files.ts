// What a person can keep of the claims: one row a claim, or one row an item.
import { csv_text } from "../../shared/files";
import { text_of } from "../../shared/words";
import type { Line } from "./sums";

const number = (value: number | undefined) => (value === undefined ? "" : String(value));

type Column<T> = [name: string, value: (of: T) => string];

const of_claim: Column<Line>[] = [
  ["month", ({ claim }) => claim.month],
  ["insurer", ({ answer }) => answer.holder.name],
  ["institution", ({ claim }) => claim.institution],
  ["kind", ({ claim }) => text_of(`claims.kind_${claim.kind}`)],
];

const of_claims: Column<Line>[] = [
  ...of_claim,
  ["days", ({ claim }) => number(claim.days)],
  ["points", ({ claim }) => number(claim.points)],
  ["cost", ({ claim }) => number(claim.cost_yen)],
  ["paid", ({ claim }) => number(claim.paid_yen)],
  ["note", ({ claim }) => (claim.withheld ? text_of("claims.withheld") : "")],
];

function head_of<T>(columns: Column<T>[]): string[] {
  return columns.map(([name]) => text_of(`claims.csv_${name}`));
}

function row_of<T>(columns: Column<T>[], of: T): string[] {
  return columns.map(([, value]) => value(of));
}

export function csv_of_claims(lines: Line[]): string {
  return csv_text([head_of(of_claims), ...lines.map((line) => row_of(of_claims, line))]);
}

// A withheld claim has one row that says so, or its cost would seem forgotten.
export function csv_of_items(lines: Line[]): string {
  const head = ["item", "quantity", "yen"].map((name) => text_of(`claims.csv_${name}`));
  const rows = lines.flatMap((line) => {
    const claim = row_of(of_claim, line);
    if (line.claim.withheld) return [[...claim, text_of("claims.withheld"), "", ""]];
    return line.claim.items.map((item) => [
      ...claim,
      item.name,
      number(item.quantity),
      number(item.yen),
    ]);
  });
  return csv_text([[...head_of(of_claim), ...head], ...rows]);
}
