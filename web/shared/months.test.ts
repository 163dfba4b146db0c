import { expect, test } from "vitest";
import { day_text } from "./dates";
import {
  add_months,
  fiscal_year,
  month_after,
  months_between,
  months_of,
  parts_of,
} from "./months";
import { date_text, money, month_text } from "./phrases";
import { load_words, with_reading } from "./words";

test("months are counted over the turn of years", () => {
  expect(add_months("2026-11", 2)).toBe("2027-01");
  expect(add_months("2026-01", -1)).toBe("2025-12");
  expect(month_after("2026-12-31")).toBe("2027-01");
  expect(add_months("0999-12", 1)).toBe("1000-01");
  expect(add_months("0998-12", 1)).toBe("0999-01");
  expect(months_between("2025-12", "2026-11-30")).toBe(11);
  expect(months_of({ from: "2025-12", to: "2026-02" })).toEqual(["2025-12", "2026-01", "2026-02"]);
  expect(parts_of("2026-03-31")).toEqual([2026, 3]);
});

test("a fiscal year begins in April", () => {
  expect(["2026-03-31", "2026-04-01", "2026-03", "2026-04"].map(fiscal_year)).toEqual([
    ...[2025, 2026, 2025, 2026],
  ]);
});

test.each([
  ["ja", "2026年11月3日", "2026年11月3日", "2026年11月"],
  ["en", "3 November 2026", "3 November 2026", "November 2026"],
] as const)("days as people read them: %s", async (language, plain, date, month) => {
  await load_words(language, []);
  expect(day_text("2026-11-03")).toBe(plain);
  expect(date_text("2026-11-03")).toBe(date);
  expect(month_text("2026-11")).toBe(month);
});

test("in やさしい日本語 phrases have readings, and plain texts none", async () => {
  await load_words("easy", []);
  const [year, month, day] = [["年", "ねん"], ["月", "がつ"], ["日", "にち"]].map(([text, read]) =>
    with_reading(text!, read!),
  );
  expect(date_text("2026-11-03")).toBe(`2026${year}11${month}3${day}`);
  expect(money(1234)).toBe(`1,234${with_reading("円", "えん")}`);
  expect(day_text("2026-11")).toBe("2026年11月");
});
