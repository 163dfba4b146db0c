import { expect, test } from "vitest";
import { Refused } from "../../shared/result";
import type { Mutable } from "../../shared/test_country";
import { failed as silence } from "../test_records";
import { read_pension, read_records } from "./record";
import { hanako_federation, hanako_fund, hanako_state, states } from "./test_documents";

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

// One thing that is not as it should be.
const joining = (d: Mutable) => d.national_fund.joining[0];
const wrongs: [what: string, change: (document: Mutable) => unknown][] = [
  ["an unknown member", (d) => (d.later = 1)],
  ["an unknown body", (d) => (d.body = "bank")],
  ["no name", (d) => delete d.name],
  ["a day that there is not", (d) => (d.birth_date = "1986-02-30")],
  ["no office", (d) => delete d.office],
  ["an unknown member of the office", (d) => (d.office.fax = "0990-00-1166")],
  ["an unknown scheme", (d) => (d.spans[0].scheme = "x")],
  ["no such month", (d) => (d.spans[0].from = "2006-13")],
  ["a span without an end, and without going on", (d) => delete d.spans[0].to],
  ["an unknown member of a span", (d) => (d.spans[0].colour = "red")],
  ["a workplace that is no text", (d) => (d.spans[0].workplace = 1)],
  ["an unknown category", (d) => (d.months[0].category = "fourth")],
  ["an unknown status", (d) => (d.months[0].status = "lost")],
  ["an unknown member of a month", (d) => (d.months[0].more = true)],
  ["a payment below nothing", (d) => (d.months[0].paid_yen = -1)],
  ["a flag as a number", (d) => (d.months[0].fund = 1)],
  ["a list without end", (d) => (d.years = new Array(2001).fill(d.years[0]))],
  ["an amount as a text", (d) => (d.years[0].yen = "5")],
  ["an unknown member of a year", (d) => (d.years[0].more = 1)],
  ["nothing expected, without a reason", (d) => (d.expected = null)],
  ["something expected, and a reason why not", (d) => (d.expected_unknown = "no-table")],
  ["an unknown member of what is expected", (d) => (d.expected.more = 1)],
  ["an assumption without a code", (d) => delete d.expected.basis[0].code],
  ["a status that none goes on as", (d) => (d.expected.goes_on_as = "lost")],
  ["a claim without an age", (d) => delete d.expected.so_far[0].age],
  ["parts that are none", (d) => (d.expected.continued[0].parts = [1])],
  ["an unknown member of a part", (d) => (d.expected.continued[0].parts[0].more = 1)],
  ["a part without an end, and not for life", (d) => {
    delete d.expected.continued[0].parts[0].until_age;
  }],
  ["received since no month", (d) => (d.receiving = { since: "2012", parts: [] })],
  ["an unknown member of what may be earned", (d) => (d.working.more = 1)],
  ["a limit as a text, of pay", (d) => (d.working.limit_yen = "650000")],
  ["what may be earned, and a reason why not", (d) => (d.working_unknown = "no-table")],
  ["not known, and nothing that says so", (d) => {
    delete d.working;
    d.working_unknown = "no-table";
  }],
  ["possible without ages", (d) => delete d.national_fund.joining],
  ["possible without the tables' year", (d) => delete d.national_fund.table_year],
  ["impossible with ages", (d) => (d.national_fund.possible = false)],
  ["an unknown type of the first unit", (d) => (joining(d).first.C = joining(d).first.A)],
  ["an unknown type of further units", (d) => (joining(d).further.VI = [])],
  ["a unit without a premium, and not unknown", (d) => delete joining(d).first.A.premium_yen],
  ["a limit as a text", (d) => (joining(d).further_max.A.I = "3")],
];

test.each(wrongs)("refused whole: %s", (_, change) => {
  const document: Mutable = structuredClone(hanako_state);
  change(document);
  expect(() => read_pension(document as never)).toThrow(Refused);
});

test("what was read is what was sent", () => {
  for (const one of [hanako_state, hanako_fund, hanako_federation]) {
    expect(read_pension(one as never)).toEqual(one);
  }
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
