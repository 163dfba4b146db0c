// What insurers answered to `checkups`: read strictly, laid side by side, in three languages.
import { expect, test } from "vitest";
import type { JsonObject } from "../../shared/json";
import { in_japanese, load_words, without_readings } from "../../shared/words";
import { read_answers } from "../own";
import { item_text, measured_text, range_text, unit_text } from "./format";
import { read_checkups, type Value } from "./record";
import { checkup, document, states, taro } from "./test_documents";
import { all_of, counts_of, drawable, items_of, points_of, value_in } from "./years";

const pressure = "9A751000000000001";
const read = (data: object) => read_checkups(data as JsonObject);
const answers_of = (name: string) => read_answers(states[name]!.records, read_checkups);
const of_state = (name: string) => all_of(answers_of(name).answers);

test("a document is read, newest first", () => {
  const { checkups } = read(taro);
  expect(checkups.map(({ day }) => day)).toEqual(["2026-09-09", "2025-10-15", "2023-10-12"]);
  expect(checkups[2]).toMatchObject({ metabolic: "applies", guidance: "active" });
  expect(counts_of(checkups[0]!)).toEqual({ within: 9, outside: 0 });
  expect(counts_of(checkups[2]!)).toEqual({ within: 2, outside: 7 });
});

test("what has another form is refused whole", () => {
  const good = ["171.3", "71.6"];
  expect(() => read(document([checkup("1", "2026-01-01", good)]))).not.toThrow();
  for (const more of [
    { day: "2026-02-30" },
    { day: "2021-11-30" },
    { kind: "dental" },
    { metabolic: "ill" },
    { guidance: 1 },
    { report: {} },
    { diagnosis: "x" },
    { values: [{ code: pressure, name: "x" }] },
    { values: [{ code: pressure, name: "x", value: 129 }] },
    { values: [{ code: pressure, name: "x", value: "129", high: "low" }] },
    { values: [{ code: pressure, name: "x", value: "129", outside: 1 }] },
    { values: [{ code: pressure, name: "x", value: "129", more: 1 }] },
  ]) {
    const one = checkup("1", "2026-01-01", good, more);
    expect(() => read(document([one])), JSON.stringify(more)).toThrow();
  }
  expect(() => read(document([], { arrived_to: "September" }))).toThrow();
  expect(() => read(document([], { more: 1 }))).toThrow();
});

test("who did not answer, or cannot be read, is named", () => {
  const silent = answers_of("silent");
  expect(silent.answers).toHaveLength(1);
  expect(silent.silent).toEqual([{ kind: "medical-insurer", position: 2, code: "unavailable" }]);
  expect(answers_of("unreadable").silent[0]!.code).toBe("unreadable");
});

test("an item is drawn where at least two check-ups have its number", () => {
  const all = of_state("taro");
  expect(points_of(all, pressure).map(({ value }) => value)).toEqual([136, 128, 126]);
  expect(points_of(all, pressure)[0]!.from).toBeCloseTo(2023.2);
  const codes = drawable(all).map(({ code }) => code);
  expect(codes).toContain(pressure);
  expect(codes).not.toContain("1A010000000191111");
  expect(drawable(of_state("hanako"))).toEqual([]);
  expect(items_of(all)).toHaveLength(12);
  expect(value_in(all[1]!, "9A110160800000049")).toBeUndefined();
});

test("check-ups of one fiscal year stand side by side", () => {
  const two = document([
    checkup("2", "2026-02-01", ["170.0", "70.0"]),
    checkup("1", "2025-06-01", ["170.0", "72.0"]),
  ]);
  const from = { kind: "medical-insurer", position: 1, holder: { id: "1", name: "x" }, as_of: 0 };
  const all = all_of([{ ...from, document: read(two) }]);
  const points = points_of(all, "9N006000000000001");
  expect(points.map(({ value }) => value)).toEqual([72, 70]);
  expect(points[0]!.to).toBeCloseTo(points[1]!.from);
  expect(points[1]!.to).toBeCloseTo(2025.8);
});

const value = (more: Partial<Value>): Value => ({ code: "x", name: "名", value: "1", ...more });

test("values and ranges are written as the language has it", async () => {
  await load_words("ja", ["checkups"]);
  expect(range_text(value({ high: "129" }))).toBe("129以下");
  expect(range_text(value({ low: "40" }))).toBe("40以上");
  expect(range_text(value({ low: "18.5", high: "24.9" }))).toBe("18.5～24.9");
  expect(range_text(value({ high: "129", range: "130未満" }))).toBe("130未満");
  expect(range_text(value({}))).toBe("");
  expect(measured_text(value({ value: "(-)" }))).toBe("(-) 出ていません");
  expect(measured_text(value({ value: "62.3", unit: "kg/m2" }))).toBe("62.3 kg/m²");
  expect(unit_text(value({ unit: "万/mm3" }))).toBe("万/mm³");
  expect(item_text(value({}))).toBe("名");
  await load_words("en", ["checkups"]);
  expect(range_text(value({ range: "130未満" }))).toBe("below 130");
  expect(range_text(value({ range: "40以上" }))).toBe("40 or above");
  expect(range_text(value({ range: "とくになし" }))).toBe(in_japanese("とくになし"));
  expect(item_text(value({ code: pressure }))).toContain("systolic");
  await load_words("easy", ["checkups"]);
  expect(without_readings(range_text(value({ range: "(-)" })))).toBe("(-) 出て いません");
});
