import { expect, test } from "vitest";
import type { JsonObject } from "../../shared/json";
import { Refused } from "../../shared/result";
import { failed as silence } from "../test_records";
import { read_pension, read_records } from "./record";
import { hanako_state, states } from "./test_documents";

test("every made document reads, but the one that is made wrong", () => {
  for (const [name, { records }] of Object.entries(states)) {
    const { answers, silent } = read_records(records);
    expect(answers.length + silent.length, name).toBe(records.length);
    expect(
      silent.some(({ code }) => code === "unreadable"),
      name,
    ).toBe(name === "unreadable");
  }
});

test.each([
  ["no office", { ...hanako_state, office: undefined }],
  ["an unknown scheme", { ...hanako_state, spans: [{ scheme: "x", from: "2006-04", to: null }] }],
  [
    "no such month",
    { ...hanako_state, spans: [{ scheme: "national", from: "2006-13", to: null }] },
  ],
  ["a half yen", { ...hanako_state, years: [{ year: 2006, scheme: "national", yen: 0.5 }] }],
  ["a list without end", { ...hanako_state, years: new Array(2001).fill(hanako_state.years[0]) }],
  ["possible without ages", { ...hanako_state, national_fund: { possible: true } }],
  ["parts that are none", { ...hanako_state, receiving: { since: "2012-07", parts: [1] } }],
])("refused whole: %s", (_, data) => {
  expect(() => read_pension(data as unknown as JsonObject)).toThrow(Refused);
});

const failed = (position: number, code: string, detail?: string) =>
  silence("pension", position, code, detail);

test("one who does not answer leaves the others", () => {
  const [nenkin, kikin] = states.hanako!.records;
  const read = read_records([nenkin!, failed(2, "holder_failed"), { ...kikin!, position: 3 }]);
  expect(read.answers.map(({ holder }) => holder.id)).toEqual(["nenkin", "kikin-1"]);
  expect(read.silent).toEqual([{ kind: "pension", position: 2, code: "holder_failed" }]);
  expect(read.is_cut_short).toBe(false);
});

test("a problem that everybody would have cuts the asking short", () => {
  expect(read_records([failed(1, "mandate_ended")]).is_cut_short).toBe(true);
  expect(read_records([failed(1, "unavailable")]).is_cut_short).toBe(true); // the relay itself
  expect(read_records([failed(1, "unavailable", "slow")]).is_cut_short).toBe(false);
});
