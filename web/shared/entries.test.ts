// A page of a person's own entries, as an honest relay makes it, and as one that lies does: each
// lie is a change of the page, told with the log's own key.
import { beforeEach, expect, test } from "vitest";
import { base64, base64url, utf8 } from "./bytes";
import { Country, load_session, type Session } from "./country";
import { at_start, fetch_bells, fetch_entries } from "./entries";
import { read_bells_page, read_entries_page } from "./entries";
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
  type OrderOver,
  type Series,
  type SigningKey,
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
  const { directory, policy } = country;
  const card = await read_certificate(world.certificate);
  const data = JSON.parse(JSON.stringify(page)) as JsonObject;
  const so_far = { ...at_start(), count: after, link_number: world.link_number };
  return read_entries_page({ directory, policy, card, now: test_now() }, data, so_far);
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

test("since when a quorum has cosigned", async () => {
  const now = test_now();
  const [one, other] = world.witnesses;
  const read_with = async (...times: [SigningWitness, number][]) => {
    let note = await world.note(world.cosigned_size);
    for (const [key, ago] of times) note = await cosign(note, key, now - ago);
    return (await read({ ...(await world.page()), cosigned: note })).witnessed_at;
  };
  expect(await read_with([one!, 5], [other!, 700], [other!, 900])).toBe(now - 700);
  expect(await read_with([one!, 5], [other!, 3])).toBe(now - 5);
  world.cosigned_size = 0;
  expect((await read(await world.page())).witnessed_at).toBe(0);
});
type SigningWitness = TestCountry["witnesses"][number];

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

// ---- series that were joined ----

async function why_not_fetched(): Promise<string> {
  const fetched = await fetch_entries(country, session);
  return fetched.ok ? "" : fetched.problem.detail!;
}

test("a series that was joined stands behind the person's own list", async () => {
  const own = world.list.length;
  await world.join(2);
  await world.order();
  await world.join(1);
  const fetched = await fetch_entries(country, session);
  if (!fetched.ok) throw new Error(fetched.problem.detail);
  const { entries } = fetched.value;
  const numbers = entries.slice(own).map(({ series = 0, seq }) => [series, seq]);
  const first = own + 1;
  expect(numbers).toEqual([
    ...[[0, first], [0, own + 2], [0, own + 3]],
    ...[[first, 1], [first, 2], [own + 3, 1]],
  ]);
  expect(entries[own]).toMatchObject({ kind: "joined", requester: "", joins: { last_seq: 2 } });
  expect(entries.at(-1)).toMatchObject({ kind: "order", requester: "clinic-1" });
});

test("an order by a family's number is given by an entry of its own", async () => {
  await world.add_named();
  const fetched = await fetch_entries(country, session);
  if (!fetched.ok) throw new Error(fetched.problem.detail);
  const named = fetched.value.entries.at(-1)!;
  expect(named).toMatchObject({ kind: "named", requester: "clinic-1" });
  expect(named.order_index).toBeLessThan(named.index);
});

test("of a named order nobody sees whose list it is in", async () => {
  await world.add_named((order) => (order.person_salt = filled(1)));
  expect(await why_not_fetched()).not.toBe("");
});

test("another order is named", async () => {
  await world.add_named();
  const first = world.list.at(-1)!.order;
  await world.add_named((order) => Object.assign(order, first));
  expect(await why_not_fetched()).toBe("another order is named");
});

const series_lies: [string, (series: Series) => unknown, string][] = [
  ["its newest is hidden", ({ list }) => list.pop(), "a joined series has lost entries"],
  ["its first is hidden", ({ list }) => list.shift(), "the person's entries have a hole"],
  ["all of it is hidden", ({ list }) => list.splice(0), "a joined series has lost entries"],
  ["one is altered", ({ list }) => (list[1]!.salt = filled(1)), "not in the log at its index"],
];
test.each(series_lies)("a joined series: %s", async (_, lie, words) => {
  lie(await world.join(2));
  expect(await why_not_fetched()).toContain(words);
});

test("a joined series: another one in its place", async () => {
  const one = await world.join(2);
  const other = { ...(await world.join(2)) };
  Object.assign(one, other);
  expect(await why_not_fetched()).toBe("the pages have two link numbers");
});

test("a joined series: an order came after it was closed", async () => {
  await world.join(2, (content) => (content.last_seq = 1));
  expect(await why_not_fetched()).toBe("a joined series was not closed");
});

test("a series is joined once, and is not the person's own", async () => {
  const { link_number } = await world.join(1);
  await world.join(0, (content) => (content.link_number = base64url(link_number)));
  expect(await why_not_fetched()).toBe("a series was joined twice");
  world.list.splice(-2);
  await world.join(0, (content) => (content.link_number = base64url(world.link_number)));
  expect(await why_not_fetched()).toBe("a series was joined twice");
});

const joined_altered: [string, (content: Mutable) => unknown, string][] = [
  ["another person's", (c) => (c.person = filled(1)), "an entry belongs to another person"],
  ["without a count", (c) => delete c.last_seq, "a required member is missing"],
  ["with more", (c) => (c.more = 1), "unknown member"],
];
test.each(joined_altered)("a joined entry that is %s", async (_, change, words) => {
  await world.join(1, change);
  expect(await why(await world.page())).toBe(words);
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

test("a link number that is none", async () => {
  const shorter = base64url(world.link_number.slice(0, 8));
  expect(await why_with((page) => (page.link_number = shorter))).not.toBe("");
  world.list.length = 0;
  expect(await why(await world.page())).toBe("");
  const words = "a link number has not 128 bits";
  expect(await why_with((page) => (page.link_number = shorter))).toBe(words);
});

// Each page is whole, of a person that there is; together they are nobody's list.
test("two people's lists, put together", async () => {
  const whole = world.page.bind(world);
  world.page = (after = 0) => whole(after, 3);
  expect((await fetch_entries(country, session)).ok).toBe(true);
  world.list.pop();
  const link_number = base64url(world.link_number);
  world.link_number = random(16);
  await world.order();
  world.lie.page = (page) => {
    if (page.entries[0].seq === 1) page.link_number = link_number;
  };
  expect(await fetch_entries(country, session)).toMatchObject({
    problem: { code: "receipt_invalid", detail: "the pages have two link numbers" },
  });
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

interface Signer {
  key?: SigningKey;
  certificate?: string; // x5t#S256
}

async function mandate(over: Mutable = {}, signer: Signer = {}): Promise<string> {
  const now = test_now();
  const thumbprint = (await read_certificate(world.certificate)).thumbprint;
  return sign(
    "mado-mandate+jws",
    {
      ...{ aud: "relay", for: "portal", kind: "login", scope: ["claims"] },
      ...{ nonce: base64url(random()), iat: now, exp: now + 120, ...over },
    },
    signer.key ?? world.card,
    { "x5t#S256": signer.certificate ?? thumbprint },
  );
}
const subject_of = async (over: Mutable = {}, signer: Signer = {}) =>
  JSON.stringify({ mandate: await mandate(over, signer) });

const by_portal: OrderOver = {
  ...{ requester: "portal", service: "claims", purpose: "own-view", presence: "card-pin" },
  policy: "claims.portal.own-view.card-pin",
};
const by_clinic = (kind: string): OrderOver => ({
  ...{ presence: "card-pin", policy: `eligibility.clinic.treatment.${kind}` },
});
const of_clinic = (kind: string) => ({ for: "clinic-1", kind, scope: ["eligibility"] });
// "", or why the list is not believed that has this order too.
async function why_ordered(order: OrderOver): Promise<string> {
  await world.order(order);
  return why(await world.page());
}

test("a mandate of the person's card, of another card, and a forged one", async () => {
  await world.order({ ...by_portal, subject: await subject_of() });
  const other = { key: await make_key(), certificate: filled(7) };
  await world.order({ ...by_portal, subject: await subject_of({}, other) });
  const page = await read(await world.page());
  expect(page.entries.slice(-2).map((one) => one.own_card)).toEqual([true, false]);
  expect(page.entries.at(-1)!.mandate!.organisation).toBe("portal");
  const forged = await subject_of({}, { key: await make_key() });
  expect(await why_ordered({ ...by_portal, subject: forged })).toBe(
    "an entry has a mandate that the card did not sign",
  );
});

const hour = 3600;
const not_covered: [string, Mutable, string][] = [
  ["of another organisation", { for: "clinic-1" }, "is for another organisation"],
  ["for another relay", { aud: "relay-2" }, "is for another organisation"],
  ["of another service", { scope: ["eligibility"] }, "does not cover the service"],
  ["of years ago", { iat: test_now() - 9e7, exp: test_now() - 9e7 + 1800 }, "not in force"],
  ["that is over", { iat: test_now() - 1800, exp: test_now() - 1 }, "not in force"],
  ["that has not begun", { iat: test_now() + 90, exp: test_now() + 190 }, "not in force"],
  ["for a day", { exp: test_now() + 24 * hour }, "lives longer than its kind may"],
  ["of no length", { exp: test_now() - 1 }, "lives longer than its kind may"],
  ["of another kind than the row's", { kind: "consent" }, "of another kind than its policy row"],
];
test.each(not_covered)("a log-in %s is refused, whoever's card it is", async (_, over, words) => {
  const other = { key: await make_key(), certificate: filled(7) };
  for (const signer of [{}, other]) {
    const subject = await subject_of(over, signer);
    expect(await why_ordered({ ...by_portal, subject })).toContain(words);
    world.list.pop();
  }
});

test("a log-in in its time: clocks a minute apart, and to its last second", async () => {
  const now = test_now();
  for (const [iat, exp] of [
    [now + 60, now + 100],
    [now - 1799, now + 1],
  ]) {
    const subject = await subject_of({ iat, exp });
    expect(await why_ordered({ ...by_portal, time: now, subject })).toBe("");
  }
});

test("a row that the policy has no more says nothing of the kind", async () => {
  const subject = await subject_of();
  const policy = "claims.portal.own-view.of-old";
  expect(await why_ordered({ ...by_portal, policy, subject })).toBe("");
});

test.each<[string, OrderOver, RegExp]>([
  ["a number, called card", { presence: "card-pin" }, /another presence than its subject/],
  ["a number, called seen", { presence: "card-seen" }, /another presence than its subject/],
  ["a card that was seen", { presence: "card-seen", head: { presence: "card-seen" } }, /^$/],
  ["nobody", { subject: '{"self":true}', presence: "none" }, /^$/],
  ["its own number", { subject: '{"own":{"scheme":"s","number":"1"}}', presence: "none" }, /^$/],
  ["nobody, called number", { subject: '{"self":true}' }, /another presence than its subject/],
  ["not even nobody", { subject: '{"self":false}', presence: "none" }, /a subject is nobody/],
  ["a subject of no form", { subject: "{}" }, /a required member is missing/],
  ["of two forms", { subject: '{"number":{},"self":true}' }, /unknown member/],
  ["a mandate that is none", { subject: '{"mandate":"x.y.z"}' }, /base64/],
])("presence: %s", async (_, order, words) => {
  expect(await why_ordered(order)).toMatch(words);
});

test("a mandate, called a number", async () => {
  const order = { ...by_portal, presence: "number", subject: await subject_of() };
  expect(await why_ordered(order)).toBe("an entry has another presence than its subject");
});

test("a check serves one order for each holder and service", async () => {
  const subject = await subject_of(of_clinic("check"));
  expect(await why_ordered({ ...by_clinic("check"), subject })).toBe("");
  const elsewhere = { ...by_clinic("check"), holder: "990010", subject };
  expect(await why_ordered(elsewhere)).toBe("");
  expect(await why_ordered(elsewhere)).toBe("one check was used for two orders");
  // Also on a later page.
  const whole = world.page.bind(world);
  world.page = (after = 0) => whole(after, world.list.length - 1);
  const fetched = await fetch_entries(country, session);
  expect(fetched).toMatchObject({ ok: false, problem: { code: "receipt_invalid" } });
});

test("consent serves without the person, within its day", async () => {
  const now = test_now();
  const over = { ...of_clinic("consent"), iat: now - 20 * hour, exp: now + 4 * hour };
  const order = { ...by_clinic("consent"), subject: await subject_of(over) };
  expect(await why_ordered(order)).toBe("");
  expect(await why_ordered(order)).toBe("");
  expect(await why_ordered({ ...order, time: now + 4 * hour })).toContain("not in force");
});

// ---- one acts for another; what was handed in ----

const by_other: OrderOver = {
  ...{ ...by_portal, purpose: "acting-for", policy: "claims.portal.acting-for.card-pin" },
};
async function acting(over: { delegate?: Mutable; by?: Mutable; card?: string; none?: true } = {}) {
  const now = test_now();
  const day = { iat: now - hour, exp: now + hour };
  const delegate = { kind: "delegate", delegate: filled(7), ...day, ...over.delegate };
  const signer = { key: await make_key(), certificate: over.card ?? filled(7) };
  const by = { by: await mandate(over.by, signer) };
  const subject = JSON.stringify({ mandate: await mandate(delegate), ...(over.none ? {} : by) });
  return { ...by_other, subject };
}

test("who acts for another: the person's delegation, and the other's log-in", async () => {
  expect(await why_ordered(await acting())).toBe("");
  expect((await read(await world.page())).entries.at(-1)).toMatchObject({
    ...{ own_card: true, mandate: { kind: "delegate" } },
  });
});

test.each<[string, Parameters<typeof acting>[0], string]>([
  ["somebody else acts", { card: filled(8) }, "somebody else acts than the one named"],
  ["without a log-in", { none: true }, "is not of its subject's form"],
  ["with no log-in", { by: { kind: "consent" } }, "who acts for another has no log-in"],
  ["with an old log-in", { by: { iat: 1, exp: 1000 } }, "not in force"],
  ["a log-in for others", { by: { for: "clinic-1" } }, "is for another organisation"],
  ["a log-in of other services", { by: { scope: ["care"] } }, "does not cover the service"],
  ["a delegation that is over", { delegate: { exp: test_now() - 1 } }, "not in force"],
  ["a delegation of other services", { delegate: { scope: ["care"] } }, "does not cover"],
])("who acts for another: %s", async (_, over, words) => {
  expect(await why_ordered(await acting(over))).toContain(words);
});

test("a log-in may not stand in for a delegation, nor come with another one", async () => {
  expect(await why_ordered({ ...by_other, subject: await subject_of() })).toContain("another kind");
  world.list.pop();
  const both = JSON.stringify({ mandate: await mandate(), by: await mandate() });
  expect(await why_ordered({ ...by_portal, subject: both })).toContain("its subject's form");
});

async function handed_in(over: Mutable = {}, name = "application", certificate = filled(9)) {
  const now = test_now();
  const application = await mandate(
    {
      ...{ ...of_clinic("application"), iat: now - hour, exp: now + hour },
      ...{ payload_hashes: [filled(1), filled(2)], ...over },
    },
    { certificate },
  );
  return { ...by_clinic("application"), subject: JSON.stringify({ [name]: application }) };
}

test("an application covers the payloads that it names", async () => {
  const head = { payload_hash: filled(2) };
  expect(await why_ordered({ ...(await handed_in()), head })).toBe("");
  const refused = async (order: OrderOver) => {
    const words = await why_ordered(order);
    world.list.pop();
    return words;
  };
  const other = { payload_hash: filled(3) };
  expect(await refused({ ...(await handed_in()), head: other })).toContain("another payload");
  expect(await refused(await handed_in())).toContain("another payload");
  const as_mandate = await handed_in({}, "mandate");
  expect(await refused({ ...as_mandate, head })).toContain("its subject's form");
  const login = await handed_in({ kind: "login", payload_hashes: undefined });
  expect(await refused({ ...login, head })).toContain("a mandate of another kind");
  // The authentication key signs no applications.
  const card = (await read_certificate(world.certificate)).thumbprint;
  const by_card = await handed_in({}, "application", card);
  expect(await refused({ ...by_card, head })).toContain("signing key");
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

test.each(["=1+1", "Clinic-1", "", "花みずき", "clinic-1\n"])(
  "a path that was closed to no code: %j",
  async (requester) => {
    await world.add_refused(requester);
    expect(await why(await world.page())).toBe("a member is not a code");
  },
);

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
