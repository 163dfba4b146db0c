// What the relay shows a person, against what every holder says it was asked about them: an order
// that only one of the two knows is a lie, or a loss, of the other (as lib/client/cross_check.cpp).
import { ask, fetch_own, type Answered, type OwnRecord } from "./ask";
import type { Hash } from "./bytes";
import { now_of, type Country, type Session } from "./country";
import type { Participant } from "./directory";
import { fetch_entries, type PersonEntries, type PersonEntry } from "./entries";
import { check_held, fetch_held, type HeldCheck } from "./held";
import { Members, type JsonObject } from "./json";
import type { Target } from "./order";
import { bad, checked, good, is_lie, refuse } from "./result";
import type { Problem, Result, SignedPage } from "./result";
import { tree_size_max } from "./tlog";

const evidence_rows_max = 5_000;
// Of one number: who has more has been asked 100,000 times.
const pages_max = 20;

export interface EvidenceEntry {
  holder: string;
  entry: Hash;
  index: number;
  time: number;
  requester: string;
  service: string;
  outcome: string;
  named?: boolean; // the number came without a part, and the holder found whose it is
}

export type FindingKind =
  | "missing_at_relay" // the holder was asked, and the person's list has no such entry
  | "missing_at_holder" // the relay says that it was answered, and the holder has no evidence
  | "not_named" // by a family's number: the holder found the person, and the list does not say so
  | "differs"; // both have it, and say something else of it

export interface Finding {
  kind: FindingKind;
  holder: string;
  entry: Hash;
  index: number;
  time: number;
  requester: string;
  service: string;
}

// One of the person's numbers at a holder.
export interface ComparedHolder {
  kind: string; // of holder
  holder?: Participant; // the relay does not say who it would have been
  rows: number; // of evidence
  problem?: Problem; // then it was not compared
  answers: Answered[]; // signed by the holder: to show to others
}

export interface CrossCheck {
  entries: PersonEntries;
  holders: ComparedHolder[];
  findings: Finding[];
  below: number; // entries from this index on were not compared: the asking began there
  lies: ComparedHolder[]; // what came as their answer does not fit what they signed
  complete: boolean; // every holder was compared
  confirmed: Set<Hash>; // orders of the list of which the holder says the same
  held: HeldCheck; // what relay and authority have made of the person, against the list
}

// ---- its decisions, without a network ----

function read_row(object: JsonObject, holder: string): EvidenceEntry {
  const members = new Members(object);
  const out = {
    holder,
    entry: members.hash("entry"),
    index: members.integer("index"),
    time: members.time("time"),
    requester: members.text("requester", 64),
    service: members.text("service", 64),
    outcome: members.text("outcome", 20),
    named: members.optional_boolean("named") ?? false,
  };
  members.finish();
  return out;
}

export function read_evidence(data: JsonObject, holder: string, after = 0) {
  const members = new Members(data);
  if (members.integer("after") !== after) refuse("the evidence begins elsewhere than asked");
  const more = members.boolean("more");
  const objects = members.objects("rows", evidence_rows_max);
  members.finish();
  const rows = objects.map((object) => read_row(object, holder));
  rows.forEach((row, i) => {
    const before = i === 0 ? after - 1 : rows[i - 1]!.index;
    if (row.index <= before) refuse("the rows of evidence are not in order");
  });
  if (more && rows.length === 0) refuse("the evidence ends too early");
  return { rows, more };
}

// The relay may not know what became of an order; what it says it knows must be so.
function fits(entry: PersonEntry, row: EvidenceEntry): boolean {
  return (
    entry.order_index === row.index &&
    entry.requester === row.requester &&
    entry.head?.service === row.service &&
    (entry.outcome === "" || entry.outcome === row.outcome)
  );
}

// An order that the holder refused, or could not answer, may have left no evidence.
function must_be_evident(entry: PersonEntry, now: number): boolean {
  const decided = ["answered", "no_match", "several_match"].includes(entry.outcome);
  return decided && now < entry.order!.keep_until;
}

function finding_of(kind: FindingKind, row: Omit<EvidenceEntry, "outcome">): Finding {
  const { holder, entry, index, time, requester, service } = row;
  return { kind, holder, entry, index, time, requester, service };
}

function finding_in_list(kind: FindingKind, entry: PersonEntry): Finding {
  return {
    kind,
    holder: entry.order!.holder,
    entry: entry.order_entry,
    index: entry.order_index,
    time: entry.time,
    requester: entry.requester,
    service: entry.head!.service,
  };
}

function confirmed_by(entries: PersonEntry[], evidence: EvidenceEntry[]): Set<Hash> {
  const evident = new Map(evidence.map((row) => [row.entry, row]));
  const is_confirmed = (entry: PersonEntry) => {
    const row = evident.get(entry.order_entry);
    return row !== undefined && entry.outcome === row.outcome && fits(entry, row);
  };
  return new Set(entries.filter(is_confirmed).map((entry) => entry.order_entry));
}

// `asked`: the orders that asked the holders, as their receipts say. What the list has before the
// first of them (`below`) is compared. Its place is the list's: a receipt alone could be of any
// tree. One that the list lacks or has elsewhere is a finding.
export function place_asked(entries: PersonEntry[], asked: EvidenceEntry[]) {
  const listed = new Map(entries.map((entry) => [entry.order_entry, entry]));
  const findings: Finding[] = [];
  let below = tree_size_max;
  for (const own of asked) {
    const found = listed.get(own.entry);
    if (!found) {
      findings.push(finding_of("missing_at_relay", own));
    } else {
      if (found.order_index !== own.index) findings.push(finding_of("differs", own));
      below = Math.min(below, found.order_index);
    }
  }
  return { below, findings };
}

export interface Comparison {
  entries: PersonEntry[];
  evidence: EvidenceEntry[];
  compared: Set<string>; // holders whose evidence is whole
  below: number;
  now: number;
}

export function compare({ entries, evidence, compared, below, now }: Comparison): Finding[] {
  const listed = new Map(entries.map((entry) => [entry.order_entry, entry]));
  const evident = new Set(evidence.map((row) => row.entry));
  const out: Finding[] = [];
  for (const row of evidence) {
    if (row.index >= below) continue;
    const found = listed.get(row.entry);
    if (!found) {
      out.push(finding_of(row.named ? "not_named" : "missing_at_relay", row));
    } else if (found.erased || (found.order && !fits(found, row))) {
      // What a holder still keeps is not over, whoever says that it was erased.
      out.push(finding_of("differs", row));
    }
  }
  for (const entry of entries) {
    if (!entry.order || entry.index >= below || evident.has(entry.order_entry)) continue;
    if (compared.has(entry.order.holder) && must_be_evident(entry, now)) {
      out.push(finding_in_list("missing_at_holder", entry));
    }
  }
  return out.sort((one, other) => one.index - other.index);
}

// The list as it was shown before has only grown. Bad with both of them signed.
export function goes_on(before: PersonEntries, after: PersonEntries): Result<void> {
  const place = ({ series = 0, seq }: PersonEntry) => `${series} ${seq}`;
  const now = new Map(after.entries.map((one) => [place(one), one.entry]));
  if (before.entries.every((one) => now.get(place(one)) === one.entry)) return good(undefined);
  const detail = "the list is another one than before";
  const signed = after.pages.at(-1)!;
  return { ok: false, problem: { code: "receipt_invalid", detail, found_here: true, signed } };
}

// When the person last compared with each holder that was ever asked about them: 0 is never. Read
// from the entries, for a comparison is an order too.
export function last_compared(entries: PersonEntry[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const { order, head, outcome, time } of entries) {
    // What the relay was told itself: no evidence of it is kept elsewhere.
    if (!order || !head || order.holder === order.relay) continue;
    const compared = head.service === "evidence" && outcome === "answered" ? time : 0;
    out.set(order.holder, Math.max(out.get(order.holder) ?? 0, compared));
  }
  return out;
}

// ---- over the network ----

// Everything that one link's holder says it was asked, page after page.
async function read_whole(
  country: Country,
  session: Session,
  to: Target,
  first: Answered,
): Promise<{ rows: EvidenceEntry[]; answers: Answered[]; problem?: Problem }> {
  const rows: EvidenceEntry[] = [];
  const answers = [first];
  let after = 0;
  for (let page = 0; page < pages_max; ++page) {
    const answered = answers.at(-1)!;
    const read = await checked("answer_invalid", () =>
      read_evidence(answered.data, answered.holder.id, after),
    );
    if (!read.ok) return { rows, answers, problem: { ...read.problem, signed: shown(answered) } };
    // A page may begin with the row that the one before ended with.
    const known = new Set(rows.slice(-1).map((row) => row.entry));
    rows.push(...read.value.rows.filter((row) => !known.has(row.entry)));
    if (!read.value.more) return { rows, answers };
    after = rows.at(-1)!.index;
    const parameters = { after: String(after) };
    const next = await ask(country, session, { to, service: "evidence", parameters });
    if (!next.ok) return { rows, answers, problem: next.problem };
    answers.push(next.value);
  }
  return { rows, answers, problem: bad("answer_invalid", "too much evidence").problem };
}

function shown({ head, receipt, signed_answer }: Answered): SignedPage {
  return { head, receipt: receipt!.raw, answer: signed_answer };
}

function asking(session: Session, answered: Answered): EvidenceEntry {
  return {
    holder: answered.holder.id,
    entry: answered.entry!,
    index: answered.receipt!.index,
    time: answered.order!.time,
    requester: session.organisation,
    service: "evidence",
    outcome: "",
  };
}

interface Asked {
  holders: ComparedHolder[];
  evidence: EvidenceEntry[];
  asked: EvidenceEntry[];
}

async function ask_holder(country: Country, session: Session, record: OwnRecord, out: Asked) {
  const { kind, position, result } = record;
  if (!result.ok) {
    out.holders.push({ kind, rows: 0, problem: result.problem, answers: [] });
    return;
  }
  out.asked.push(asking(session, result.value));
  const whole = await read_whole(country, session, { kind, position }, result.value);
  const { rows, answers, problem } = whole;
  const holder = result.value.holder;
  const why = problem === undefined ? {} : { problem };
  out.holders.push({ kind, holder, rows: rows.length, answers, ...why });
  out.evidence.push(...rows);
}

// Asks every holder that the person was ever linked to (each is an order and an entry), then the
// relay and the card authorities what they hold about them, then the relay for its list. The log-in
// must cover `evidence`, `numbers`, `cards`, `certificates` and `entries`.
export async function cross_check(
  country: Country,
  session: Session,
  on_progress: (holders: number) => void = () => undefined,
): Promise<Result<CrossCheck>> {
  const kinds = country.kinds_for("evidence", session);
  const out: Asked = { holders: [], evidence: [], asked: [] };
  let count = 0;
  const question = { service: "evidence", kinds };
  const records = await fetch_own(country, session, question, () => on_progress(++count));
  for (const record of records) await ask_holder(country, session, record, out);
  const held = await fetch_held(country, session);
  const entries = await fetch_entries(country, session);
  if (!entries.ok) return entries;
  const list = entries.value.entries;
  const { below, findings } = place_asked(list, out.asked);
  const whole = out.holders.flatMap((one) => (one.problem || !one.holder ? [] : [one.holder.id]));
  const broken = out.holders.flatMap((one) => (one.problem && one.holder ? [one.holder.id] : []));
  // Two numbers at one holder: only when both are whole it was compared.
  const compared = new Set(whole.filter((id) => !broken.includes(id)));
  const found = compare({
    entries: list,
    evidence: out.evidence,
    compared,
    below,
    now: now_of(session),
  });
  return good({
    entries: entries.value,
    holders: out.holders,
    findings: [...findings, ...found],
    below,
    lies: out.holders.filter((one) => one.problem && is_lie(one.problem)),
    complete: out.holders.every((one) => !one.problem),
    confirmed: confirmed_by(list, out.evidence),
    held: check_held(held, entries.value, session, country.directory.relay.id),
  });
}
