// What the relay was told, shown with its entry; and what relay and authority hold, against what
// follows from the entries. Each lie is told here by changing one of the two.
import { beforeEach, expect, test } from "vitest";
import { base64url } from "./bytes";
import { Country, load_session } from "./country";
import { cross_check } from "./cross_check";
import { fetch_entries, hides_what_was_told, type PersonEntry } from "./entries";
import { check_held, compare_held, read_held_cards, read_held_numbers, type Held } from "./held";
import { filled, TestCountry } from "./test_country";
import type { Numbered, Told } from "./told";

const file = (number: string): Numbered => ({ scheme: "file-number", fields: { number } });
const said = (number: string) => ({ scheme: "file-number", fields: { number } });

// ---- what was told ----

async function shown(world: TestCountry) {
  const country = await Country.load(world.fetcher);
  if (!country.ok) throw new Error(country.problem.detail);
  const session = await load_session(country.value);
  if (!session.ok) throw new Error(session.problem.detail);
  return { country: country.value, session: session.value };
}
async function list(world: TestCountry) {
  const { country, session } = await shown(world);
  return fetch_entries(country, session);
}

test("what the relay was told comes with its entry, and fits what was signed", async () => {
  const world = await TestCountry.make();
  const first = await world.tell("link", "first", {
    health_care_number: "12",
    numbers: [{ ...said("a－７"), confirmation: { answer: "…", index: 1 } }],
  });
  const card = base64url(world.certificate);
  await world.tell("card", "activate", { certificates: [card] });
  const read = await list(world);
  if (!read.ok) throw new Error(read.problem.detail);
  const [link, activated] = read.value.entries.map((one) => one.told);
  expect(link).toEqual({
    ...{ what: "link", act: "first" },
    numbers: [file("A7"), { scheme: "health-care-number", fields: { number: "12" } }, file("1")],
  });
  expect(activated?.what === "card" && activated.certificates.length).toBe(1);
  // The lies: another payload, another key, and none.
  const other = await world.sealed_tell({ numbers: [said("8")] });
  const why = async () => {
    const page = await list(world);
    return page.ok ? "" : page.problem.detail;
  };
  const honest = { payload: first.payload, payload_key: first.payload_key };
  Object.assign(first, other);
  expect(await why()).toBe("what the relay was told is not what the sender signed");
  first.payload = honest.payload;
  expect(await why()).toBe("what the relay was told does not open with the key that it shows");
  delete first.payload;
  delete first.payload_key;
  const hidden = await list(world);
  expect(hidden.ok && hidden.value.entries.map(hides_what_was_told)).toEqual([true, false]);
});

// ---- what is held ----

let entries: PersonEntry[];
let held: Held;
const [card, next] = [filled(50), filled(51)];

function add(over: object): void {
  const place = entries.length + 1;
  const order = { holder: "relay", relay: "relay" };
  entries.push({
    ...{ seq: place, index: 10 * place, entry: filled(place), order_entry: filled(place) },
    ...{ outcome: "answered", order, head: { service: "link", parameters: { act: "…" } } },
    ...over,
  } as unknown as PersonEntry);
}
const link = (act: string, numbers: string[], was?: string) =>
  add({
    told: { what: "link", act, numbers: numbers.map(file), ...(was ? { was: file(was) } : {}) },
  });
const on_card = (act: string, certificate: string, issuer = "ca") => {
  const issuers = new Map(act === "activate" ? [[certificate, issuer]] : []);
  add({ told: { what: "card", act, certificates: [certificate], issuers } as Told });
};
function order(certificate: string, serial: string): void {
  const head = { service: "certificate", parameters: { act: "issue-authentication" } };
  add({ order: { holder: "ca", relay: "relay" }, head });
  const { entry } = entries.at(-1)!;
  const common = { act: "issue-authentication", outcome: "issued", received: 0 };
  held.issued[0]!.certificates.push({ certificate, serial, issuer: "ca" });
  held.issued[0]!.orders.push({ entry, serial, ...common });
}

// A person who was made known by the issuer, with a card, and an insurer's number that was replaced
// by another; relay and authority say so too.
beforeEach(() => {
  entries = [];
  held = {
    numbers: { size: 900, numbers: [] },
    cards: { size: 900, cards: [] },
    issued: [{ authority: "ca", below: 500, certificates: [], orders: [] }],
  };
  link("first", ["1", "2"]);
  order(card, "s1");
  on_card("activate", card);
  link("start", ["3"]);
  link("end", ["2"]);
  link("correct", ["4"], "3");
  held.numbers.numbers = [
    { number: file("4"), current: true, index: 60 },
    { number: file("1"), current: true, index: 10 },
    { number: file("2"), current: false, index: 10 },
  ];
  held.cards.cards = [
    { certificate: card, signing: false, state: "active", not_after: 9, index: 30 },
  ];
});
const found = () =>
  compare_held(entries, held, card).differences.map(
    ({ kind, number, what }) => `${kind} ${number ? number.fields["number"] : what}`,
  );

test("all of it follows from the entries", () => {
  expect(found()).toEqual([]);
  const check = compare_held(entries, held, card);
  expect([check.numbers, check.cards, check.certificates]).toEqual([3, 1, 1]);
});

test.each([
  ["an entry that is not there", 70],
  ["an entry that linked another one", 40],
  ["the start, of somebody who was made known later", undefined],
])("a number linked behind the person's back: from %s", (_, index) => {
  const place = index === undefined ? {} : { index };
  held.numbers.numbers.push({ number: file("9"), current: true, ...place });
  expect(found()).toEqual(["number_unknown 9"]);
});

test("numbers that are not as they were told", () => {
  held.numbers.numbers[2]!.current = true;
  expect(found()).toEqual(["number_differs 2"]);
  held.numbers.numbers[2] = { number: file("3"), current: true, index: 40 };
  expect(found()).toEqual(["number_unknown 3", "number_missing 2"]);
  // What came after the relay was asked is not compared.
  held.numbers = {
    size: 25,
    numbers: ["1", "2"].map((one) => ({ number: file(one), current: true, index: 10 })),
  };
  expect(found()).toEqual([]);
});

test("cards that are not as they were told", () => {
  const [own] = held.cards.cards;
  own!.state = "suspended";
  expect(found()).toEqual([`card_differs ${card}`]);
  own!.state = "active";
  held.cards.cards.push({ ...own!, certificate: next, index: 70 });
  expect(found()).toEqual([`card_unknown ${next}`]);
  order(next, "s2");
  on_card("activate", next);
  held.cards.cards[1]!.index = 80;
  expect(found()).toEqual([`card_differs ${card}`]); // the next one has revoked it
  own!.state = "revoked";
  expect(found()).toEqual([]);
  on_card("suspend", next);
  expect(found()).toEqual([`card_differs ${next}`]);
  held.cards.cards = [own!];
  expect(found()).toContain(`card_missing ${next}`);
});

test("what the relay was told and does not show", () => {
  delete entries[3]!.told;
  expect(found()).toEqual(["not_shown link"]);
});

test("who was taken on, and whose entries are gone: said to be so, and no lie", () => {
  entries.shift(); // no first link
  const place = held.numbers.numbers;
  for (const one of place) if (one.index === 10) delete one.index;
  let check = compare_held(entries, held, card);
  expect(check.differences).toEqual([]);
  expect(check.taken_on.numbers.map((one) => one.number)).toEqual([file("1")]);
  for (const one of place) if (one.index === undefined) one.index = 10;
  const erased = { seq: 1, index: 10, entry: filled(1), order_entry: filled(1) };
  entries.unshift({ ...erased, erased: { kept_until: "2031-01", at: 0 } } as PersonEntry);
  check = compare_held(entries, held, card);
  expect(check.differences).toEqual([]);
  expect(check.erased.numbers.map((one) => one.number)).toEqual([file("1")]);
});

test("a certificate made behind the person's back", () => {
  const [issued] = held.issued;
  issued!.certificates.push({ certificate: next, serial: "77", issuer: "ca" });
  expect(found()).toEqual([`certificate_unknown ${next}`]);
  const common = { act: "issue-authentication", outcome: "issued", received: 0, serial: "77" };
  issued!.orders.push({ entry: filled(99), ...common });
  expect(found()).toEqual(["order_unknown issue-authentication", `certificate_unknown ${next}`]);
  issued!.orders[1]!.entry = issued!.orders[0]!.entry; // one order makes one certificate
  expect(found()).toEqual(["order_unknown issue-authentication", `certificate_unknown ${next}`]);
});

test("what the authority hides", () => {
  const head = { service: "certificate-status", parameters: { act: "revoke" } };
  add({ order: { holder: "ca", relay: "relay" }, head });
  expect(found()).toEqual(["order_missing revoke"]);
  entries.pop();
  on_card("activate", next);
  held.cards.cards[0]!.state = "revoked";
  const own = { signing: false, state: "active" as const, not_after: 9 };
  held.cards.cards.push({ certificate: next, index: 70, ...own });
  expect(found()).toEqual([`certificate_hidden ${next}`]);
});

test("an authority that knows nobody is believed where nothing says otherwise", () => {
  const nobody = { who: "ca", problem: { code: "no_match" } };
  const problems = () =>
    check_held(
      {
        ...{ numbers: { ok: true, value: held.numbers }, issued: [], signed: [] },
        ...{ cards: { ok: true, value: held.cards }, problems: [nobody] },
      },
      { entries, checkpoint: { size: 1_000 } } as never,
      {} as never,
      "relay",
    ).problems.length;
  expect(problems()).toBe(1); // it was ordered to make one
  entries = entries.filter(({ head }) => head?.service !== "certificate");
  expect(problems()).toBe(0);
});

test("it is read strictly", () => {
  const one = { ...said("7"), current: true };
  expect(read_held_numbers({ size: 1, numbers: [one] }).numbers[0]!.number).toEqual(file("7"));
  expect(() => read_held_numbers({ size: 1, numbers: [one, one] })).toThrow("twice");
  expect(() => read_held_numbers({ size: 1, numbers: [{ ...one, more: 1 }] })).toThrow();
  const wrong = { certificate: card, use: "signing", state: "good", not_after: 1 };
  expect(() => read_held_cards({ size: 1, cards: [wrong] })).toThrow();
});

test("asked, and compared with the list that comes after", async () => {
  const world = await TestCountry.make();
  const { country, session } = await shown(world);
  const honest = await cross_check(country, session);
  expect(honest.ok && honest.value.held.differences).toEqual([]);
  expect(honest.ok && honest.value.held.taken_on.cards.length).toBe(1);
  const { index } = await world.tell("link", "first", { numbers: [said("2")] });
  world.numbers.push({ ...said("1"), current: true, index });
  world.numbers.push({ ...said("2"), current: true, index });
  world.numbers.push({ ...said("3"), current: true });
  const check = await cross_check(country, session);
  if (!check.ok) throw new Error(check.problem.detail);
  expect(check.value.held.problems).toEqual([]);
  expect(check.value.held.differences.map((one) => one.kind)).toEqual([
    "number_unknown",
    "card_unknown", // nobody registered the card of this log-in
  ]);
});
