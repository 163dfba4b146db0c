// What is found when a relay's list and the holders' evidence are laid side by side: each lie is
// told here by changing one of the two.
import { compactDecrypt } from "jose";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { Country, load_session, type Session } from "./country";
import {
  compare,
  cross_check,
  goes_on,
  last_compared,
  place_asked,
  read_evidence,
  type EvidenceEntry,
} from "./cross_check";
import type { PersonEntry } from "./entries";
import type { JsonObject } from "./json";
import { ask_question, own_questions, opens_operator, read_questions_page } from "./questions";
import { hash_of, parse_base64url, utf8 } from "./bytes";
import { Refused } from "./result";
import { filled, test_now, TestCountry, type Lie } from "./test_country";

const now = 1_795_316_400;

function entry_of(number: number): PersonEntry {
  const order = { holder: "06990014", keep_until: now + 1000 };
  return {
    ...{ seq: number, index: 10 * number, entry: filled(number), witnessed: true, note: "" },
    ...{ proof: [], kind: "order", content: "", salt: "", own_card: false, raw: {} },
    ...{ order_entry: filled(number), order_index: 10 * number, requester: "clinic-1" },
    ...{ time: now - 100 + number, outcome: "answered" },
    ...{ order: order as PersonEntry["order"], head: { service: "eligibility" } },
  } as unknown as PersonEntry;
}
function row_of({ order_entry, order_index, time, requester }: PersonEntry): EvidenceEntry {
  return {
    ...{ holder: "06990014", entry: order_entry, index: order_index, time, requester },
    ...{ service: "eligibility", outcome: "answered" },
  };
}

let entries: PersonEntry[];
let evidence: EvidenceEntry[];
beforeEach(() => {
  entries = [1, 2, 3].map(entry_of);
  evidence = entries.map(row_of);
});
const found = (below = 100, compared = ["06990014"]) =>
  compare({ entries, evidence, compared: new Set(compared), below, now }).map(
    (one) => `${one.kind} ${one.index}`,
  );

test("both say the same", () => expect(found()).toEqual([]));

test("hidden from the person", () => {
  entries.splice(1, 1);
  expect(found()).toEqual(["missing_at_relay 20"]);
  expect(found(20)).toEqual([]); // at or above the question's own place
});

test("asked by a family's number, and not named", () => {
  entries.splice(1, 1);
  evidence[1]!.named = true;
  expect(found()).toEqual(["not_named 20"]);
});

test("the holder has no evidence", () => {
  evidence.splice(1, 1);
  expect(found()).toEqual(["missing_at_holder 20"]);
  expect(found(20)).toEqual([]);
  expect(found(100, [])).toEqual([]); // its evidence is not whole
  entries[1]!.outcome = "";
  expect(found()).toEqual([]);
  entries[1]!.outcome = "refused";
  expect(found()).toEqual([]);
  entries[1]!.outcome = "no_match";
  expect(found()).toEqual(["missing_at_holder 20"]);
  entries[1]!.order!.keep_until = now;
  expect(found()).toEqual([]);
});

test.each<[string, (row: EvidenceEntry) => unknown]>([
  ["index", (row) => (row.index = 21)],
  ["requester", (row) => (row.requester = "clinic-2")],
  ["service", (row) => (row.service = "claims")],
  ["outcome", (row) => (row.outcome = "no_match")],
])("they differ in the %s", (_, change) => {
  change(evidence[1]!);
  expect(found()).toEqual([`differs ${evidence[1]!.index}`]);
});

test("the relay may not know the outcome, or calls erased what the holder keeps", () => {
  entries[1]!.outcome = "";
  expect(found()).toEqual([]);
  const { order: _, head: __, ...rest } = entries[1]!;
  entries[1] = { ...rest, erased: { kept_until: "2020-01", at: 1 } };
  expect(found()).toEqual(["differs 20"]);
});

test("the list's own place of the question counts", () => {
  const asked = [row_of(entries[1]!), row_of(entries[2]!)];
  expect(place_asked(entries, asked)).toEqual({ below: 20, findings: [] });
  asked[1]!.index = 5;
  const placed = place_asked(entries, asked);
  expect(placed.below).toBe(20);
  expect(placed.findings.map((one) => one.kind)).toEqual(["differs"]);
  asked[0]!.entry = filled(9);
  expect(place_asked(entries, asked).findings.map((one) => one.kind)).toEqual([
    "missing_at_relay",
    "differs",
  ]);
});

test("when it was compared last", () => {
  expect(last_compared(entries)).toEqual(new Map([["06990014", 0]]));
  entries[1]!.head!.service = "evidence";
  expect(last_compared(entries).get("06990014")).toBe(entries[1]!.time);
  entries[1]!.outcome = "";
  expect(last_compared(entries).get("06990014")).toBe(0);
});

const row = (index: number) => ({
  ...{ entry: filled(index), index, time: 5, requester: "clinic-1", service: "claims" },
  outcome: "answered",
});
test.each<[string, JsonObject]>([
  ["from elsewhere", { after: 1, more: false, rows: [] }],
  ["out of order", { after: 0, more: false, rows: [row(2), row(1)] }],
  ["twice", { after: 0, more: false, rows: [row(2), row(2)] }],
  ["without end", { after: 0, more: true, rows: [] }],
  ["with more", { after: 0, more: false, rows: [], x: 1 }],
  ["with more in a row", { after: 0, more: false, rows: [{ ...row(1), x: 1 }] }],
])("evidence is refused: %s", (_, data) => {
  expect(() => read_evidence(data, "06990014")).toThrow(Refused);
});

// ---- over the network ----

let world: TestCountry;
let country: Country;
let session: Session;
beforeAll(async () => {
  world = await TestCountry.make();
  const loaded = await Country.load(world.fetcher);
  if (!loaded.ok) throw new Error(loaded.problem.detail);
  country = loaded.value;
  const opened = await load_session(country);
  if (!opened.ok) throw new Error(opened.problem.detail);
  session = opened.value;
});
const check = async () => {
  const result = await cross_check(country, session);
  if (!result.ok) throw new Error(`${result.problem.code} ${result.problem.detail}`);
  return result.value;
};

test("every holder is asked, and nothing is missing", async () => {
  await world.order();
  await world.order({ holder: "992016", requester: "care-provider-1", purpose: "care" });
  const result = await check();
  expect(result.complete).toBe(true);
  expect(result.findings).toEqual([]);
  expect(result.holders.map((one) => one.holder?.id)).toEqual(["06990014", "992016"]);
  expect(result.entries.entries.filter((one) => one.head?.service === "evidence")).toHaveLength(2);
  expect(result.confirmed.size).toBe(2);
  expect(result.entries.pages).toHaveLength(1);
  expect(result.holders[0]!.answers[0]!.signed_answer).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});

test("a relay that hides an entry, a holder that does", async () => {
  await world.order({ hidden_from: "list" });
  expect((await check()).findings.map((one) => one.kind)).toEqual(["missing_at_relay"]);
  await world.order({ hidden_from: "holder" });
  const kinds = (await check()).findings.map((one) => one.kind);
  expect(kinds).toEqual(["missing_at_relay", "missing_at_holder"]);
});

test("a holder that is silent is not compared, and nobody is accused", async () => {
  world.lie.problem = (body) =>
    body.to.kind === "medical-insurer" && body.to.position === 1
      ? { code: "unavailable", reason: "absent" }
      : undefined;
  const result = await check();
  world.lie = {};
  expect(result.complete).toBe(false);
  expect(result.holders.map((one) => one.problem?.code)).toEqual(["unavailable", undefined]);
  expect(result.findings.filter((one) => one.holder === "06990014")).toEqual([]);
});

// A silence accuses nobody; what came and does not fit is shown, with all that was signed.
test("an answer with a forged receipt, and evidence that does not read, are lies", async () => {
  const jws = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  const signed = { head: jws, receipt: expect.anything(), answer: jws };
  const lies_with = async (lie: Lie) => {
    world.lie = lie;
    const { lies, complete } = await check();
    world.lie = {};
    expect(complete).toBe(lies.length === 0);
    return lies;
  };
  expect(await lies_with({})).toEqual([]);
  const forged = await lies_with({ receipt: (r) => (r.salt = filled(1)) });
  expect(forged.map((one) => one.kind)).toEqual(["medical-insurer", "care-insurer"]);
  expect(forged[0]!.problem).toMatchObject({ code: "receipt_invalid", signed });
  const elsewhere = await lies_with({
    answer: (a) => {
      if (a.service === "evidence") a.data.after = 1;
    },
  });
  expect(elsewhere.map((one) => one.holder!.id)).toEqual(["06990014", "992016"]);
  expect(elsewhere[0]!.problem).toMatchObject({ code: "answer_invalid", signed });
});

test("a problem that somebody tells is no lie that was found", async () => {
  world.lie.problem = ({ service }) =>
    service === "evidence" ? { code: "receipt_invalid" } : undefined;
  const { lies, complete } = await check();
  world.lie = {};
  expect([lies, complete]).toEqual([[], false]);
});

test("the second list must go on from the first", async () => {
  const before = (await check()).entries;
  await world.order();
  const after = (await check()).entries;
  expect(goes_on(before, after)).toEqual({ ok: true, value: undefined });
  const other = { ...after, entries: after.entries.map((one) => ({ ...one })) };
  other.entries[1]!.entry = filled(1);
  const why = { code: "receipt_invalid", found_here: true, signed: after.pages[0] };
  expect(goes_on(before, other)).toMatchObject({ ok: false, problem: why });
  expect(goes_on(after, before).ok).toBe(false);
});

// ---- questions ----

test("a question is sealed to the relay, and comes back in the list", async () => {
  const index = Number(world.list[0]!.index);
  const asked = await ask_question(country, session, index, "これは何の照会ですか。");
  if (!asked.ok) throw new Error(asked.problem.detail);
  expect(asked.value.deadline).toBeGreaterThan(test_now());
  const sent = world.asked.at(-1)!;
  expect(sent.parameters).toEqual({ index: String(index) });
  const header = JSON.parse(atob(sent.payload.split(".")[0]));
  expect(header).toMatchObject({ alg: "ECDH-ES", enc: "A256GCM", kid: world.sealing.kid });
  const { plaintext } = await compactDecrypt(sent.payload, world.sealing.private_key);
  expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual({
    text: "これは何の照会ですか。",
  });
  const list = await own_questions(country, session);
  expect(list.ok && list.value.map((one) => one.index)).toEqual([index]);
});

test.each(["", " \n　", "あ".repeat(2001)])("no question: %j", async (text) => {
  const asked = await ask_question(country, session, 1, text);
  expect(asked).toMatchObject({ ok: false, problem: { code: "malformed" } });
});

const question = (index: number): JsonObject => ({
  ...{ id: "q", deadline: 9, index, entry: filled(1), asked_at: 1, text: "？" },
});
test.each<[string, JsonObject]>([
  ["out of order", { more: false, questions: [question(3), question(2)] }],
  ["without end", { more: true, questions: [] }],
  ["with more", { more: false, questions: [{ ...question(2), content: "x" }] }],
])("questions are refused: %s", (_, page) => {
  expect(() => read_questions_page(page, 0)).toThrow(Refused);
});

test("the name in an answer opens what the request committed to", async () => {
  const [salt, name] = [filled(3), "花子"];
  const person_operator = await hash_of(
    utf8("mado/operator/1\n"),
    parse_base64url(salt),
    utf8(name),
  );
  const head = { person_operator } as never;
  const answer = { text: "", at: 1, operator: { name, salt } };
  expect(await opens_operator(head, answer)).toBe(true);
  const other = { ...answer, operator: { name: "太郎", salt } };
  expect(await opens_operator(head, other)).toBe(false);
  expect(await opens_operator({} as never, answer)).toBe(false);
});
