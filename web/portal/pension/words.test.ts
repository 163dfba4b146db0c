// Words are found by keys that are put together from codes: that each has some is seen here, not by
// the person whose record has the code.
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { schemes } from "./record";

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

const statuses =
  "paid unpaid exempt-full exempt-three-quarters exempt-half exempt-quarter student deferred " +
  "maternity childcare employees third empty not-joined";
const assumptions =
  "table-year goes-on-until status-as-now pay-as-now bonus-as-now no-work-after-claim " +
  "pay-not-revalued guarantee-not-counted special-not-counted family-not-counted " +
  "as-the-holder-says";
const reasons =
  "second-category third-category exempt farmers-pension too-young too-old already-member " +
  "receiving not-resident not-insured other";

test.each([
  ["scheme", schemes.join(" ")],
  ["status", statuses],
  ["status_short", `${statuses} additional fund`],
  ["category", "first second third voluntary"],
  ["category_short", "first second third voluntary"],
  ["basis", assumptions],
  ["unknown", "no-table born-too-early pay-missing no-promise other"],
  ["fund.why", reasons],
  ["fund.then", reasons],
  ["fund.type", "A B I II III IV V"],
])("each code of lib/benefit and of the page: %s", (kind, codes) => {
  for (const code of codes.split(" ")) expect(words).toHaveProperty([`${kind}.${code}`]);
});
