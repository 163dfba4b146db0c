import { expect, test } from "vitest";
import { Refused } from "../../shared/result";
import type { Mutable } from "../../shared/test_country";
import { document_on, payer, states } from "../care/test_documents";
import { answered } from "../test_records";
import { add_earlier, first_day_of, no_history } from "../care/history";
import { insured_of, read_eligibility } from "./insured";

const on = "2026-11-26";

test("an insured person", () => {
  expect(read_eligibility(document_on(on))).toEqual({
    covers: [
      {
        ...{ share_percent: 10, special_payment: false, symbol: "", number: "0000012079" },
        ...{ branch: "", from: "2026-08-01", to: "2028-08-31", name: "厚労 ハル" },
        ...{ category: "第1号", level: "要介護2" },
      },
    ],
  });
});

test("one who is not, with and without a last day", () => {
  expect(read_eligibility(document_on("2030-01-01"))).toEqual({
    covers: [],
    ended: { last_day: "2028-08-31", reason: "転出" },
  });
  expect(read_eligibility(document_on("2000-01-01"))).toEqual({ covers: [], ended: {} });
});

const first = (document: Mutable) => document.payers[0];
const wrongs: [what: string, change: (document: Mutable) => unknown][] = [
  ["no day", (d) => delete d.on],
  ["an unknown result", (d) => (d.result = "perhaps")],
  ["insured by nobody", (d) => (d.payers = [])],
  ["not insured, by somebody", (d) => (d.result = "not_on_this_date")],
  ["an unknown member", (d) => (d.more = 1)],
  ["an unknown member of a payer", (d) => (first(d).colour = "red")],
  ["a share of more than all", (d) => (first(d).share_percent = 101)],
  ["a share as a text", (d) => (first(d).share_percent = "10")],
  ["no number", (d) => delete first(d).number],
  ["no coverage", (d) => delete first(d).coverage],
  ["no period", (d) => delete first(d).coverage.period],
  ["a day that there is not", (d) => (first(d).coverage.period.start = "2026-02-30")],
  ["classes that are no list", (d) => (first(d).coverage.class = "第1号")],
  ["a level that is no text", (d) => (first(d).coverage.class[1].value = 2)],
  ["a name that is no text", (d) => (first(d).coverage.contained[0].name[0].text = 1)],
];

test.each(wrongs)("refused whole: %s", (_, change) => {
  const document: Mutable = document_on(on);
  change(document);
  expect(() => read_eligibility(document as never)).toThrow(Refused);
  const holder = { id: "992016", name: "A市介護保険" };
  const record = answered({ kind: "care-insurer", position: 1, holder, as_of: 0 }, document);
  expect(insured_of(record)).toEqual({
    ...{ kind: "care-insurer", covers: [], problem: "unreadable" },
  });
});

test("state before state until there is none", () => {
  const insured = { kind: "care-insurer", ...read_eligibility(document_on(on)) };
  expect(first_day_of(insured, no_history)).toBe("2026-08-01");
  const at = (day: string) => ({ kind: "care-insurer", ...read_eligibility(document_on(day)) });
  const one = add_earlier(no_history, at("2026-07-31"));
  expect(first_day_of(insured, one)).toBe("2025-09-01");
  const two = add_earlier(one, at("2025-08-31"));
  expect(two.covers.map(({ level }) => level)).toEqual(["要介護2", "要支援1"]);
  const failed = add_earlier(two, { kind: "care-insurer", covers: [], problem: "unavailable" });
  expect([failed.state, failed.covers.length]).toEqual(["failed", 2]);
  expect(add_earlier(two, at("2000-01-01"))).toEqual({ ...two, state: "begun" });
});

test("several payers of one day", () => {
  const document = { on, result: "insured", payers: states.slice(0, 2).map(payer) };
  expect(read_eligibility(document).covers.map(({ from }) => from)).toEqual([
    ..."2026-08-01,2025-09-01".split(","),
  ]);
});
