// Ages, years and axes of the pension page, as phrases: with readings in やさしい日本語.
import { months_between, parts_of } from "../../shared/months";
import { month_text } from "../../shared/phrases";
import { language, phrase, yen } from "../../shared/words";
import type { Tick } from "../../shared/chart_layout";
import type { Scheme } from "./record";

export { date_text, money, month_name, month_text, year_text } from "../../shared/phrases";
export { name_text } from "../../shared/phrases";

export function period_text(from: string, to: string | null): string {
  if (to === null) return phrase("pension.since", { from: month_text(from) });
  if (from === to) return month_text(from);
  return phrase("pension.from_to", { from: month_text(from), to: month_text(to) });
}

export function fiscal_text(year: number): string {
  return phrase("pension.fiscal_year", { year });
}

// 平成18, which many people know their years by; in Japanese only.
export function era_text(year: number): string {
  if (language() !== "ja") return "";
  const era = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", {
    era: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  return `（${era.format(Date.UTC(year, 3, 1)).replace("年", "")}）`;
}

export function age_text(age: number): string {
  return phrase("pension.age", { age });
}

export function scheme_text(scheme: Scheme): string {
  return phrase(`pension.scheme.${scheme}`);
}

// On axes the report of 2009 writes ２０才 and ４０万円.
function axis_number(value: number): string {
  const text = value.toLocaleString("en-US");
  if (language() !== "ja") return text;
  return text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
}

const per_man = 10_000;

function axis_age(age: number): string {
  return phrase("pension.axis.age", { age: axis_number(age) });
}

export function axis_money(value: number): string {
  return language() === "en"
    ? yen(value)
    : phrase("pension.axis.man", { man: axis_number(value / per_man) });
}

export function axis_money_short(value: number): string {
  return language() === "en" ? `${axis_number(value / 1000)}k` : axis_number(value / per_man);
}

// Years of life at the beginning of a month; the day does not show on a chart.
export function age_in(month: string, birth_date: string): number {
  return months_between(birth_date, month) / 12;
}

// Each fifth birthday.
export function age_ticks(from: number, to: number, birth_date?: string): Tick[] {
  const ticks: Tick[] = [];
  for (let age = Math.ceil(from / 5) * 5; age <= to; age += 5) {
    const tick: Tick = { at: age, label: axis_age(age) };
    if (birth_date) {
      const year = String(parts_of(birth_date)[0] + age);
      tick.below = language() === "en" ? year : phrase("pension.axis.year", { year });
    }
    ticks.push(tick);
  }
  return ticks;
}
