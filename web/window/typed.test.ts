// What a clerk types: days, and numbers of persons.
import { expect, test } from "vitest";
import { parse_day } from "./days";
import { check_fits, forms, holder_of, mistake_in, normalised, number_of } from "./numbers";
import { roles } from "./record";

test.each([
  ["1986-05-01", "1986-05-01"],
  ["1986/5/1", "1986-05-01"],
  ["19860501", "1986-05-01"],
  ["1986年5月1日", "1986-05-01"],
  ["昭和61年5月1日", "1986-05-01"],
  ["Ｓ６１．５．１", "1986-05-01"],
  ["s61.5.1", "1986-05-01"],
  ["昭和64年1月7日", "1989-01-07"],
  ["平成元年1月8日", "1989-01-08"],
  ["令和元年5月1日", "2019-05-01"],
  ["大正15年12月25日", "1926-12-25"],
  ["昭和元年12月25日", "1926-12-25"],
  ["2024-02-29", "2024-02-29"],
])("%s is a day", (typed, day) => {
  expect(parse_day(typed)).toBe(day);
});

test.each(["", "1986", "1986-02-30", "昭和64年1月8日", "平成31年5月1日", "86-05-01", "昭和0年1月1日"])(
  "%s is none",
  (typed) => {
    expect(parse_day(typed)).toBeUndefined();
  },
);

test("numbers are taken as people type them", () => {
  expect(normalised(" １２３４-５６ ７８ ")).toBe("12345678");
  expect(normalised("あ—ー")).toBe("あー"); // the long-vowel sign is a letter of symbols
  expect(number_of("pension", { number: "9990-104218" })).toEqual({
    scheme: "basic-pension-number",
    fields: { number: "9990104218" },
  });
  const typed = { insurer: "06990014", symbol: " ", number: "2210", branch: "" };
  expect(number_of("medical", typed).fields).toEqual({ insurer: "06990014", number: "2210" });
});

// 06990014 and 990010 are insurers of the demo country; 131016 is 千代田区's code (総務省's list).
test("check digits", () => {
  expect(check_fits("insurer", "06990014")).toBe(true);
  expect(check_fits("insurer", "990010")).toBe(true);
  expect(check_fits("insurer", "06990041")).toBe(false);
  expect(check_fits("municipality", "131016")).toBe(true);
  expect(check_fits("municipality", "131061")).toBe(false);
});

test("what is wrong with a field", () => {
  const [insurer, symbol, number] = forms.medical.fields;
  expect(mistake_in(insurer!, "")).toBe("missing");
  expect(mistake_in(insurer!, "0699001")).toBe("digits");
  expect(mistake_in(insurer!, "06990015")).toBe("check");
  expect(mistake_in(insurer!, "06990014")).toBeUndefined();
  expect(mistake_in(symbol!, "")).toBeUndefined();
  expect(mistake_in(number!, "1".repeat(14))).toBe("long");
});

test("whose register it is", () => {
  expect(holder_of("pension", { scheme: "basic-pension-number", fields: {} })).toBe("nenkin");
  expect(holder_of("care", { scheme: "", fields: { insurer: "992016" } })).toBe("992016");
  const subsidy = number_of("public-expense", { payer: "8899 0015", number: "9999962" });
  expect(holder_of("public-expense", subsidy)).toBe("88990015");
  for (const role of roles) expect(forms[role].fields.length).toBeGreaterThan(0);
});
