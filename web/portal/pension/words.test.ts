// Words are found by keys that are put together from codes: that each has some is seen here, not by
// the person whose record has the code.
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { categories, fund_types, schemes, statuses } from "./record";

const folder = new URL("./", import.meta.url);
const words: Record<string, string> = JSON.parse(
  readFileSync(new URL("../../words/ja/pension.json", folder), "utf8"),
);

test("every key that stands in the code has words", () => {
  for (const file of readdirSync(folder).filter((name) => /(?<!test)\.tsx?$/.test(name))) {
    const text = readFileSync(new URL(file, folder), "utf8");
    for (const [, key] of text.matchAll(/"pension\.([\w.-]+)"/g)) {
      expect(words, `${file}: ${key}`).toHaveProperty([key!]);
    }
  }
});

// The codes of an enumeration, as lib/benefit's source writes them.
function codes_of(file: string, enumeration: string): string[] {
  const source = readFileSync(new URL(`../../../lib/benefit/${file}`, folder), "utf8");
  const form = new RegExp(`${enumeration}::\\w+(?:,|:\\s*return)\\s*"([\\w-]+)"`, "g");
  return [...source.matchAll(form)].map(([, code]) => code!);
}

const record_codes = {
  scheme: codes_of("record.cpp", "Scheme"),
  status: codes_of("record.cpp", "Status"),
  category: codes_of("record.cpp", "Category"),
  fund_type: codes_of("national_fund.cpp", "FundType"),
};

test("the page reads the codes that lib/benefit writes, and no others", () => {
  expect([...schemes]).toEqual(record_codes.scheme);
  expect([...statuses]).toEqual(record_codes.status);
  expect([...categories]).toEqual(record_codes.category);
  expect([...fund_types]).toEqual(record_codes.fund_type);
});

const shown_categories = record_codes.category.filter((code) => code !== "none");
const reasons = [...codes_of("national_fund.cpp", "WhyNot"), "other"];
const assumptions = [...codes_of("pension.cpp", "Assumption"), "as-the-holder-says"];

test.each([
  ["scheme", record_codes.scheme],
  ["status", record_codes.status],
  ["status_short", [...record_codes.status, "additional", "fund"]],
  ["category", shown_categories],
  ["category_short", shown_categories],
  ["basis", [...assumptions, "other", "before_tax"]],
  ["unknown", [...codes_of("pension.cpp", "Unknown"), "no-promise", "not-joined", "other"]],
  ["fund.why", reasons],
  ["fund.then", reasons],
  ["fund.type", record_codes.fund_type],
])("each code has its words: %s", (kind, codes) => {
  expect(codes.length).toBeGreaterThan(3);
  for (const code of codes) expect(words).toHaveProperty([`${kind}.${code}`]);
});
