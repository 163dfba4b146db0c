import { expect, test } from "vitest";
import { read_document, read_records, type OwnRecord } from "./record";
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
  ["not an object", "text"],
  ["null", null],
  ["a list", [hanako_state]],
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
  expect(read_document(data)).toBeNull();
});

test("members that a later version adds do no harm", () => {
  expect(read_document({ ...hanako_state, later: 1 })).not.toBeNull();
});

const failed = (position: number, code: string, detail?: string): OwnRecord => {
  const problem = detail === undefined ? { code } : { code, detail };
  return { kind: "pension", position, result: { ok: false, problem } };
};

test("one who does not answer leaves the others", () => {
  const [nenkin, kikin] = states.hanako!.records;
  const read = read_records([nenkin!, failed(2, "holder_failed"), { ...kikin!, position: 3 }]);
  expect(read.answers.map(({ holder }) => holder.id)).toEqual(["nenkin", "kikin-1"]);
  expect(read.silent).toEqual([{ position: 2, code: "holder_failed" }]);
  expect(read.is_cut_short).toBe(false);
});

test("a problem that everybody would have cuts the asking short", () => {
  expect(read_records([failed(1, "mandate_ended")]).is_cut_short).toBe(true);
  expect(read_records([failed(1, "unavailable")]).is_cut_short).toBe(true); // the relay itself
  expect(read_records([failed(1, "unavailable", "slow")]).is_cut_short).toBe(false);
});

test("an outcome without a document is nobody's answer", () => {
  const holder = { id: "nenkin", name: "日本年金機構" };
  const value = { data: {}, as_of: 0, outcome: "no_match" };
  const record: OwnRecord = {
    kind: "pension",
    position: 1,
    holder,
    result: { ok: true, value },
  };
  expect(read_records([record]).silent).toEqual([{ position: 1, code: "no_match" }]);
});

test("answers are in the order of the links, however they came", () => {
  const { answers } = read_records([...states.hanako!.records].reverse());
  expect(answers.map(({ position }) => position)).toEqual([1, 2, 3]);
});
