// A person's own entries of the access log, as the relay opens them to the person: everything that
// docs/protocols/log.md lists under "To check" is checked here (as lib/client/entries.cpp). Whether
// the relay holds back the newest entries cannot be seen: comparing with the holders shows it.
import { ask_pages } from "./ask";
import { base64url, parse_base64url, same_bytes, utf8, type Bytes, type Hash } from "./bytes";
import { now_of, type Country, type Session } from "./country";
import type { Directory } from "./directory";
import { Members, parse_date, parse_json_object, type JsonObject } from "./json";
import type { Certificate } from "./keys";
import { read_mandate, use_of_check } from "./mandates";
import {
  clock_skew_s,
  commit,
  commit_person,
  commit_sealed_person,
  is_proven,
  log_entry,
  order_bytes_max,
  outcomes,
  parse_head,
  parse_order,
  subject_bytes_max,
  verify_head,
  verify_sealing,
  type Head,
  type Mandate,
  type Order,
  type Outcome,
  type Sealing,
} from "./order";
import type { Policy } from "./policy";
import { checked, good, refuse, type Result, type SignedPage } from "./result";
import { open_told, told_bytes_max, type Told } from "./told";
import {
  note_bytes_max,
  open_checkpoint,
  open_cosigned,
  origin_of,
  proof_length_max,
  verify_consistency,
  type Checkpoint,
  type Cosignature,
} from "./tlog";

// What one person can have: a relay that says "more" for ever is refused there.
export const entries_max = 1_000_000;
export const page_rows_max = 200;
// Each was a number of the person: a relay that has joined more makes the browser ask for ever.
const joined_max = 256;

export interface Erased {
  kept_until: string; // YYYY-MM
  at: number;
}

// The series that an entry has joined to the person's own: entries about a number that nobody had
// linked until then.
export interface JoinedSeries {
  link_number: Bytes;
  last_seq: number; // when it was closed
}

type Kind = "order" | "refused" | "opened" | "joined" | "named";

export interface PersonEntry {
  seq: number;
  series?: number; // which entry (seq) has joined the series that it is of; none: the own list
  index: number;
  entry: Hash; // the 32 bytes in the log, proven to stand at `index`
  // A quorum of witnesses has cosigned a checkpoint that covers it; the newest ones wait for it.
  witnessed: boolean;
  note: string; // the checkpoint that covers it, and the proof under it
  proof: Hash[];
  erased?: Erased; // then nothing below but the order's place
  kind: Kind | "";
  content: string; // what was hashed with `salt`
  salt: Hash;
  order?: Order;
  head?: Head; // of the order: who asked, for what
  // Of an opened or a named entry: the order's own place in the log; else those above.
  order_entry: Hash;
  order_index: number;
  was_sealed?: Sealing;
  joins?: JoinedSeries; // of a joined one, about which nobody was asked
  refused_try?: { scheme: string; service: string }; // who may not has asked by such a number
  requester: string;
  time: number;
  // When the log took it, as it says: of an order its time, of an opened one that of the opening; 0
  // of an erased one, which is old.
  logged_at: number;
  outcome: Outcome | ""; // the relay's word; "" while unknown: asked, not known to be answered
  // Of an order to the relay itself: what it was told. None although it is such a one: the relay
  // does not show it, and then nobody can know what it has changed.
  told?: Told;
  mandate?: Mandate; // what a card has signed for it
  own_card: boolean; // and it was this person's card, whose certificate was given
  raw: JsonObject; // as it came, to show to others
}

export interface EntriesPage {
  entries: PersonEntry[];
  checkpoint: Checkpoint;
  witnessed_size: number; // of the newest checkpoint that was cosigned; 0: none was
  cosignatures: Cosignature[];
  witnessed_at: number;
  more: boolean;
}

export interface PersonEntries {
  // seq 1, 2, 3, … without a hole; then those of each series that was joined, alike.
  entries: PersonEntry[];
  checkpoint: Checkpoint;
  witnessed_size: number;
  cosignatures: Cosignature[];
  witnessed_at: number; // since when a quorum has cosigned that or something newer; 0: never
  pages: SignedPage[]; // as the relay signed them: what it showed, and what it did not
}

// What an entry is checked against.
interface Check {
  directory: Directory;
  policy: Policy;
  card?: Certificate;
  link_number: Bytes;
  checkpoint: Checkpoint;
  note: string;
  cosigned?: Checkpoint;
  cosigned_note?: string;
  now: number;
}

type Place = Pick<PersonEntry, "seq" | "index">;
type Opened = Omit<PersonEntry, keyof Place | "witnessed" | "note" | "proof" | "raw">;

// This person with the entry's number; one that was sealed has none, but the date on which it
// opened, which a sealing authority has ordered.
async function person_of(head: Head, time: number, salt: Hash, seq: number, check: Check) {
  if (seq > 0) {
    if (head.sealing !== undefined) refuse("a sealed entry has a number");
    return { person: await commit_person(salt, check.link_number, seq) };
  }
  const was_sealed = await verify_sealing(
    head.sealing ?? refuse("an entry was sealed without a sealing authority's order"),
    { directory: check.directory, requester: head.issuer, service: head.service, time },
  );
  const person = await commit_sealed_person(salt, check.link_number, was_sealed.until);
  return { person, was_sealed };
}

interface Content {
  kind: Kind;
  content: string;
  salt: Hash;
  person_salt: Hash; // "" of an order by a family's number: whose list it is in is nobody's to see
  outcome: Outcome | "";
}

function read_content(members: Members, named = false): Content {
  return {
    kind: members.one_of("kind", ["order", "refused", "opened", "joined", "named"]),
    content: members.text("content", order_bytes_max),
    salt: members.hash("salt"),
    person_salt: named ? "" : members.hash("person_salt"),
    outcome: members.has("outcome") ? members.one_of("outcome", outcomes) : "",
  };
}

async function judge_person(order: Order, head: Head, seq: number, from: Content, check: Check) {
  if (from.person_salt === "") {
    if (order.presence !== "number" && order.presence !== "card-seen") {
      refuse("an entry names the person of an order that was not by number");
    }
    return undefined;
  }
  const who = await person_of(head, order.time, from.person_salt, seq, check);
  if (order.person !== who.person) refuse("an entry belongs to another person");
  return who.was_sealed;
}

async function read_told(members: Members, order: Order, head: Head, subject: Bytes) {
  const payload = members.optional_text("payload", told_bytes_max);
  if (payload === undefined) return undefined;
  const key = members.bytes("payload_key", 32);
  if (order.holder !== order.relay) refuse("a holder's payload is not the relay's");
  return open_told(head, subject, payload, key);
}

// The relay was told something about the person, and does not show what.
export function hides_what_was_told({ order, head, told }: PersonEntry): boolean {
  if (order === undefined || order.holder !== order.relay) return false;
  return told === undefined && head?.service !== "answer-changed"; // which has no payload
}

// Its text gives the 32 bytes in the log, its commitments open to this person, number and subject.
async function open_order(members: Members, seq: number, from: Content, check: Check) {
  const subject = members.bytes("subject", subject_bytes_max);
  const subject_salt = members.hash("subject_salt");
  const number = members.bytes("number", 4096);
  const number_salt = members.hash("number_salt");
  members.optional_date("birth_date");
  const order = parse_order(from.content);
  const head = parse_head(order.head);
  await verify_head(head, check.directory);
  const was_sealed = await judge_person(order, head, seq, from, check);
  if ((await commit("subject", subject_salt, subject)) !== order.subject) {
    refuse("an entry's subject is not the one committed to");
  }
  if (order.number !== null && (await commit("number", number_salt, number)) !== order.number) {
    refuse("an entry's number is not the one committed to");
  }
  const told = await read_told(members, order, head, subject);
  const { kind, content, salt, outcome } = from;
  const out: Opened = {
    ...(await read_mandate(subject, { ...check, order, head })),
    ...(told === undefined ? {} : { told }),
    ...(was_sealed === undefined ? {} : { was_sealed }),
    ...{ kind, content, salt, outcome, order, head },
    entry: await log_entry(kind, salt, utf8(content)),
    order_entry: "",
    order_index: 0,
    requester: head.issuer,
    time: order.time,
    logged_at: order.time,
  };
  return out;
}

function opened_as(from: Content, entry: Hash): Opened {
  const { kind, content, salt, outcome } = from;
  const nothing = { requester: "", time: 0, logged_at: 0, order_entry: "", order_index: 0 };
  return { entry, kind, content, salt, outcome, own_card: false, ...nothing };
}

async function open_refused(from: Content, person: Hash): Promise<Opened> {
  const members = new Members(parse_json_object(from.content));
  const time = members.time("time");
  const requester = members.code("requester");
  const scheme = members.optional_text("scheme", 40);
  const service = members.optional_text("service", 40);
  if (members.hash("person") !== person) refuse("an entry belongs to another person");
  members.finish();
  const entry = await log_entry(from.kind, from.salt, utf8(from.content));
  const tried = scheme !== undefined && service !== undefined;
  const by_policy = tried ? { refused_try: { scheme, service } } : {};
  return { ...opened_as(from, entry), ...by_policy, requester, time, logged_at: time };
}

// About nobody's look: from here on what was asked about a number before it was linked is theirs.
async function open_joined(from: Content, person: Hash): Promise<Opened> {
  const members = new Members(parse_json_object(from.content));
  const time = members.time("time");
  const link_number = members.bytes("link_number", 16);
  const last_seq = members.integer("last_seq", 0, entries_max);
  if (members.hash("person") !== person) refuse("an entry belongs to another person");
  members.finish();
  const entry = await log_entry(from.kind, from.salt, utf8(from.content));
  const joins = { link_number, last_seq };
  return { ...opened_as(from, entry), joins, time, logged_at: time };
}

// The order that was sealed until its `opened` entry, or whose person its `named` entry names.
async function read_order_of(object: JsonObject, check: Check, named: boolean) {
  const members = new Members(object);
  const seq = members.integer("seq", 0, 0);
  const index = members.integer("index");
  const proof = members.hashes("proof", proof_length_max);
  const from = read_content(members, named);
  if (from.kind !== "order") refuse("not an order");
  const out = await open_order(members, seq, from, check);
  members.finish();
  await prove(out.entry, index, proof, check);
  return { ...out, index };
}

// An entry of its own gives the person a sealed one, or one by a family's number of which the
// holder has said that it is about them: who asked, when and why stand in that.
async function open_later(members: Members, place: Place, from: Content, check: Check) {
  const content = new Members(parse_json_object(from.content));
  const logged_at = content.time("time");
  const index = content.integer("index");
  const entry = content.hash("entry");
  const person = await commit_person(from.person_salt, check.link_number, place.seq);
  if (content.hash("person") !== person) refuse("an entry belongs to another person");
  content.finish();
  const order = await read_order_of(members.object("order"), check, from.kind === "named");
  const early = order.was_sealed !== undefined && logged_at < order.was_sealed.until;
  if (order.entry !== entry || order.index !== index || early || index >= place.index) {
    const opened = from.kind === "opened";
    refuse(opened ? "an opened entry is not the one that was sealed" : "another order is named");
  }
  const own = opened_as(from, await log_entry(from.kind, from.salt, utf8(from.content)));
  const { index: order_index, ...later } = order;
  const { kind, content: text, salt, entry: own_entry } = own;
  const out: Opened = {
    ...{ ...later, kind, content: text, salt, entry: own_entry },
    ...{ order_entry: order.entry, order_index, logged_at },
  };
  return out;
}

async function open_content(members: Members, place: Place, check: Check): Promise<Opened> {
  const from = read_content(members);
  const { seq } = place;
  if (from.kind === "order") return open_order(members, seq, from, check);
  if (from.kind === "opened" || from.kind === "named") {
    return open_later(members, place, from, check);
  }
  const person = await commit_person(from.person_salt, check.link_number, seq);
  if (from.kind === "refused") return open_refused(from, person);
  return open_joined(from, person);
}

// "2031-10": an entry is erased after that month's end, and not before.
function is_over({ kept_until, at }: Erased, now: number): boolean {
  const [year, month] = kept_until.split("-").map(Number);
  const end = Date.UTC(year!, month!, 1) / 1000;
  return end <= at && at <= now + clock_skew_s;
}

function open_erased(members: Members, object: JsonObject, now: number): Opened {
  const inner = new Members(object);
  const erased = { kept_until: inner.text("kept_until", 7), at: inner.time("at") };
  inner.finish();
  parse_date(`${erased.kept_until}-01`);
  if (!is_over(erased, now)) refuse("an entry was erased before its time");
  const nothing = { content: "", salt: "", requester: "", time: 0, logged_at: 0, order_entry: "" };
  const entry = members.hash("entry");
  return { ...nothing, erased, entry, kind: "", outcome: "", own_card: false, order_index: 0 };
}

async function prove(entry: Hash, index: number, proof: Hash[], check: Check) {
  const { cosigned, cosigned_note = "" } = check;
  const witnessed = cosigned !== undefined && index < cosigned.size;
  if (!(await is_proven(entry, index, proof, witnessed ? cosigned : check.checkpoint))) {
    refuse("an entry is not in the log at its index");
  }
  return { witnessed, note: witnessed ? cosigned_note : check.note, proof };
}

async function read_entry(object: JsonObject, check: Check): Promise<PersonEntry> {
  const members = new Members(object);
  const seq = members.integer("seq", 1, entries_max);
  const index = members.integer("index");
  const proof = members.hashes("proof", proof_length_max);
  const erased = members.optional_object("erased");
  const out = erased
    ? open_erased(members, erased, check.now)
    : await open_content(members, { seq, index }, check);
  members.finish();
  if (out.order_entry === "") {
    out.order_entry = out.entry;
    out.order_index = index;
  }
  return { ...out, seq, index, ...(await prove(out.entry, index, proof, check)), raw: object };
}

// The newest time at or after which as many witnesses as needed have cosigned; 0 without any.
function time_of_quorum(cosignatures: Cosignature[], needed: number): number {
  const times = cosignatures.map((one) => one.time).sort((a, b) => b - a);
  return times[needed - 1] ?? 0;
}

// The newest checkpoint, and the newest one that a quorum has cosigned, out of which it grew.
async function read_checkpoints(members: Members, directory: Directory, now: number) {
  const note = members.text("checkpoint", note_bytes_max);
  const log = directory.logs.get(origin_of(note));
  if (!log) return refuse("the checkpoint is of a log that the directory does not name");
  const checkpoint = await open_checkpoint(note, log.key);
  const cosigned_note = members.optional_text("cosigned", note_bytes_max);
  if (cosigned_note === undefined) return { note, checkpoint, cosignatures: [] };
  const consistency = members.hashes("consistency", proof_length_max).map(parse_base64url);
  const cosigned = await open_cosigned(cosigned_note, log.key, directory.quorum, now);
  if (!cosigned.enough) refuse("a checkpoint is called cosigned, and the quorum did not");
  if (!(await verify_consistency(cosigned.checkpoint, checkpoint, consistency))) {
    refuse("the newest checkpoint did not grow out of the cosigned one");
  }
  const { cosignatures } = cosigned;
  return { note, checkpoint, cosignatures, cosigned: cosigned.checkpoint, cosigned_note };
}

export interface Reader {
  directory: Directory;
  policy: Policy;
  card?: Certificate;
  now: number;
}

// What the pages before have shown, and what the next one goes on from.
export interface SoFar {
  count: number;
  link_number: Bytes; // which is the person's in all of them; empty: not known yet
  checks: Set<string>; // what checks were used for
  joined: Set<string>; // link numbers of series
}
export function at_start(link_number: Bytes = new Uint8Array()): SoFar {
  return { count: 0, link_number, checks: new Set(), joined: new Set() };
}

// Two people's lists, each whole, could else be put together.
function keep_link_number(link_number: Bytes, so_far: SoFar): void {
  if (link_number.length !== 16) refuse("a link number has not 128 bits");
  if (so_far.link_number.length > 0 && !same_bytes(link_number, so_far.link_number)) {
    refuse("the pages have two link numbers");
  }
  so_far.link_number = link_number;
}

function keep_joined({ link_number }: JoinedSeries, so_far: SoFar): void {
  const series = base64url(link_number);
  const own = same_bytes(link_number, so_far.link_number);
  if (own || so_far.joined.has(series)) refuse("a series was joined twice");
  so_far.joined.add(series);
  if (so_far.joined.size > joined_max) refuse("too many series were joined");
}

function go_on({ seq, mandate, order, head, joins }: PersonEntry, so_far: SoFar): void {
  if (seq !== ++so_far.count) refuse("the person's entries have a hole");
  if (joins) keep_joined(joins, so_far);
  if (mandate?.kind !== "check" || !order || !head) return;
  const use = use_of_check(mandate, order, head);
  if (so_far.checks.has(use)) refuse("one check was used for two orders");
  so_far.checks.add(use);
}

// The next entries, as one answer of the relay has them.
export async function read_entries_page(
  { directory, policy, card, now }: Reader,
  data: JsonObject,
  so_far: SoFar,
): Promise<EntriesPage> {
  const members = new Members(data);
  const link_number = members.bytes("link_number", 16);
  const last_seq = members.integer("last_seq");
  const more = members.boolean("more");
  const { cosignatures, ...log } = await read_checkpoints(members, directory, now);
  const check = { directory, policy, link_number, now, ...log, ...(card ? { card } : {}) };
  const objects = members.objects("entries", page_rows_max);
  const entries = await Promise.all(objects.map((object) => read_entry(object, check)));
  members.finish();
  keep_link_number(link_number, so_far);
  for (const entry of entries) go_on(entry, so_far);
  const ends_early = more ? entries.length === 0 : so_far.count !== last_seq;
  if (ends_early) refuse("the person's entries end too early");
  const witnessed_size = log.cosigned?.size ?? 0;
  const witnessed_at = time_of_quorum(cosignatures, directory.quorum.needed);
  const { checkpoint } = log;
  return { entries, checkpoint, witnessed_size, cosignatures, witnessed_at, more };
}

// Those of a series, read page by page with the link number that its `joined` entry names: they are
// all that it had, and no order came after. Marked as of that series.
export function checked_series(joined: PersonEntry, entries: PersonEntry[]): PersonEntry[] {
  const { last_seq } = joined.joins!;
  if (entries.length < last_seq) refuse("a joined series has lost entries");
  for (const { seq, index, kind, joins } of entries) {
    const before = index < joined.index;
    if (before !== seq <= last_seq || (kind === "order" && !before) || joins) {
      refuse("a joined series was not closed");
    }
  }
  return entries.map((entry) => ({ ...entry, series: joined.seq }));
}

interface List {
  entries: PersonEntry[];
  pages: SignedPage[]; // as the relay signed them
  newest: EntriesPage;
}

// One list, page after page.
async function fetch_list(
  country: Country,
  session: Session,
  so_far: SoFar,
  on_progress: (count: number) => void,
  parameters: Record<string, string> = {},
): Promise<Result<List>> {
  const entries: PersonEntry[] = [];
  const pages: SignedPage[] = [];
  let newest: EntriesPage | undefined;
  const reader = {
    ...{ directory: country.directory, policy: country.policy },
    ...(session.certificate ? { card: session.certificate } : {}),
  };
  const take = async (data: JsonObject, signed: SignedPage) => {
    const page = await checked("receipt_invalid", () =>
      read_entries_page({ ...reader, now: now_of(session) }, data, so_far),
    );
    if (!page.ok) return page;
    newest = page.value;
    entries.push(...newest.entries);
    pages.push(signed);
    on_progress(entries.length);
    return good(newest.more ? entries.length : undefined);
  };
  const asked = await ask_pages(country, session, "entries", take, parameters);
  return asked.ok ? good({ entries, pages, newest: newest! }) : asked;
}

async function fetch_series(country: Country, session: Session, joined: PersonEntry) {
  const so_far = at_start(joined.joins!.link_number);
  const parameters = { series: String(joined.index) };
  const list = await fetch_list(country, session, so_far, () => undefined, parameters);
  if (!list.ok) return list;
  const { entries, pages } = list.value;
  const series = await checked("receipt_invalid", () =>
    Promise.resolve(checked_series(joined, entries)),
  );
  if (series.ok) return good({ entries: series.value, pages });
  const signed = pages.at(-1)!;
  return { ok: false as const, problem: { ...series.problem, signed } };
}

// All entries of the person who is logged in, and of the series that were joined. receipt_invalid,
// with what did not fit as detail, when something is wrong.
export async function fetch_entries(
  country: Country,
  session: Session,
  on_progress: (count: number) => void = () => undefined,
): Promise<Result<PersonEntries>> {
  const own = await fetch_list(country, session, at_start(), on_progress);
  if (!own.ok) return own;
  const entries = [...own.value.entries];
  const pages = [...own.value.pages];
  for (const joined of own.value.entries.filter((one) => one.joins)) {
    const series = await fetch_series(country, session, joined);
    if (!series.ok) return series;
    entries.push(...series.value.entries);
    pages.push(...series.value.pages);
    on_progress(entries.length);
  }
  const { checkpoint, witnessed_size, cosignatures, witnessed_at } = own.value.newest;
  return good({ entries, checkpoint, witnessed_size, cosignatures, witnessed_at, pages });
}

// ---- bells ----

// Of an entry of which the person is told at once. The relay's word; why it rang stands in the
// entry, but for a first look.
export interface Bell {
  seq: number;
  first: boolean; // the requester's first look at this person
  at: number;
}

export function read_bells_page(data: JsonObject, after: number): { bells: Bell[]; more: boolean } {
  const members = new Members(data);
  const more = members.boolean("more");
  let last = after;
  const bells = members.objects("bells", page_rows_max).map((object) => {
    const one = new Members(object);
    const bell = {
      seq: one.integer("seq", 1, entries_max),
      first: one.boolean("first"),
      at: one.time("at"),
    };
    one.finish();
    if (bell.seq <= last) refuse("an entry has two bells, or they are not in order");
    last = bell.seq;
    return bell;
  });
  members.finish();
  if (more && bells.length === 0) refuse("the person's bells end too early");
  return { bells, more };
}

export async function fetch_bells(country: Country, session: Session): Promise<Result<Bell[]>> {
  const out: Bell[] = [];
  const asked = await ask_pages(country, session, "bells", async (data) => {
    const after = out.at(-1)?.seq ?? 0;
    const page = await checked("answer_invalid", () => read_bells_page(data, after));
    if (!page.ok) return page;
    out.push(...page.value.bells);
    return good(page.value.more ? out.at(-1)!.seq : undefined);
  });
  return asked.ok ? good(out) : asked;
}
