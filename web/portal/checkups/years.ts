// Check-ups of all insurers, side by side.
import { fiscal_year } from "../../shared/months";
import { is_number, type Answer, type Checkup, type Value } from "./record";

export interface Examined {
  checkup: Checkup;
  answer: Answer; // whose it is
}

// Newest first; of one day, in the order of the insurers.
export function all_of(answers: Answer[]): Examined[] {
  return answers
    .flatMap((answer) => answer.document.checkups.map((checkup) => ({ checkup, answer })))
    .sort((a, b) => (a.checkup.day < b.checkup.day ? 1 : a.checkup.day > b.checkup.day ? -1 : 0));
}

export function value_in({ checkup }: Examined, code: string): Value | undefined {
  return checkup.values.find((value) => value.code === code);
}

// Every item of any check-up, in the order of the newest that has it.
export function items_of(all: Examined[]): Value[] {
  const out: Value[] = [];
  for (const { checkup } of all) {
    for (const value of checkup.values) {
      if (!out.some(({ code }) => code === value.code)) out.push(value);
    }
  }
  return out;
}

interface Point {
  from: number; // in fiscal years
  to: number;
  value: number;
  shown: Value;
  day: string;
}

const bar_width = 0.6;

// Oldest first. Check-ups of one year share its place.
export function points_of(all: Examined[], code: string): Point[] {
  const measured = all
    .flatMap((one) => {
      const value = value_in(one, code);
      return value && is_number(value.value) ? [{ value, day: one.checkup.day }] : [];
    })
    .reverse();
  return measured.map(({ value, day }, i) => {
    const year = fiscal_year(day);
    const same = measured.filter((one) => fiscal_year(one.day) === year).length;
    const before = measured.slice(0, i).filter((one) => fiscal_year(one.day) === year).length;
    const width = bar_width / same;
    const from = year + (1 - bar_width) / 2 + width * before;
    return { from, to: from + width, value: Number(value.value), shown: value, day };
  });
}

// What can be drawn: numbers of at least two check-ups.
export function drawable(all: Examined[]): Value[] {
  return items_of(all).filter(({ code }) => points_of(all, code).length > 1);
}

export function counts_of({ values }: Checkup): { within: number; outside: number } {
  return {
    within: values.filter(({ outside }) => outside === false).length,
    outside: values.filter(({ outside }) => outside === true).length,
  };
}
