// A page of a person's own entries, as an honest relay makes it, and as one that lies does: each
// lie is a change of the page, told with the log's own key.
import { beforeEach, expect, test } from "vitest";
import { base64, base64url, utf8 } from "./bytes";
import { Country, load_session, type Session } from "./country";
import { fetch_bells, fetch_entries, read_bells_page, read_entries_page } from "./entries";
import type { JsonObject } from "./json";
import { read_certificate } from "./keys";
import { Refused } from "./result";
import {
  cosign,
  filled,
  make_key,
  random,
  sign,
  sign_note,
  test_now,
  TestCountry,
  Tree,
  type Mutable,
} from "./test_country";

let world: TestCountry;
let country: Country;
let session: Session;

// Three orders that witnesses have seen, and one that they have not.
beforeEach(async () => {
  world = await TestCountry.make();
  for (let i = 0; i < 3; ++i) {
    await world.grow(2);
    await world.order();
  }
  world.cosigned_size = world.tree.leaves.length;
  await world.grow(1);
  await world.order({ outcome: null });
  const loaded = await Country.load(world.fetcher);
  if (!loaded.ok) throw new Error(loaded.problem.detail);
  country = loaded.value;
  const opened = await load_session(country);
  if (!opened.ok) throw new Error(opened.problem.detail);
  session = opened.value;
});

async function read(page: Mutable, after = 0) {
  const { directory } = country;
  const card = await read_certificate(world.certificate);
  const data = JSON.parse(JSON.stringify(page)) as JsonObject;
  return read_entries_page({ directory, card, now: test_now() }, data, after);
}
// "", or why the page is not believed.
async function why(page: Mutable, after = 0): Promise<string> {
  try {
    await read(page, after);
    return "";
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}
async function why_with(change: (page: Mutable) => unknown): Promise<string> {
  const page = await world.page();
  await change(page);
  return why(page);
}

test("an honest page", async () => {
  const page = await read(await world.page());
  expect(page.entries.map((one) => one.witnessed)).toEqual([true, true, true, false]);
  expect(page.entries.map((one) => one.outcome)).toEqual(["answered", "answered", "answered", ""]);
  expect(page.entries[0]).toMatchObject({ requester: "clinic-1", own_card: false, kind: "order" });
  expect(page.witnessed_size).toBe(world.cosigned_size);
  expect(page.cosignatures).toHaveLength(2);
});

test("everything over the network, page after page", async () => {
  const seen: number[] = [];
  const whole = world.page.bind(world);
  world.page = (after = 0) => whole(after, 3);
  const fetched = await fetch_entries(country, session, (count) => seen.push(count));
  if (!fetched.ok) throw new Error(fetched.problem.detail);
  expect(fetched.value.entries.map((one) => one.seq)).toEqual([1, 2, 3, 4]);
  expect(seen).toEqual([3, 4]);
  world.lie.page = (page) => (page.entries[0].salt = filled(1));
  const refused = await fetch_entries(country, session);
  if (refused.ok) throw new Error("was taken");
  expect(refused.problem.code).toBe("receipt_invalid");
  expect(refused.problem.detail).toBe("an entry is not in the log at its index");
  expect(refused.problem.signed!.answer).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});

test("before the witnesses have seen any", async () => {
  world.cosigned_size = 0;
  const page = await world.page();
  expect(await why(page)).toBe("");
  expect((await read(page)).entries.some((one) => one.witnessed)).toBe(false);
  page.consistency = [];
  expect(await why(page)).toBe("unknown member");
});

// ---- the log ----

test("another tree for this person", async () => {
  const other = new Tree();
  for (let i = 0; i < world.tree.leaves.length; ++i) await other.append(random());
  const note = await world.note(other.leaves.length, other);
  expect(await why_with((page) => (page.checkpoint = note))).toMatch(/did not grow out/);
});

test.each<[string, (page: Mutable) => unknown, RegExp]>([
  ["one witness only", async (p) => (p.cosigned = await world.cosigned(undefined, 1)), /quorum/],
  ["no consistency", (p) => delete p.consistency, /missing/],
  ["another consistency", (p) => (p.consistency = [filled(1)]), /did not grow/],
  ["a checkpoint of another log", (p) => (p.checkpoint = `x${p.checkpoint}`), /does not name/],
  ["an older cosigned one", async (p) => (p.cosigned = await world.cosigned(3)), /did not grow/],
  ["an unsigned checkpoint", (p) => (p.checkpoint = p.checkpoint.split("—")[0]), /no signature/],
  ["more members", (p) => (p.x = 1), /unknown member/],
])("the log: %s", async (_, change, words) => {
  expect(await why_with(change)).toMatch(words);
});

test("a wrong cosignature of a known witness spoils the note", async () => {
  const [one, other] = world.witnesses;
  const false_key = { ...other!, private_key: one!.private_key };
  const note = await cosign(await world.cosigned(undefined, 1), false_key, test_now());
  expect(await why_with((page) => (page.cosigned = note))).toBe("a cosignature is wrong");
});

test("witnesses of the future do not count", async () => {
  let note = await world.note(world.cosigned_size);
  for (const key of world.witnesses) note = await cosign(note, key, test_now() + 120);
  expect(await why_with((page) => (page.cosigned = note))).toMatch(/quorum/);
});

// ---- the person's numbers ----

test.each<[string, (page: Mutable) => unknown, string]>([
  ["a hole", (p) => p.entries.splice(1, 1), "the person's entries have a hole"],
  ["a missing end", (p) => p.entries.pop(), "the person's entries end too early"],
  ["twice", (p) => (p.entries[1] = p.entries[0]), "the person's entries have a hole"],
  [
    "more for ever",
    (p) => ((p.entries = []), (p.more = true)),
    "the person's entries end too early",
  ],
])("numbers: %s", async (_, change, words) => {
  expect(await why_with(change)).toBe(words);
});

test("numbers: a newest one that is hidden only the holders can tell", async () => {
  const hide = (page: Mutable) => {
    page.entries.pop();
    page.last_seq = 3;
  };
  expect(await why_with(hide)).toBe("");
});

test("numbers: a page that begins elsewhere", async () => {
  expect(await why(await world.page(1), 1)).toBe("");
  expect(await why(await world.page(1), 0)).toBe("the person's entries have a hole");
});

test("numbers: they have an end", async () => {
  const taken = async (seq: number) => {
    const page = await world.page();
    page.entries = [{ ...(await erased(page.entries[0], "2020-01", test_now())), seq }];
    page.last_seq = seq;
    return (await why(page, seq - 1)) === "";
  };
  expect(await taken(1_000_000)).toBe(true);
  expect(await taken(1_000_001)).toBe(false);
});

// ---- orders ----

const altered: [string, (entry: Mutable) => unknown, string][] = [
  ["holder", (e) => (e.content = e.content.replace("06990014", "06990022")), "not in the log"],
  ["salt", (e) => (e.salt = filled(1)), "an entry is not in the log at its index"],
  ["index", (e) => (e.index = 3), "an entry is not in the log at its index"],
  ["proof", (e) => (e.proof = e.proof.slice(1)), "an entry is not in the log at its index"],
  ["person's salt", (e) => (e.person_salt = filled(1)), "an entry belongs to another person"],
  ["seq in the commitment", (e) => (e.seq = 9), "an entry belongs to another person"],
  ["subject", (e) => (e.subject = base64url(utf8("{}"))), "an entry's subject is not the one"],
  ["subject's salt", (e) => (e.subject_salt = filled(1)), "an entry's subject is not the one"],
  ["number", (e) => (e.number = base64url(utf8("{}"))), "an entry's number is not the one"],
  ["number's salt", (e) => (e.number_salt = filled(1)), "an entry's number is not the one"],
  ["kind", (e) => (e.kind = "refused"), "a required member is missing"],
  ["unknown kind", (e) => (e.kind = "import"), "none of the known words"],
  ["outcome", (e) => (e.outcome = "maybe"), "none of the known words"],
  ["unknown member", (e) => (e.more = true), "unknown member"],
  ["birth date", (e) => (e.birth_date = "2026-02-30"), "not a date"],
];
test.each(altered)("an order with another %s", async (_, change, words) => {
  expect(await why_with((page) => change(page.entries[1]))).toContain(words);
});

test("another person's link number", async () => {
  const words = "an entry belongs to another person";
  expect(await why_with((page) => (page.link_number = base64url(random(16))))).toBe(words);
});

// What the log's key alone can make: an entry whose request nobody signed.
test("a request that nobody signed", async () => {
  world.keys.set("clinic-1", await make_key());
  await world.order();
  expect(await why(await world.page())).toBe("a request that its organisation did not sign");
});

test("a sealed entry may have no number", async () => {
  await world.order({ head: { sealing: "a.b.c" } });
  expect(await why(await world.page())).toBe("a sealed entry has a number");
});

// ---- what the card has signed ----

async function mandate(key = world.card, certificate?: string): Promise<string> {
  const now = test_now();
  const thumbprint = (await read_certificate(world.certificate)).thumbprint;
  const text = await sign(
    "mado-mandate+jws",
    {
      ...{ aud: "relay", for: "portal", kind: "login", scope: ["entries"], nonce: "n" },
      ...{ iat: now, exp: now + 1800 },
    },
    key,
    { "x5t#S256": certificate ?? thumbprint },
  );
  return JSON.stringify({ mandate: text });
}

test("a mandate of the person's card, of another card, and a forged one", async () => {
  await world.order({ subject: await mandate() });
  await world.order({ subject: await mandate(await make_key(), filled(7)) });
  const page = await read(await world.page());
  expect(page.entries.slice(-2).map((one) => one.own_card)).toEqual([true, false]);
  expect(page.entries.at(-1)!.mandate!.organisation).toBe("portal");
  await world.order({ subject: await mandate(await make_key()) });
  expect(await why(await world.page())).toBe("an entry has a mandate that the card did not sign");
});

test("a subject whose mandate is none", async () => {
  await world.order({ subject: '{"mandate":"x.y.z"}' });
  expect(await why(await world.page())).not.toBe("");
});

// ---- erased, refused, opened ----

async function erased(entry: Mutable, kept_until: string, at: number): Promise<Mutable> {
  const read_one = (await read(await world.page())).entries.find((one) => one.seq === entry.seq);
  const { seq, index, proof } = entry;
  return { seq, index, proof, entry: read_one!.entry, erased: { kept_until, at } };
}

test("erased entries keep their place", async () => {
  const with_one = async (kept_until: string, at: number) =>
    why_with(async (page) => (page.entries[0] = await erased(page.entries[0], kept_until, at)));
  const early = "an entry was erased before its time";
  expect(await with_one("2020-01", test_now())).toBe("");
  expect(await with_one("2020-01", 1_580_515_200)).toBe(""); // 2020-02-01T00:00:00Z
  expect(await with_one("2020-01", 1_580_515_199)).toBe(early);
  expect(await with_one("2999-01", test_now())).toBe(early);
  expect(await with_one("2020-01", 4_000_000_000)).toBe(early);
  expect(await with_one("2020-13", test_now())).toContain("not a date");
  const other = await why_with(async (page) => {
    const one = await erased(page.entries[0], "2020-01", test_now());
    page.entries[0] = { ...one, entry: filled(1) };
  });
  expect(other).toBe("an entry is not in the log at its index");
});

test("a path that was closed", async () => {
  await world.add_refused();
  const { entries } = await read(await world.page());
  expect(entries.at(-1)).toMatchObject({ kind: "refused", requester: "clinic-1", outcome: "" });
  const last = (change: (content: string) => string) =>
    why_with((page) => (page.entries.at(-1).content = change(page.entries.at(-1).content)));
  expect(await last((text) => text.replace("clinic-1", "clinic-2"))).toContain("not in the log");
  expect(await last((text) => text.replace("}", ',"x":1}'))).toBe("unknown member");
  const salt = (page: Mutable) => (page.entries.at(-1).person_salt = filled(1));
  expect(await why_with(salt)).toBe("an entry belongs to another person");
});

test("an order that was sealed until today", async () => {
  await world.add_opened();
  const { entries } = await read(await world.page());
  const opened = entries.at(-1)!;
  expect(opened).toMatchObject({ kind: "opened", requester: "police-1", outcome: "answered" });
  expect(opened.was_sealed!.authority).toBe("court-1");
  expect(opened.order_index).not.toBe(opened.index);
  expect(opened.order_entry).not.toBe(opened.entry);
  expect(opened.head!.purpose).toBe("investigation");
});

test.each<[string, Parameters<TestCountry["add_opened"]>[0], RegExp]>([
  ["another authority", { sealing: { iss: "police-1" }, signer: "police-1" }, /without a sealing/],
  ["another signature", { signer: "police-1" }, /without a sealing/],
  ["another requester", { sealing: { for: "clinic-1" } }, /without a sealing/],
  ["another service", { sealing: { service: "claims" } }, /without a sealing/],
  ["another relay", { sealing: { aud: "relay-2" } }, /without a sealing/],
  ["over", { sealing: { iat: 0, exp: 100 } }, /without a sealing/],
  ["for four years", { sealing: { until: test_now() + 4 * 366 * 86_400 } }, /without a sealing/],
  ["not yet", { time: test_now() }, /^$/],
])("a sealing that is not one: %s", async (_, over, words) => {
  await world.add_opened(over);
  expect(await why(await world.page())).toMatch(words);
});

test.each<[string, (entry: Mutable) => unknown]>([
  ["another order", (e) => (e.order.index = 3)],
  ["without it", (e) => delete e.order],
  ["a number in it", (e) => (e.order.seq = 1)],
  ["a path that was closed in it", (e) => (e.order.kind = "refused")],
  ["another outcome word", (e) => (e.order.outcome = "x")],
  ["a proof of another place", (e) => (e.order.proof = [])],
  ["more in it", (e) => (e.order.x = 1)],
])("an opened entry that does not fit: %s", async (_, change) => {
  await world.add_opened();
  expect(await why_with((page) => change(page.entries.at(-1)))).not.toBe("");
});

test("an opened entry before its date", async () => {
  await world.add_opened();
  // The log's own entry says an earlier time than the sealing.
  const page = await world.page();
  const entry = page.entries.at(-1);
  const content = JSON.parse(entry.content);
  entry.content = JSON.stringify({ ...content, time: content.time - 1 });
  expect(await why(page)).toBe("an opened entry is not the one that was sealed");
});

// ---- bells ----

const bell = (seq: number) => ({ seq, first: true, at: 5 });

test("bells: in order, one for each entry", async () => {
  const page = { more: true, bells: [bell(2), { ...bell(7), first: false }] };
  expect(read_bells_page(page, 1)).toEqual(page);
  expect(read_bells_page({ more: false, bells: [] }, 9).bells).toEqual([]);
  expect(await fetch_bells(country, session)).toEqual({ ok: true, value: [] });
});

test.each<[string, JsonObject]>([
  ["of the page before", { more: false, bells: [bell(1)] }],
  ["twice", { more: false, bells: [bell(2), bell(2)] }],
  ["out of order", { more: false, bells: [bell(3), bell(2)] }],
  ["without end", { more: true, bells: [] }],
  ["another type", { more: 0, bells: [] }],
  ["another member", { more: false, bells: [{ ...bell(2), why: "x" }] }],
  ["of no entry", { more: false, bells: [bell(1_000_001)] }],
  ["no bell", { more: false, bells: [1] }],
  ["no list", { more: false }],
])("bells: refused %s", (_, page) => {
  expect(() => read_bells_page(page, 1)).toThrow(Refused);
});

test("a note that the log signed with more in it", async () => {
  const size = world.tree.leaves.length;
  const root = base64(await world.tree.root());
  const extended = await sign_note(`${world.log.name}\n${size}\n${root}\nmore\n`, world.log);
  expect(await why_with((page) => (page.checkpoint = extended))).toBe("");
  const other_origin = await sign_note(`log.other/1\n${size}\n${root}\n`, world.log);
  expect(await why_with((page) => (page.checkpoint = other_origin))).toMatch(/does not name/);
});
