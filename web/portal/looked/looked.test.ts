// What the page shows of a list, and the files that a person keeps.
import { beforeAll, expect, test } from "vitest";
import { Country, load_session, type Session } from "../../shared/country";
import { cross_check, last_compared } from "../../shared/cross_check";
import { day_of } from "../../shared/dates";
import { fetch_entries, type PersonEntries } from "../../shared/entries";
import { hash_of, parse_base64, parse_base64url, sha256, same_bytes } from "../../shared/bytes";
import { leaf_hash, open_checkpoint, verify_inclusion } from "../../shared/tlog";
import { test_now, TestCountry } from "../../shared/test_country";
import type { Head } from "../../shared/order";
import { load_words } from "../../shared/words";
import {
  csv_of,
  evidence_of,
  evidence_of_list,
  evidence_of_unwitnessed,
  json_of,
  proof_of,
} from "./files";
import {
  filtered,
  grouped,
  holders_of,
  is_comparison_due,
  looks_of,
  no_filter,
  organisations_of,
  services_of,
  witnessing_of,
  type Filter,
  type Look,
} from "./list";
import { act_text } from "./words";

let world: TestCountry;
let country: Country;
let session: Session;
let entries: PersonEntries;
let looks: Look[];
const day = 86_400;
const now = test_now();

beforeAll(async () => {
  await load_words("ja", ["looked"]);
  world = await TestCountry.make();
  await world.order({ time: now - 40 * day });
  await world.order({
    ...{ time: now - 20 * day, holder: "992016", requester: "care-provider-1", purpose: "care" },
    policy: "eligibility.care-provider.care.number",
  });
  // The relay names a row that is not of this request: its words do not count.
  await world.order({ time: now - 10 * day, policy: "claims.portal.own-view.card-pin" });
  await world.add_opened({ time: now - 5 * day });
  await world.add_refused("clinic-1", now - 2 * day);
  world.cosigned_size = world.tree.leaves.length;
  await world.order({ time: now - 700, outcome: null });
  const loaded = await Country.load(world.fetcher);
  if (!loaded.ok) throw new Error(loaded.problem.detail);
  country = loaded.value;
  const opened = await load_session(country);
  if (!opened.ok) throw new Error(opened.problem.detail);
  session = opened.value;
  const fetched = await fetch_entries(country, session);
  if (!fetched.ok) throw new Error(fetched.problem.detail);
  entries = fetched.value;
  looks = looks_of(country, session, entries.entries, [{ seq: 1, first: true, at: now }]);
});

const viewer = () => ({ country, session });
const seqs = (list: Look[]) => list.map((one) => one.entry.seq);

test("newest first, with names, marks and the law", () => {
  expect(seqs(looks)).toEqual([6, 5, 4, 3, 2, 1]);
  expect(looks.at(-1)).toMatchObject({
    ...{ who: "花みずき内科クリニック", holder: "まどか電機健康保険組合", own: false },
    ...{ tags: ["first", "number"], basis: expect.stringContaining("健康保険法第63条") },
  });
  expect(looks.find((one) => one.entry.seq === 4)!.tags).toEqual(["number", "sealed"]);
  expect(looks.find((one) => one.entry.seq === 5)!.tags).toEqual(["refused"]);
  expect(looks[0]!.tags).toContain("waiting");
});

test("the legal basis of another kind of request is not shown", () => {
  expect(looks.find((one) => one.entry.seq === 3)!.basis).toBeUndefined();
});

test("only what this card has signed counts as an own view", async () => {
  const other = await TestCountry.make();
  const loaded = await Country.load(other.fetcher);
  if (!loaded.ok) throw new Error();
  const opened = await load_session(loaded.value);
  if (!opened.ok) throw new Error();
  const checked = await cross_check(loaded.value, opened.value);
  if (!checked.ok) throw new Error(checked.problem.detail);
  const own = looks_of(loaded.value, opened.value, checked.value.entries.entries);
  expect(own.map((one) => one.own)).toEqual([true, true]);
  // Nor hidden is what others do by this card's consent or delegation.
  const of_kind = (kind: "consent" | "delegate") =>
    checked.value.entries.entries.map((one) => ({ ...one, mandate: { ...one.mandate!, kind } }));
  for (const kind of ["consent", "delegate"] as const) {
    const shown = looks_of(loaded.value, opened.value, of_kind(kind));
    expect(shown.map((one) => one.own)).toEqual([false, false]);
  }
  // With another card in the reader the same entries are not hidden.
  const card = opened.value.certificate!;
  const elsewhere = checked.value.entries.entries.map((one) => ({ ...one, own_card: false }));
  const strange = looks_of(loaded.value, { ...opened.value, certificate: card }, elsewhere);
  expect(strange.map((one) => one.own)).toEqual([false, false]);
  expect(strange[0]!.tags).toContain("other_card");
});

test.each<[string, Partial<Filter>, number[]]>([
  ["nothing chosen", {}, [6, 5, 4, 3, 2, 1]],
  ["one organisation", { who: "care-provider-1" }, [2]],
  ["a month", { period: "month" }, [6, 5, 4, 3, 2]],
  ["one record", { service: "eligibility" }, [6, 4, 3, 2, 1]],
  ["days", { period: "days", from: day_of(now - 20 * day), to: day_of(now - 10 * day) }, [3, 2]],
  ["until a day", { period: "days", to: day_of(now - 20 * day) }, [2, 1]],
  ["nobody", { who: "portal" }, []],
])("filter: %s", (_, filter, wanted) => {
  expect(seqs(filtered(looks, { ...no_filter, ...filter }, now, day_of))).toEqual(wanted);
});

test("what can be chosen, and groups", () => {
  expect(
    organisations_of(looks)
      .map((one) => one.id)
      .sort(),
  ).toEqual(["care-provider-1", "clinic-1", "police-1"]);
  expect(services_of(looks)).toEqual(["eligibility"]);
  const by_day = grouped(looks, "day", day_of);
  expect(by_day.map((one) => one.looks.length)).toEqual([1, 1, 1, 1, 1, 1]);
  const by_month = grouped(looks, "month", day_of);
  expect(by_month.flatMap((one) => seqs(one.looks))).toEqual(seqs(looks));
  expect(by_month.every((one) => /^\d{4}-\d{2}$/.test(one.name))).toBe(true);
});

test("late witnesses, and when to compare", () => {
  expect(witnessing_of(entries, now).overdue).toBe(1);
  expect(witnessing_of(entries, now - 200).overdue).toBe(0);
  const holders = holders_of(country, session, last_compared(entries.entries));
  expect(holders.map((one) => [one.id, one.at])).toEqual([
    ["992016", 0],
    ["06990014", 0],
  ]);
  expect(is_comparison_due(holders, now)).toBe(true);
  const fresh = holders.map((one) => ({ ...one, at: now - 7 * day }));
  expect(is_comparison_due(fresh, now)).toBe(false);
  expect(is_comparison_due(fresh, now + 1)).toBe(true);
  expect(is_comparison_due([], now)).toBe(true);
});

test("nothing is confirmed that a quorum of witnesses has not seen, or not of late", () => {
  const one = (witnessed: boolean, logged_at: number) =>
    ({ ...entries.entries[0]!, witnessed, logged_at });
  const confirmed = (witnessed_at: number, ...list: PersonEntries["entries"]) =>
    witnessing_of({ ...entries, entries: list, witnessed_at }, now).confirmed;
  expect(confirmed(now, one(true, 0), one(false, now - 600))).toBe(true);
  expect(confirmed(now - 600, one(true, 0))).toBe(true);
  expect(confirmed(now - 601, one(true, 0))).toBe(false);
  expect(confirmed(now - 601)).toBe(false);
  expect(confirmed(0)).toBe(false);
  expect(confirmed(0, one(false, now - 90 * day))).toBe(false);
  expect(confirmed(now, one(false, now - 601))).toBe(false);
  // Erased ones are old; what was sealed is as old as its opening.
  expect(confirmed(now, one(false, 0))).toBe(false);
  const opened = entries.entries.find((entry) => entry.was_sealed)!;
  expect(opened.logged_at).toBe(opened.was_sealed!.until);
  const evidence = JSON.parse(evidence_of_unwitnessed(viewer(), entries));
  expect(evidence).toMatchObject({ why: { code: "unwitnessed" }, list: entries.pages });
  expect(evidence.cosignatures).toHaveLength(2);
});

test("a table that a spreadsheet opens, and takes no formula from", () => {
  const csv = csv_of(looks);
  const lines = csv.split("\r\n");
  expect(csv.charCodeAt(0)).toBe(0xfeff);
  expect(lines[0]).toContain('"見た機関"');
  expect(lines).toHaveLength(looks.length + 2);
  expect(lines.at(-2)).toContain('"花みずき内科クリニック"');
  const evil = csv_of([{ ...looks[0]!, who: '=HYPERLINK("x")' }]);
  expect(evil).toContain(`"'=HYPERLINK(""x"")"`);
  for (const sign of "=+-@＝＋－＠\t\r\n") {
    expect(csv_of([{ ...looks[0]!, who: `${sign}1` }]), sign).toContain(`"'${sign}1"`);
  }
});

test("data with what was signed", () => {
  const data = JSON.parse(json_of(looks, now));
  expect(data.entries).toHaveLength(6);
  expect(data.entries.at(-1).signed.content).toContain('"head":"');
  expect(data.entries[0].outcome).toBeNull();
});

// c2sp.org/tlog-proof@v1, read by its definition.
test("a proof file proves the entry by itself", async () => {
  const log = [...country.directory.logs.values()][0]!.key;
  for (const { entry } of looks) {
    const text = proof_of(entry);
    const at = text.indexOf("\n\n");
    const [first, extra, index, ...hashes] = text.slice(0, at).split("\n");
    expect(first).toBe("c2sp.org/tlog-proof@v1");
    const opened = parse_base64(extra!.replace("extra ", ""));
    const { size, root } = await open_checkpoint(text.slice(at + 2), log);
    const hash = await sha256(opened);
    expect(same_bytes(hash, parse_base64url(entry.entry))).toBe(true);
    const place = Number(index!.replace("index ", ""));
    const proof = hashes.map(parse_base64);
    expect(await verify_inclusion(await leaf_hash(hash), place, size, proof, root)).toBe(true);
  }
});

test("of an erased entry the file says the place only", () => {
  const text = proof_of({ ...looks[0]!.entry, erased: { kept_until: "2020-01", at: now } });
  expect(text).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
});

test("the evidence has everything that others have signed", async () => {
  await world.order({ hidden_from: "list" });
  const result = await cross_check(country, session);
  if (!result.ok) throw new Error(result.problem.detail);
  const evidence = JSON.parse(evidence_of(viewer(), result.value));
  expect(evidence.findings.map((one: { kind: string }) => one.kind)).toEqual(["missing_at_relay"]);
  expect(evidence.holders.map((one: { holder: string }) => one.holder)).toEqual(["06990014"]);
  const [answer] = evidence.holders[0].answers;
  expect(answer.receipt.checkpoint).toContain(world.log.name);
  expect(answer.answer.split(".")).toHaveLength(3);
  expect(evidence.list[0].answer.split(".")).toHaveLength(3);
  // Which version of the directory, as the log has it (examples.test.ts), and which card.
  expect(evidence.directory).toMatchObject({ version: 7, entry: country.directory.entry });
  expect(evidence.card).toBe(await hash_of(world.certificate));
  const signed = { head: "h", answer: "a" };
  const problem = { code: "receipt_invalid", detail: "x", signed };
  const of_list = evidence_of_list(viewer(), { problem, before: result.value.entries });
  expect(JSON.parse(of_list)).toMatchObject({
    ...{ why: { detail: "x" }, list: [signed], before: result.value.entries.pages },
  });
  const alone = evidence_of_list(viewer(), { problem: { code: "answer_invalid" } });
  expect(JSON.parse(alone)).toMatchObject({ list: [], before: [] });
});

test("the evidence has the answers that were refused", async () => {
  world.lie.receipt = (receipt) => (receipt.salt = receipt.proof[0]);
  const result = await cross_check(country, session);
  world.lie = {};
  if (!result.ok) throw new Error(result.problem.detail);
  const [lie] = JSON.parse(evidence_of(viewer(), result.value)).lies;
  expect(lie).toMatchObject({ kind: "medical-insurer", holder: null });
  expect(lie.why).toMatchObject({ code: "receipt_invalid" });
  expect(lie.signed.receipt.salt).toBe(lie.signed.receipt.proof[0]);
  expect(lie.signed.head.split(".")).toHaveLength(3);
  expect(lie.signed.answer.split(".")).toHaveLength(3);
});

test("what a clerk has decided is said beside what was asked", () => {
  const act = (service: string, parameters: Record<string, string>) =>
    act_text({ service, parameters } as Head);
  const decided = "（職員が、どちらの書き方もあなたのことだと決めました）";
  expect(act("existence", { decision: "47DEQpj8" })).toBe(decided);
  expect(act("existence", {})).toBe("");
  expect(act("link", { act: "first" })).toBe("（初めての紐付け）");
});
