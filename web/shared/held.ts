// What the relay holds about a person now (their numbers and cards) and what a card authority has
// issued to them, against what follows from the person's own entries (as lib/client/held.cpp): what
// was made behind the person's back is in one of them only.
import { ask_relay, fetch_own, type Answered } from "./ask";
import { parse_base64url, type Hash } from "./bytes";
import type { Country, Session } from "./country";
import { hides_what_was_told, type PersonEntries, type PersonEntry } from "./entries";
import { Members, type JsonObject } from "./json";
import { issuer_of, read_certificate } from "./keys";
import { bad, checked, refuse, type Problem, type Result, type SignedPage } from "./result";
import { key_of, read_numbered, type Numbered, type ToldCard, type ToldLink } from "./told";

const held_max = 4_000;
const certificates_max = 200;
const orders_max = 1_000;

export interface HeldNumber {
  number: Numbered;
  holder?: string;
  current: boolean;
  index?: number; // the entry that linked it; none: taken on at the start
}
export interface HeldCard {
  certificate: Hash;
  signing: boolean;
  state: "active" | "suspended" | "revoked";
  not_after: number;
  index?: number;
}
// As it was when the log had `size` entries.
export interface HeldNumbers {
  size: number;
  numbers: HeldNumber[];
}
export interface HeldCards {
  size: number;
  cards: HeldCard[];
}
export interface IssuedOrder {
  entry: Hash;
  act: string;
  outcome: string;
  serial: string; // "" where there is none
  received: number;
}
// What one card authority says (docs/protocols/certificates.md, `certificates`).
export interface Issued {
  authority: string;
  below: number; // the entry by which it was asked
  certificates: { certificate: Hash; issuer: string; serial: string }[];
  orders: IssuedOrder[];
}
export interface Held {
  numbers: HeldNumbers;
  cards: HeldCards;
  issued: Issued[];
}

export type DifferenceKind =
  | "not_shown" // the relay was told something, and does not show what
  | "number_unknown" // held at the relay, and no entry linked it
  | "number_missing" // an entry linked it, and the relay does not have it
  | "number_differs" // current at one of them, and ended at the other
  | "card_unknown" // registered at the relay, and no entry did it
  | "card_missing" // an entry registered it, or it is the card in use
  | "card_differs" // its state is another than the entries say
  | "order_unknown" // the authority had an order, and the list has no such entry
  | "order_missing" // the list has an order to the authority, which does not know it
  | "certificate_unknown" // the authority has issued it without an order
  | "certificate_hidden"; // it is registered, and its authority does not show it

export interface Difference {
  kind: DifferenceKind;
  number?: Numbered;
  what: string; // else the certificate's hash, or what was ordered
  index?: number; // of the entry
}
// What no entry proves or disproves: the relay's and the authority's word.
export interface Unproven {
  numbers: HeldNumber[];
  cards: HeldCard[];
  orders: IssuedOrder[];
}
export interface HeldCheck {
  numbers: number;
  cards: number;
  certificates: number; // that were compared
  differences: Difference[];
  taken_on: Unproven; // from before the log: no entry made them
  erased: Unproven; // their entry's retention is over, and what it said is gone
  problems: { who: string; problem: Problem }[]; // why they were not compared
  signed: SignedPage[]; // what was answered, to show to others
}

// ---- as it comes ----

const index_of = (members: Members) => {
  const has = members.has("index");
  return has ? { index: members.integer("index") } : {};
};

function without_twice<T>(all: T[], key: (one: T) => string): T[] {
  if (new Set(all.map(key)).size !== all.length) refuse("something is held twice");
  return all;
}

export function read_held_numbers(data: JsonObject): HeldNumbers {
  const members = new Members(data);
  const size = members.integer("size");
  const numbers = members.objects("numbers", held_max).map((object): HeldNumber => {
    const one = new Members(object);
    const number = read_numbered(one);
    const holder = one.optional_text("holder", 64);
    const out = { number, current: one.boolean("current"), ...index_of(one) };
    one.finish();
    return { ...out, ...(holder === undefined ? {} : { holder }) };
  });
  members.finish();
  return { size, numbers: without_twice(numbers, (one) => key_of(one.number)) };
}

export function read_held_cards(data: JsonObject): HeldCards {
  const members = new Members(data);
  const size = members.integer("size");
  const cards = members.objects("cards", held_max).map((object): HeldCard => {
    const one = new Members(object);
    const out = {
      certificate: one.hash("certificate"),
      signing: one.one_of("use", ["authentication", "signing"]) === "signing",
      state: one.one_of("state", ["active", "suspended", "revoked"]),
      not_after: one.time("not_after"),
      ...index_of(one),
    };
    one.finish();
    return out;
  });
  members.finish();
  return { size, cards: without_twice(cards, (one) => one.certificate) };
}

async function read_certificate_row(object: JsonObject) {
  const members = new Members(object);
  const serial = members.text("serial", 80);
  for (const name of ["use", "status"]) members.text(name, 20);
  for (const name of ["not_before", "not_after", "since"]) members.time(name);
  members.optional_text("reason", 1_000);
  const der = parse_base64url(members.text("certificate", 16 * 1024));
  members.finish();
  const { thumbprint } = await read_certificate(der);
  return { certificate: thumbprint, issuer: issuer_of(der), serial };
}

function read_order(object: JsonObject): IssuedOrder {
  const members = new Members(object);
  const out = {
    entry: members.hash("order"),
    act: members.text("act", 64),
    received: members.time("received"),
    outcome: members.text("outcome", 20),
    serial: members.optional_text("serial", 80) ?? "",
  };
  members.optional_text("refusal", 1_000);
  members.finish();
  return out;
}

export async function read_issued(data: JsonObject, authority: string, below: number) {
  const members = new Members(data);
  const rows = members.objects("certificates", certificates_max);
  const orders = members.objects("orders", orders_max).map(read_order);
  members.finish();
  const certificates = await Promise.all(rows.map(read_certificate_row));
  return { authority, below, certificates, orders };
}

// ---- what follows from the entries ----

interface NumberNow {
  number: Numbered;
  current?: boolean | undefined; // none: not said by the entries that are there
  replaced: boolean; // by a correction: it is no number of the person
  indexes: Set<number>;
}
interface CardNow {
  state: HeldCard["state"];
  index: number; // of the entry that said it
  issuer?: string;
  indexes: Set<number>;
}
interface Replay {
  numbers: Map<string, NumberNow>;
  cards: Map<Hash, CardNow>;
  activations: { index: number; certificates: Hash[] }[];
  made_here: boolean; // the list has the person's first links
  not_readable: Set<number>; // entries whose content is gone
}

function now_of_number(number: Numbered, index: number, { numbers }: Replay): NumberNow {
  const key = key_of(number);
  const now = numbers.get(key) ?? { number, replaced: false, indexes: new Set<number>() };
  now.indexes.add(index);
  numbers.set(key, now);
  return now;
}

// As the relay's plan_link has it (apps/relay/changes.cpp).
function replay_correction(is_number: Numbered, was_number: Numbered, index: number, out: Replay) {
  const before = out.numbers.get(key_of(was_number));
  const was_known = before !== undefined && !before.replaced;
  const was_current = was_known ? before.current : undefined;
  const known = out.numbers.get(key_of(is_number));
  const is_known = known !== undefined && !known.replaced;
  const is = now_of_number(is_number, index, out);
  if (!is_known) is.current = was_current;
  else if (was_current !== false && is.current === false) {
    is.current = was_known ? true : undefined;
  }
  is.replaced = false;
  now_of_number(was_number, index, out).replaced = true;
}

function replay_link({ act, numbers, was }: ToldLink, index: number, out: Replay): void {
  if (act === "first") out.made_here = true;
  if (was) return replay_correction(numbers[0]!, was, index, out);
  for (const number of numbers) {
    const now = now_of_number(number, index, out);
    now.current = act !== "end";
    now.replaced = false;
  }
}

function replay_card({ act, certificates, issuers }: ToldCard, index: number, out: Replay): void {
  if (act === "reset") return;
  const state = act === "suspend" ? "suspended" : act === "revoke" ? "revoked" : "active";
  for (const certificate of certificates) {
    const before = out.cards.get(certificate);
    const issuer = issuers.get(certificate) ?? before?.issuer;
    const indexes = new Set([...(before?.indexes ?? []), index]);
    const known = issuer === undefined ? {} : { issuer };
    out.cards.set(certificate, { state, index, indexes, ...known });
  }
  if (act === "activate") out.activations.push({ index, certificates });
}

// Of the entries below `size`, which are what the relay had then.
function replay(entries: PersonEntry[], size: number): Replay {
  const out: Replay = {
    ...{ numbers: new Map(), cards: new Map(), activations: [], made_here: false },
    not_readable: new Set(),
  };
  for (const entry of entries) {
    const { series, index, erased, told } = entry;
    if (series !== undefined || index >= size) continue;
    if (erased || hides_what_was_told(entry)) out.not_readable.add(index);
    if (told?.what === "link") replay_link(told, index, out);
    if (told?.what === "card") replay_card(told, index, out);
  }
  return out;
}

// ---- the comparison ----

type Origin = "taken_on" | "erased" | "unknown";
function origin_of(index: number | undefined, { made_here, not_readable }: Replay): Origin {
  if (index === undefined) return made_here ? "unknown" : "taken_on";
  return not_readable.has(index) ? "erased" : "unknown";
}
const place = (index: number | undefined) => (index === undefined ? {} : { index });

function compare_number(held: HeldNumber, replayed: Replay, out: HeldCheck): void {
  const { number, index, current } = held;
  const add = (kind: DifferenceKind) =>
    out.differences.push({ kind, number, what: "", ...place(index) });
  const now = replayed.numbers.get(key_of(number));
  const origin = origin_of(index, replayed);
  if (!now) {
    if (origin === "unknown") add("number_unknown");
    else out[origin].numbers.push(held);
    return;
  }
  const from_entry = index !== undefined && now.indexes.has(index);
  if (now.replaced || (!from_entry && origin === "unknown")) add("number_unknown");
  else if (now.current !== undefined && now.current !== current) add("number_differs");
}

// The newest activation of a card of this use, as the relay says the use.
function newest_of(signing: boolean, cards: HeldCard[], { activations }: Replay) {
  const uses = new Map(cards.map((one) => [one.certificate, one.signing]));
  const of_use = activations
    .map(({ index, certificates }) => ({
      index,
      certificates: certificates.filter((one) => uses.get(one) === signing),
    }))
    .filter((one) => one.certificates.length > 0);
  return of_use.at(-1);
}

function compare_card(held: HeldCard, all: HeldCard[], replayed: Replay, out: HeldCheck): void {
  const { certificate, state, index, signing } = held;
  const add = (kind: DifferenceKind) =>
    out.differences.push({ kind, what: certificate, ...place(index) });
  const now = replayed.cards.get(certificate);
  const origin = origin_of(index, replayed);
  const newest = newest_of(signing, all, replayed);
  // One that came later has revoked it.
  const replaced =
    newest !== undefined &&
    newest.index > (now?.index ?? -1) &&
    !newest.certificates.includes(certificate);
  if (!now) {
    if (origin === "unknown") return void add("card_unknown");
    if (replaced && state !== "revoked") return void add("card_differs");
    out[origin].cards.push(held);
    return;
  }
  const from_entry = index !== undefined && now.indexes.has(index);
  if (!from_entry && origin === "unknown") add("card_unknown");
  else if ((replaced ? "revoked" : now.state) !== state) add("card_differs");
}

function is_order_of(entry: PersonEntry, order: IssuedOrder, authority: string): boolean {
  if (entry.erased) return true;
  const is_for = entry.head?.service === "certificate" || is_status(entry);
  return is_for && entry.order?.holder === authority && entry.head?.parameters["act"] === order.act;
}
function is_status({ head }: PersonEntry): boolean {
  return head?.service === "certificate-status";
}

// Both the relay and the authority say that it was there before the log: no entry could be.
function is_taken_on(order: IssuedOrder, issued: Issued, cards: HeldCard[], out: HeldCheck) {
  if (order.outcome !== "issued" || !order.act.startsWith("issue-")) return false;
  const made = issued.certificates.find((one) => one.serial === order.serial);
  const card = cards.find((one) => one.certificate === made?.certificate);
  const unknown = out.differences.some(
    (one) => one.kind === "card_unknown" && one.what === card?.certificate,
  );
  return card !== undefined && card.index === undefined && !unknown;
}

function compare_orders(entries: PersonEntry[], issued: Issued, cards: HeldCard[], out: HeldCheck) {
  const listed = new Map(entries.map((entry) => [entry.order_entry, entry]));
  const known = new Set<Hash>();
  const made = new Set<string>();
  for (const order of issued.orders) {
    const found = listed.get(order.entry);
    const fits = found
      ? is_order_of(found, order, issued.authority)
      : is_taken_on(order, issued, cards, out);
    // One order makes one certificate.
    if (known.has(order.entry) || !fits) {
      out.differences.push({ kind: "order_unknown", what: order.act });
    } else {
      if (!found) out.taken_on.orders.push(order);
      if (order.outcome === "issued") made.add(order.serial);
    }
    known.add(order.entry);
  }
  for (const { certificate, serial } of issued.certificates) {
    if (!made.has(serial)) out.differences.push({ kind: "certificate_unknown", what: certificate });
  }
  for (const entry of entries) {
    const { order, head, outcome, index, order_entry } = entry;
    const is_told = head?.service === "certificate" || is_status(entry);
    const to_it = is_told && order?.holder === issued.authority && outcome === "answered";
    if (!to_it || index >= issued.below || known.has(order_entry)) continue;
    out.differences.push({
      kind: "order_missing",
      what: head?.parameters["act"] ?? "",
      index,
    });
  }
  out.certificates += issued.certificates.length;
}

// An authority shows all that it has signed for the person, or nothing of it.
function compare_registered(replayed: Replay, issued: Issued, out: HeldCheck): void {
  const issuers = new Set(issued.certificates.map((one) => one.issuer));
  const shown = new Set(issued.certificates.map((one) => one.certificate));
  for (const [certificate, { issuer, index }] of replayed.cards) {
    if (issuer !== undefined && issuers.has(issuer) && !shown.has(certificate)) {
      out.differences.push({ kind: "certificate_hidden", what: certificate, index });
    }
  }
}

const nothing = (): Unproven => ({ numbers: [], cards: [], orders: [] });
const none_compared = (): HeldCheck => ({
  ...{ numbers: 0, cards: 0, certificates: 0, differences: [], problems: [], signed: [] },
  ...{ taken_on: nothing(), erased: nothing() },
});

// `card`: whose log-in it was. No network. The list must reach as far as what is held.
export function compare_held(entries: PersonEntry[], held: Held, card?: Hash): HeldCheck {
  const out = none_compared();
  for (const entry of entries.filter(hides_what_was_told)) {
    out.differences.push({ kind: "not_shown", what: entry.head!.service, index: entry.index });
  }
  const of_numbers = replay(entries, held.numbers.size);
  const of_cards = replay(entries, held.cards.size);
  const { numbers } = held.numbers;
  const { cards } = held.cards;
  for (const one of numbers) compare_number(one, of_numbers, out);
  const seen = new Set(numbers.map((one) => key_of(one.number)));
  for (const [key, { number, replaced, indexes }] of of_numbers.numbers) {
    if (replaced || seen.has(key)) continue;
    const index = Math.max(...indexes);
    out.differences.push({ kind: "number_missing", number, what: "", index });
  }
  for (const one of cards) compare_card(one, cards, of_cards, out);
  const registered = new Set(cards.map((one) => one.certificate));
  for (const [certificate, { index }] of of_cards.cards) {
    if (registered.has(certificate)) continue;
    out.differences.push({ kind: "card_missing", what: certificate, index });
  }
  // The relay has just taken a log-in of it.
  if (card !== undefined && !registered.has(card) && !of_cards.cards.has(card)) {
    out.differences.push({ kind: "card_missing", what: card });
  }
  for (const issued of held.issued) {
    compare_orders(entries, issued, cards, out);
    compare_registered(of_cards, issued, out);
  }
  return { ...out, numbers: numbers.length, cards: cards.length };
}

// ---- over the network ----

export interface HeldAnswers {
  numbers: Result<HeldNumbers>;
  cards: Result<HeldCards>;
  issued: Issued[];
  problems: { who: string; problem: Problem }[];
  signed: SignedPage[];
}

function signed_of({ head, receipt, signed_answer }: Answered): SignedPage {
  return { head, ...(receipt ? { receipt: receipt.raw } : {}), answer: signed_answer };
}

async function read_of<T>(
  asked: Result<Answered>,
  read: (answered: Answered) => T | Promise<T>,
  signed: SignedPage[],
): Promise<Result<T>> {
  if (!asked.ok) return asked;
  const page = signed_of(asked.value);
  signed.push(page);
  const out = await checked("answer_invalid", () => read(asked.value));
  return out.ok ? out : { ok: false, problem: { ...out.problem, signed: page } };
}

// Asks every authority and the relay. To be asked before the list is.
export async function fetch_held(country: Country, session: Session): Promise<HeldAnswers> {
  const relay = country.directory.relay.id;
  const kinds = country.kinds_for("certificates", session);
  const out: HeldAnswers = {
    ...{ numbers: bad("not_ready"), cards: bad("not_ready") },
    ...{ issued: [], problems: [], signed: [] },
  };
  const records = await fetch_own(country, session, { service: "certificates", kinds });
  for (const { result, holder } of records) {
    const who = holder?.id ?? relay;
    const issued = await read_of(
      result,
      ({ data, receipt }) => read_issued(data, who, receipt!.index),
      out.signed,
    );
    if (issued.ok) out.issued.push(issued.value);
    else out.problems.push({ who, problem: issued.problem });
  }
  const numbers = await ask_relay(country, session, { service: "numbers" });
  out.numbers = await read_of(numbers, ({ data }) => read_held_numbers(data), out.signed);
  const cards = await ask_relay(country, session, { service: "cards" });
  out.cards = await read_of(cards, ({ data }) => read_held_cards(data), out.signed);
  for (const asked of [out.numbers, out.cards]) {
    if (!asked.ok) out.problems.push({ who: relay, problem: asked.problem });
  }
  return out;
}

// What was asked, with the list that was fetched after it. What is held is read with the log's
// newest batch; the list ends with the newest one that is anchored, a moment later.
export function check_held(
  { numbers, cards, issued, problems, signed }: HeldAnswers,
  { entries, checkpoint }: PersonEntries,
  { certificate }: Session,
  relay: string,
): HeldCheck {
  if (!numbers.ok || !cards.ok) return { ...none_compared(), problems, signed };
  if (Math.max(numbers.value.size, cards.value.size) > checkpoint.size) {
    const late = { who: relay, problem: { code: "not_ready" } };
    return { ...none_compared(), problems: [...problems, late], signed };
  }
  const held = { numbers: numbers.value, cards: cards.value, issued };
  const found = compare_held(entries, held, certificate?.thumbprint);
  // An authority that knows nobody has issued nothing, where nothing says that it has: whoever goes
  // on with a card of another authority.
  const may_have_issued =
    found.taken_on.cards.length > 0 ||
    found.erased.cards.length > 0 ||
    entries.some(({ head }) => head?.service === "certificate");
  const open = problems.filter(
    ({ problem }) => may_have_issued || problem.code !== "no_match",
  );
  return { ...found, problems: open, signed };
}
