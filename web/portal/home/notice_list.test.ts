// The holders' lists of notices: read strictly, and laid together.
import { expect, test } from "vitest";
import { Refused } from "../../shared/result";
import type { Mutable } from "../../shared/test_country";
import { answered, failed } from "../test_records";
import { notices_of, opened_notices, read_body, read_notices } from "./notice_list";

const tax = {
  ...{ id: "T-1", subject: "固定資産税の納税通知", sender: "A市税務課", received: "2026-04-10" },
  ...{ deadline: "2026-04-30", amount_yen: 52_300, amount_for: "pay", procedure: "property-tax" },
};
const health = { id: "H-1", subject: "特定健診のご案内", sender: "A市", received: "2026-06-01" };
const list = (...notices: object[]) => ({ from: "2025-12", to: "2026-11", more: false, notices });

test("a list", () => {
  const { notices, more } = read_notices(list(tax, health) as never);
  const { procedure: _, ...shown } = tax;
  expect(notices).toEqual([shown, health]);
  expect(more).toBe(false);
});

const wrongs: [what: string, change: (document: Mutable) => unknown][] = [
  ["no months", (d) => delete d.from],
  ["not said whether there are more", (d) => delete d.more],
  ["an unknown member", (d) => (d.later = 1)],
  ["no list", (d) => (d.notices = {})],
  ["more than a list has", (d) => (d.notices = new Array(201).fill(health))],
  ["an unknown member of a notice", (d) => (d.notices[0].urgent = true)],
  ["no id", (d) => delete d.notices[0].id],
  ["a subject without end", (d) => (d.notices[0].subject = "あ".repeat(86))],
  ["no day", (d) => delete d.notices[0].received],
  ["a day that there is not", (d) => (d.notices[0].deadline = "2026-04-31")],
  ["an amount below nothing", (d) => (d.notices[0].amount_yen = -1)],
  ["an amount to burn", (d) => (d.notices[0].amount_for = "burn")],
  ["what an amount is for, without one", (d) => delete d.notices[0].amount_yen],
  ["an amount as a text", (d) => (d.notices[0].amount_yen = "52300")],
];

test.each(wrongs)("refused whole: %s", (_, change) => {
  const document: Mutable = structuredClone(list(tax, health));
  change(document);
  expect(() => read_notices(document)).toThrow(Refused);
});

test("a notice: its paragraphs, and nothing unknown", () => {
  expect(read_body({ notice: tax, body: ["一", "二"] })).toEqual(["一", "二"]);
  expect(() => read_body({ notice: { ...tax, more: 1 }, body: ["一"] })).toThrow(Refused);
  expect(() => read_body({ notice: tax, body: [1] })).toThrow(Refused);
  expect(() => read_body({ notice: tax, body: ["一"], more: 1 })).toThrow(Refused);
});

const kind = "municipality";
const city = { id: "990010", name: "A市" };
const from = { kind, position: 1, holder: city, as_of: 0 };

test("all holders' notices, newest first, and which of them were opened", () => {
  const other = { ...from, position: 2, holder: { id: "990028", name: "B町" } };
  const records = [
    answered(from, list(tax)),
    answered(other, { ...list(health, { ...tax, id: "T-1" }), more: true }),
    failed(kind, 3, "unavailable"),
  ];
  const { notices, more, read } = notices_of(records, new Set(["990010 T-1"]));
  expect(notices.map(({ holder, id, opened }) => [holder.name, id, opened])).toEqual([
    ["B町", "H-1", false],
    ["A市", "T-1", true],
    ["B町", "T-1", false],
  ]);
  expect(notices[0]!.position).toBe(2);
  expect(more).toBe(true);
  expect(read.silent.map(({ position }) => position)).toEqual([3]);
});

test("a list that does not read hides nobody else's, and its holder is named", () => {
  const bad = answered({ ...from, position: 2 }, { notices: [] });
  const { notices, read } = notices_of([bad, answered(from, list(health))], new Set());
  expect(notices).toHaveLength(1);
  expect(read.silent.map(({ holder }) => holder)).toEqual([city]);
});

test("opened is what an entry says was answered", () => {
  const entry = (id: string, outcome: string, service = "notice"): Mutable => ({
    ...{ head: { service, parameters: { id } }, order: { holder: "990010" }, outcome },
  });
  const entries = [entry("a", "answered"), entry("b", "no_match"), entry("c", "answered", "x"), {}];
  expect([...opened_notices(entries as never)]).toEqual(["990010 a"]);
});
