import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse_json_object, type JsonObject } from "../shared/json";
import { Refused } from "../shared/result";
import type { Mutable } from "../shared/test_country";
import { decision_document } from "./decision";
import { days_late, days_since, due, goes_on_elsewhere, stop_outcome, todo_at } from "./progress";
import { read_batches, read_case, read_day, read_letters, read_people } from "./record";
import { Office } from "./office";
import { TestOffice, cases, known, later_case, make_case, noon } from "./test_office";
import { served, to_do } from "./test_office";

const copy = (one: Mutable): Mutable => JSON.parse(JSON.stringify(one)) as Mutable;
const read = (one: Mutable) => read_case(copy(served(one)) as JsonObject);

test("every case of the test's issuer is read whole", () => {
  for (const one of cases()) expect(read(one).number).toBe(one.number);
});

const changes: [string, (one: Mutable) => void][] = [
  ["an unknown member", (one) => (one.more = 1)],
  ["an unknown member of what is to do", (one) => (one.todo[0].more = 1)],
  ["an unknown step", (one) => (one.todo[0].step = "guess")],
  ["an unknown actor", (one) => (one.todo[0].actor = "nobody")],
  ["no name for a claim that is to do", (one) => (one.todo[0].claim = 3)],
  ["an unknown finding", (one) => (one.claims[1].finding = "likely")],
  ["an unknown attribute", (one) => (one.claims[1].writing.attributes.salary = {})],
  ["an unknown verdict", (one) => (one.claims[1].writing.verdict = "close")],
  ["a place that is none", (one) => (one.claims[1].writing.attributes.name.differences = [[1]])],
  ["a place of words", (one) => (one.claims[1].writing.attributes.name.differences = [["a"]])],
  [
    "a place before a text",
    (one) => (one.claims[1].writing.attributes.name.differences = [[-1, 0, 0, 0]]),
  ],
  ["an unknown happening", (one) => (one.lines[0].what = "guessed")],
  ["what no history says", (one) => (one.lines[0].stop_code = "x")],
  ["a birth date that there is not", (one) => (one.person.birth_date = "1986-02-30")],
  ["a time that is none", (one) => (one.changed_at = "now")],
  ["no lines", (one) => delete one.lines],
  ["no hands", (one) => delete one.hands],
  ["a hand that is no name", (one) => (one.hands = [1])],
];
test.each(changes)("refuses %s", (_, change) => {
  const one = copy(cases()[0]!);
  change(one);
  expect(() => read(one)).toThrow(Refused);
});

test("whether somebody is the only one may be said", () => {
  const one = copy(cases()[0]!);
  one.claims[1].writing.only_one = false;
  expect(read(one).claims[1]!.writing!.only_one).toBe(false);
  one.claims[1].writing.only_one = 1;
  expect(() => read(one)).toThrow(Refused);
});

test("a list", () => {
  const none = { cases: [], more: false, unreadable: 0 };
  expect(read_day(none)).toEqual(none);
  expect(() => read_day({ ...none, cases: [{}] })).toThrow(Refused);
  expect(() => read_day({ cases: [], more: true })).toThrow(Refused);
  expect(() => read_day({ ...none, others: 1 })).toThrow(Refused);
});

test("a step is done since then, by somebody, somewhere", () => {
  const one = served(cases()[0]!);
  const as_read = read_case(copy(one) as JsonObject);
  expect(as_read.progress).toEqual(one.progress);
  expect(todo_at("confirm", as_read)).toEqual(as_read.todo);
  expect(todo_at("link", as_read)).toEqual([]);
  const wrong = [
    ...[["step", "settle"], ["step", "guess"], ["state", "soon"], ["at", "now"]],
    ...[["who", ["nobody"]], ["who", [1]], ["online", 1], ["more", 1]],
  ] as [string, unknown][];
  for (const [name, value] of wrong) {
    const spoilt = copy(one);
    spoilt.progress[0][name] = value;
    expect(() => read_case(spoilt as JsonObject), name).toThrow(Refused);
  }
  delete one.progress;
  expect(() => read_case(one as JsonObject)).toThrow(Refused);
});

test("what became of a card that was stopped", () => {
  const outcome = (...whats: string[]) =>
    stop_outcome(whats.map((what) => ({ what, at: noon })));
  expect(outcome("opened", "done")).toBeUndefined();
  expect(outcome("found")).toBe("found");
  expect(outcome("found", "stopped_again")).toBeUndefined();
  expect(outcome("found", "stopped_again", "given_up")).toBe("ended");
  expect(outcome("overtaken")).toBe("ended");
});

const people = () => ({
  people: [
    {
      ...{ person: "700000000001", name: known.name, kana: known.kana, birth_date: "1990-02-03" },
      cards: [{ card: 2, chip: "00ff", use: "signing", status: "suspended", not_after: noon }],
      cases: [],
    },
  ],
});
const spoilt: [string, (one: Mutable) => void][] = [
  ["an unknown member", (one) => (one.people[0].more = 1)],
  ["an unknown member of a card", (one) => (one.people[0].cards[0].serial = "1")],
  ["an unknown status", (one) => (one.people[0].cards[0].status = "lost")],
  ["an unknown use", (one) => (one.people[0].cards[0].use = "door")],
  ["a card that has no place", (one) => delete one.people[0].cards[0].card],
  ["a day that there is not", (one) => (one.people[0].birth_date = "1990-02-30")],
  ["somebody without a number", (one) => delete one.people[0].person],
  ["a member beside the people", (one) => (one.more = true)],
];
test.each(spoilt)("people: refuses %s", (_, spoil) => {
  const one = people();
  expect(read_people(one as JsonObject)[0]!.cards[0]!.status).toBe("suspended");
  spoil(one);
  expect(() => read_people(one as JsonObject)).toThrow(Refused);
});

test("batches and their letters are read strictly", () => {
  const person = { name: known.name, kana: known.kana, address: known.address };
  const made = (of: number, more: Mutable = {}) =>
    read_letters({
      letters: [{ number: "1", person: { ...person, ...more }, until: noon }],
      ...{ of, unreadable: 2 },
    });
  expect(made(700)).toMatchObject({ of: 700, letters: [{ number: "1", person, until: noon }] });
  expect(made(3).unreadable).toBe(2);
  expect(() => made(2)).toThrow(Refused);
  expect(() => made(1_001)).toThrow(Refused);
  expect(() => made(3, { birth_date: "1990-02-03" })).toThrow(Refused);
  const letters = [1, 2].map(() => ({ number: "1", person, until: noon }));
  const two = { letters, of: 1, unreadable: 0 };
  expect(() => read_letters(two as JsonObject)).toThrow(Refused);
  const batch = { batch: 7, opened_at: noon, open: 700 };
  const list = { batches: [batch], more: true };
  expect(read_batches(list)).toEqual(list);
  expect(() => read_batches({ ...list, batches: [{ ...batch, more: 1 }] })).toThrow(Refused);
  expect(() => read_batches({ batches: [batch] })).toThrow(Refused);
  expect(() => read_batches({ batches: [], more: true })).toThrow(Refused);
});

test("whose window it is, where that is another one", () => {
  expect(read(later_case("1", "change", { elsewhere: "992011" })).elsewhere).toBe("992011");
  expect(read(later_case("1", "change")).elsewhere).toBeUndefined();
  const one: Mutable = people();
  one.people[0].elsewhere = "992011";
  expect(read_people(one as JsonObject)[0]!.elsewhere).toBe("992011");
});

test("whose PINs a case sets anew is one of two", () => {
  expect(read(later_case("1", "unlock", { uses: ["signing"] })).uses).toEqual(["signing"]);
  expect(() => read(later_case("1", "unlock", { uses: ["door"] }))).toThrow(Refused);
});

test("days and what is due first", () => {
  // Noon in Japan: the day began twelve hours ago, also where UTC's has begun after that.
  const past_s = [0, 12 * 3_600, 12 * 3_600 + 1, 86_399, 36 * 3_600, 36 * 3_600 + 1, -5];
  expect(past_s.map((past) => days_since(noon - past, noon))).toEqual([0, 0, 1, 1, 1, 2, 0]);
  const late = (past: number) =>
    days_late({ ...read(cases()[0]!).todo[0]!, late: past > 0, until: noon - past }, noon);
  expect([-1, 1, 12 * 3_600 + 1].map(late)).toEqual([0, 0, 1]);
  const todo = [to_do("tell", "register"), to_do("tell", "register", { days_left: 2 })];
  const one = read(make_case("1", { todo }));
  expect(due(one.todo)).toBe(one.todo[1]);
  expect(due([])).toBeUndefined();
  expect(goes_on_elsewhere(one.todo)).toBe(true);
  expect(goes_on_elsewhere([])).toBe(false);
  expect(goes_on_elsewhere(read(cases()[3]!).todo)).toBe(false);
});

// As apps/issuer/decision_test.cpp has it: the issuing centre makes the same text.
test("issuer.md: what the clerk's card signs", () => {
  const page = readFileSync(new URL("../../docs/protocols/issuer.md", import.meta.url), "utf8");
  const example = (name: string) =>
    new RegExp(`<!-- example: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(page)![1]!;
  const given = parse_json_object(example("decision-case"));
  const one = read({ ...make_case("1"), ...(given as Mutable) });
  expect(decision_document(one, 1, true)).toBe(example("decision"));
});

test("what the clerk's card signs shows every character", () => {
  const text = decision_document(read(cases()[0]!), 1, true);
  expect(text).toContain("受付番号: 100000000009");
  expect(text).toContain("登録簿: 06990014");
  expect(text).toContain("氏名、申請: 葛[U+E0100]城 髙子\n氏名、登録簿: 葛城　高子");
  expect(text).toMatch(/決定: 同じ人である$/);
  expect(text).not.toMatch(/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u);
});

test("a refusal is one of the closed set, or no answer of ours", async () => {
  const world = new TestOffice();
  const office = new Office(world.fetcher);
  const refused = async (...how: [number, string, string]) => {
    world.refuses = how;
    const answer = await office.day();
    return answer.ok ? "" : answer.problem.code;
  };
  for (const code of ["too_late", "same_hand", "other_case", "no_card"])
    expect(await refused(409, "text/plain", code)).toBe(code);
  expect(await refused(409, "text/plain", "too_lat")).toBe("unavailable");
  const problem = '{"code":"overloaded"}';
  expect(await refused(503, "application/problem+json", problem)).toBe("overloaded");
  expect(await refused(200, "application/json", "{}")).toBe("answer_invalid");
  const none = await office.show("7");
  expect(none).toEqual({ ok: false, problem: { code: "no_case" } });
});
