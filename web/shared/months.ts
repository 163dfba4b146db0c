// Months as texts "2026-11". What is asked of a month may also be asked of a day in it.

// The year, and the month from 1 to 12.
export function parts_of(month: string): [year: number, number: number] {
  return [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
}

function index_of(month: string): number {
  const [year, number] = parts_of(month);
  return year * 12 + number - 1;
}

export function add_months(month: string, count: number): string {
  const index = index_of(month) + count;
  const year = String(Math.floor(index / 12)).padStart(4, "0");
  return `${year}-${String((index % 12) + 1).padStart(2, "0")}`;
}

export function month_after(month: string): string {
  return add_months(month, 1);
}

// How many months later `to` is.
export function months_between(from: string, to: string): number {
  return index_of(to) - index_of(from);
}

// All from the first to the last.
export function months_of({ from, to }: { from: string; to: string }): string[] {
  const count = months_between(from, to) + 1;
  return Array.from({ length: count }, (_, i) => add_months(from, i));
}

// April to March, as the records themselves count years (an age in check-ups, contributions a
// year). Here for sorting and labels only: no right depends on it.
export function fiscal_year(month: string): number {
  return parts_of(add_months(month, -3))[0];
}
