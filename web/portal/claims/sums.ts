// The insurers' claims as the page lists, filters and adds them up. Pure; words are made elsewhere.
import { add_months, months_of } from "../../shared/months";
import type { Answer, Claim, ClaimKind, Period } from "./record";

// ---- months ----

// So many months, the last of which is the day's.
export function period_of(today: string, months: number): Period {
  return { from: add_months(today, 1 - months), to: add_months(today, 0) };
}

// ---- lines ----

export interface Line {
  claim: Claim;
  answer: Answer;
}

// Newest first; of one month in the order of the insurers, and of one insurer in its own.
export function lines_of(answers: Answer[], period: Period): Line[] {
  const lines = answers.flatMap((answer) =>
    answer.document.claims.map((claim) => ({ claim, answer })),
  );
  return lines
    .filter(({ claim }) => claim.month >= period.from && claim.month <= period.to)
    .sort((a, b) => b.claim.month.localeCompare(a.claim.month));
}

// "" for all.
export function filtered(lines: Line[], institution: string): Line[] {
  return institution === ""
    ? lines
    : lines.filter(({ claim }) => claim.institution === institution);
}

export function institutions_of(lines: Line[]): string[] {
  const names = new Set(lines.map(({ claim }) => claim.institution));
  return [...names].sort((a, b) => a.localeCompare(b, "ja"));
}

export interface MonthLines {
  month: string;
  lines: Line[];
}

export function by_month(lines: Line[]): MonthLines[] {
  const out: MonthLines[] = [];
  for (const line of lines) {
    const last = out.at(-1);
    if (last?.month === line.claim.month) last.lines.push(line);
    else out.push({ month: line.claim.month, lines: [line] });
  }
  return out;
}

// ---- sums ----

// As the chart tells them apart.
export const groups = ["clinic", "dental", "pharmacy", "other"] as const;
export type Group = (typeof groups)[number];

const group_of_kind: Record<ClaimKind, Group> = {
  medical: "clinic",
  dpc: "clinic",
  dental: "dental",
  pharmacy: "pharmacy",
  "visiting-nurse": "other",
  judo: "other",
};

export interface Sum {
  claims: number;
  cost_yen: number;
  paid_yen: number;
  paid: Record<Group, number>;
  paid_unknown: number; // claims that are not in `paid_yen`
}

export function sum_of(lines: Line[]): Sum {
  const out: Sum = {
    ...{ claims: lines.length, cost_yen: 0, paid_yen: 0, paid_unknown: 0 },
    paid: { clinic: 0, dental: 0, pharmacy: 0, other: 0 },
  };
  for (const { claim } of lines) {
    out.cost_yen += claim.cost_yen;
    if (claim.paid_yen === undefined) {
      out.paid_unknown += 1;
      continue;
    }
    out.paid_yen += claim.paid_yen;
    out.paid[group_of_kind[claim.kind]] += claim.paid_yen;
  }
  return out;
}

// No payment is known of any of them: no amount, which is not an amount of nothing.
export function is_unknown({ claims, paid_unknown }: Sum): boolean {
  return claims > 0 && claims === paid_unknown;
}

export interface MonthSum extends Sum {
  month: string;
  waiting: Answer[]; // insurers whose claims of this month have not come in
}

// Every month of the period, the oldest first; also those without a claim.
export function month_sums(lines: Line[], answers: Answer[], period: Period): MonthSum[] {
  return months_of(period).map((month) => ({
    month,
    ...sum_of(lines.filter(({ claim }) => claim.month === month)),
    waiting: answers.filter(({ document }) => month > document.arrived_to),
  }));
}

// Nobody has anything of it: no amount, which is not an amount of nothing.
export function is_to_come({ claims, waiting }: MonthSum, answers: Answer[]): boolean {
  return claims === 0 && waiting.length === answers.length;
}
