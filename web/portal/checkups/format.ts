// Items, values and ranges as the page's language writes them, as phrases.
import { has_words, in_japanese, language, phrase } from "../../shared/words";
import type { Value } from "./record";

// The page's own name where it has one, else the holder's.
export function item_text({ code, name }: Value): string {
  const key = `checkups.item_${code}`;
  return has_words(key) ? phrase(key) : in_japanese(name);
}

export function unit_text({ unit }: Value): string {
  return (unit ?? "").replace(/m([23])/, (_, power) => (power === "2" ? "m²" : "m³"));
}

const answers: Record<string, string> = {
  "(-)": "none",
  "(±)": "trace",
  "(+)": "found",
  "(++)": "found",
  "(+++)": "found",
};

// A sign alone is not read out.
export function value_text({ value }: Value): string {
  const answer = answers[value];
  return answer ? phrase(`checkups.answer_${answer}`, { sign: value }) : in_japanese(value);
}

export function measured_text(value: Value): string {
  return [value_text(value), unit_text(value)].filter((part) => part !== "").join(" ");
}

const forms: [RegExp, string][] = [
  [/^([\d.]+)未満$/, "below"],
  [/^([\d.]+)以下$/, "high"],
  [/^([\d.]+)以上$/, "low"],
];

// In the holder's words; other languages have their own for the usual forms.
function holder_text(range: string): string {
  const as_value = value_text({ code: "", name: "", value: range });
  if (language() === "ja") return as_value;
  for (const [form, key] of forms) {
    const found = form.exec(range);
    if (found) return phrase(`checkups.range_${key}`, { bound: found[1]! });
  }
  return as_value;
}

// "" where the holder states none.
export function range_text({ low, high, range }: Value): string {
  if (range) return holder_text(range);
  if (low && high) return phrase("checkups.range_both", { low, high });
  if (high) return phrase("checkups.range_high", { bound: high });
  return low ? phrase("checkups.range_low", { bound: low }) : "";
}
