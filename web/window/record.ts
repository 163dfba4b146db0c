// What the issuer tells a window (docs/protocols/issuer.md), read strictly and whole: a case and
// what is to do for it. Nothing unread is shown.
import { Members, parse_date, type Json, type JsonObject } from "../shared/json";
import { refuse } from "../shared/result";
import type { Place } from "./differences";

export const roles = ["resident", "medical", "pension", "care", "public-expense"] as const;
export type Role = (typeof roles)[number];
export const steps = [
  "apply",
  "confirm",
  "settle",
  "link",
  "make_keys",
  "certify",
  "write",
  "hand_over",
  "activate",
  "tell",
  "take_back",
  "stop",
  "look_for",
  "resume",
  "end_signing",
  "end_old",
  "approve",
  "record",
  "reset",
  "sign",
  "end_number",
  "notify",
  "file",
  "decide",
  "file_elsewhere",
] as const;
export type Step = (typeof steps)[number];
// With what a case begins: nothing of it is to do.
export const begun = ["invite", "opened"] as const;
// As a window shows them: settling is a part of being confirmed.
export type ShownStep = (typeof begun)[number] | Exclude<Step, "settle">;
export const shown_steps: readonly ShownStep[] = [
  ...begun,
  ...steps.filter((step) => step !== "settle"),
];
export const actors = ["person", "clerk", "register", "relay", "authority"] as const;
export type Actor = (typeof actors)[number];
// Whose a step is, nearer than what is to do says it.
const nearer = ["parent", "other_clerk", "insurer", "medical_insurer", "municipality"] as const;
export const all_who = [...actors, ...nearer] as const;
export type Who = (typeof all_who)[number];
export const states = ["done", "waits", "later", "not_needed", "given_up"] as const;
export const order_kinds = [
  ...(["confirm", "link", "certify", "collect", "activate", "tell", "take_back"] as const),
  ...(["stop", "suspend", "resume_card", "resume", "revoke_card", "end_old", "reset"] as const),
  ...(["trace", "drop", "end_number"] as const),
  ...(["notify", "file", "ask_decision", "start_link", "end_link"] as const),
] as const;
export const case_kinds = [
  ...(["first", "replacement", "stop", "unlock", "change", "return", "end"] as const),
  ...(["renewal", "existing", "exchange", "number", "birth"] as const),
] as const;
export type CaseKind = (typeof case_kinds)[number];
export const attributes = ["name", "kana", "birth_date", "sex", "address"] as const;
export type Attribute = (typeof attributes)[number];
export const sexes = ["female", "male"] as const;
export type Sex = (typeof sexes)[number];
const findings = [
  ...(["open", "same", "otherwise", "agreed", "not_here", "not_applied", "gone"] as const),
] as const;
export const uses = ["authentication", "signing"] as const;
export type Use = (typeof uses)[number];
const statuses = ["active", "suspended", "revoked"] as const;
const verdicts = ["same", "variant", "different"] as const;
export const happenings = [
  ...["opened", "applied", "sent", "confirmed", "otherwise", "not_here", "done", "certified"],
  ...["not_issued", "refused", "lapsed", "decided", "corrected", "taken_out", "try_again"],
  ...["waived", "keys_made", "written", "handed_over", "cancelled", "gone", "found"],
  ...["stopped_again", "given_up", "overtaken", "approved", "pin_set", "requested", "traced"],
  ...["parent_named", "signed", "given", "undecided", "accepted", "declined", "filed_elsewhere"],
  ...["taken_on", "not_active", "approval_lapsed", "new_slip", "said", "still_here"],
];

const claims_max = 16;
const cases_max = 500;
const batches_max = 50;
const letters_max = 1_000;
const cards_max = 100;
const lines_max = 10_000;
const progress_max = 40;
const hands_max = 1_000;
const text_bytes_max = 256;

export interface Order {
  kind: (typeof order_kinds)[number];
  item: number;
}
export interface Todo {
  step: Step;
  report: string; // the report's number of the step
  actor: Actor;
  order?: Order;
  claim?: number;
  refused?: string; // the code
  since: number;
  until: number;
  late: boolean;
  from?: number; // it is not asked for before
}
// A step on the way that the kind of case takes, in this case.
export interface Progress {
  step: ShownStep;
  report: string;
  state: (typeof states)[number];
  at?: number; // done since
  who: Who[];
  online?: boolean; // nobody has to go anywhere; not said of what may be done anywhere
}
export interface Summary {
  number: string; // on the slip
  kind: CaseKind;
  opened_at: number;
  changed_at: number;
  name?: string;
  kana?: string;
  cancelled?: string; // why
  todo: Todo[];
}
export interface Person {
  name: string;
  kana: string;
  sex: Sex;
  address: string;
  birth_date: string;
}
export interface PersonNumber {
  scheme: string;
  fields: Record<string, string>;
}
export interface Compared {
  verdict: (typeof verdicts)[number];
  rules: string[];
  writing?: string; // the register's, where it is not the same
  differences: Place[]; // of the two writings
}
export interface Writing {
  verdict: (typeof verdicts)[number];
  current: boolean;
  only_one?: boolean; // a register that knows who else there is has nobody like this person
  rules: string[];
  attributes: Partial<Record<Attribute, Compared>>;
}
export interface Claim {
  role: Role;
  number: PersonNumber;
  finding: (typeof findings)[number];
  writing?: Writing;
}
export interface IssuedCard {
  card: number; // in which it is: the first, the second, …
  chip?: string; // whose serial number, in hex
  use: Use;
  status: (typeof statuses)[number];
  not_after: number;
  foreign?: boolean; // of another authority's
}
// Somebody whom this centre has had to do with.
export interface KnownPerson {
  person: string; // the number on the slip of any case of theirs
  name?: string;
  kana?: string;
  birth_date?: string;
  cards: IssuedCard[];
  cases: Summary[]; // the newest first
  elsewhere?: string; // the municipality where they live, where that is another one
}
// Whoever applies for a newborn, and with whom they are insured.
export interface Parent {
  person: string; // the number on the slip of a case of theirs
  name: string;
  address: string;
  insurers: PersonNumber[];
}
const filing_states = ["open", "accepted", "declined", "closed"] as const;
export interface Filing {
  parent: number;
  insurer: PersonNumber;
  state: (typeof filing_states)[number];
  claim?: number;
  reason?: string; // why it was declined
}
// What the signing certificate of a card of another authority's writes of the person; decided
// about as of a register, at this place among the claims.
export const card_place = 16;
const card_findings = ["same", "otherwise", "agreed"] as const;
export interface CardWords {
  finding: (typeof card_findings)[number];
  writing?: Writing;
}
export interface Application {
  person: Person;
  claims: { role: Role; number: PersonNumber }[];
  signing: boolean;
}
// Who was invited together, and the letter to each who has not applied.
export interface Batch {
  batch: number;
  opened_at: number;
  open: number; // cases that have not ended
}
export interface Batches {
  batches: Batch[];
  more: boolean; // there are older ones
}
export interface Letter {
  number: string;
  person: Pick<Person, "name" | "kana" | "address">;
  until: number;
}
export interface DayList {
  cases: Summary[];
  more: boolean; // others wait, less long
  unreadable: number; // are left out
}
export interface Letters {
  letters: Letter[];
  of: number; // people who were invited
  unreadable: number; // of them: their case cannot be read, so nobody knows whether one is due
}
export interface Line {
  what: string;
  at: number;
  clerk?: string; // by whose hand; none: a program's own
  claim?: number;
  order?: Order;
  code?: string;
  same_person?: boolean;
  reason?: string;
}
export interface Case extends Summary {
  signing: boolean;
  reason?: string; // why it was opened, as its kind has it
  uses?: Use[]; // whose PINs are set anew, of an unlock
  hands: string[]; // clerks who cannot approve it: `same_hand`
  approver?: boolean; // who asks has approved it, and neither makes the card nor hands it over
  parents?: Parent[]; // of a newborn
  filings?: Filing[];
  newborn?: { relation: string; card: boolean };
  signs?: number; // which parent is to sign now
  card?: CardWords; // of another authority's, once it has signed
  known?: Person; // by an earlier case
  invited?: Application; // what is known of somebody who is to apply
  person?: Person;
  claims: Claim[];
  can_make_anew?: boolean; // its keys: none of them counts yet
  can_cancel?: boolean; // before its card may be active, and the like
  health_care_number?: string;
  stop_code?: string; // on the slip; only in the answer to what gave the person one
  elsewhere?: string; // the municipality that deals with it, where that is another one
  progress: Progress[];
  lines: Line[];
}

// Without what is not there.
type Given<T> = { [K in keyof T]?: T[K] | undefined };
function given<T extends object>(from: Given<T>): T {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as T;
}

function read_order(object: JsonObject | undefined): Order | undefined {
  if (!object) return undefined;
  const members = new Members(object);
  const out = {
    kind: members.one_of("kind", order_kinds),
    item: members.integer("item", 0, claims_max),
  };
  members.finish();
  return out;
}

function optional_claim(members: Members): number | undefined {
  return members.has("claim") ? members.integer("claim", 0, claims_max) : undefined;
}

function read_todo(object: JsonObject): Todo {
  const members = new Members(object);
  const out = given<Todo>({
    step: members.one_of("step", steps),
    report: members.text("report", 40),
    actor: members.one_of("actor", actors),
    order: read_order(members.optional_object("order")),
    claim: optional_claim(members),
    refused: members.optional_text("refused", 64),
    since: members.time("since"),
    until: members.time("until"),
    late: members.boolean("late"),
    from: members.has("from") ? members.time("from") : undefined,
  });
  members.finish();
  return out;
}

function read_summary_members(members: Members): Summary {
  return given<Summary>({
    number: members.text("number", 20),
    kind: members.one_of("kind", case_kinds),
    opened_at: members.time("opened_at"),
    changed_at: members.time("changed_at"),
    name: members.optional_text("name", text_bytes_max),
    kana: members.optional_text("kana", text_bytes_max),
    cancelled: members.optional_text("cancelled", 1_000),
    todo: members.objects("todo", 2 * claims_max).map(read_todo),
  });
}

function read_summaries(members: Members): Summary[] {
  return members.objects("cases", cases_max).map((one) => {
    const summary = new Members(one);
    const read = read_summary_members(summary);
    summary.finish();
    return read;
  });
}

export function read_day(object: JsonObject): DayList {
  const members = new Members(object);
  const out = {
    cases: read_summaries(members),
    more: members.boolean("more"),
    unreadable: members.integer("unreadable", 0, cases_max),
  };
  members.finish();
  return out;
}

export function read_batches(object: JsonObject): Batches {
  const members = new Members(object);
  const batches = members.objects("batches", batches_max).map((one) => {
    const batch = new Members(one);
    const read = {
      batch: batch.integer("batch", 1, Number.MAX_SAFE_INTEGER),
      opened_at: batch.time("opened_at"),
      open: batch.integer("open", 1, letters_max),
    };
    batch.finish();
    return read;
  });
  const more = members.boolean("more");
  members.finish();
  if (more && batches.length === 0) refuse("batches: nothing comes before none");
  return { batches, more };
}

function read_letter(object: JsonObject): Letter {
  const members = new Members(object);
  const person = new Members(members.object("person"));
  const out = {
    number: members.text("number", 20),
    person: {
      name: person.text("name", text_bytes_max),
      kana: person.text("kana", text_bytes_max),
      address: person.text("address", 2 * text_bytes_max),
    },
    until: members.time("until"),
  };
  person.finish();
  members.finish();
  return out;
}

export function read_letters(object: JsonObject): Letters {
  const members = new Members(object);
  const out = {
    letters: members.objects("letters", letters_max).map(read_letter),
    of: members.integer("of", 1, letters_max),
    unreadable: members.integer("unreadable", 0, letters_max),
  };
  members.finish();
  if (out.letters.length + out.unreadable > out.of) refuse("there are more letters than people");
  return out;
}

function read_card(object: JsonObject): IssuedCard {
  const members = new Members(object);
  const out = given<IssuedCard>({
    card: members.integer("card", 1, cards_max),
    chip: members.optional_text("chip", 64),
    use: members.one_of("use", uses),
    status: members.one_of("status", statuses),
    not_after: members.time("not_after"),
    foreign: members.optional_boolean("foreign"),
  });
  members.finish();
  return out;
}

function read_known_person(object: JsonObject): KnownPerson {
  const members = new Members(object);
  const out = given<KnownPerson>({
    person: members.text("person", 20),
    name: members.optional_text("name", text_bytes_max),
    kana: members.optional_text("kana", text_bytes_max),
    birth_date: members.optional_date("birth_date"),
    cards: members.objects("cards", cards_max).map(read_card),
    cases: read_summaries(members),
    elsewhere: members.optional_text("elsewhere", 64),
  });
  members.finish();
  return out;
}

export function read_people(object: JsonObject): KnownPerson[] {
  const members = new Members(object);
  const out = members.objects("people", cases_max).map(read_known_person);
  members.finish();
  return out;
}

function read_uses(members: Members): Use[] | undefined {
  if (!members.has("uses")) return undefined;
  return members
    .texts("uses", uses.length)
    .map((text) => uses.find((one) => one === text) ?? refuse("a use is none of the known words"));
}

function read_person(object: JsonObject): Person {
  const members = new Members(object);
  const out = {
    name: members.text("name", text_bytes_max),
    kana: members.text("kana", text_bytes_max),
    sex: members.one_of("sex", sexes),
    address: members.text("address", 2 * text_bytes_max),
    birth_date: parse_date(members.text("birth_date", 10)),
  };
  members.finish();
  return out;
}

function read_number(object: JsonObject): PersonNumber {
  const members = new Members(object);
  const scheme = members.code("scheme");
  const from = members.object("fields");
  members.finish();
  const fields = new Members(from);
  const out: Record<string, string> = {};
  for (const name of Object.keys(from)) out[name] = fields.text(name, 200);
  return { scheme, fields: out };
}

const text_points_max = 256;

// [from, to, from, to]
function read_place(value: Json): Place {
  const numbers = Array.isArray(value) && value.length === 4 ? value : [];
  const [a, b, c, d] = numbers.map((one) =>
    typeof one === "number" && one >= 0 && one <= text_points_max ? one : undefined,
  );
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    return refuse("a place is not four numbers of a writing's characters");
  }
  return { first: [a, b], second: [c, d] };
}

function read_compared(object: JsonObject): Compared {
  const members = new Members(object);
  const out = given<Compared>({
    verdict: members.one_of("verdict", verdicts),
    rules: members.texts("rules", 40, 64),
    writing: members.optional_text("writing", 1_000),
    differences: members.has("differences")
      ? members.array("differences", 16).map(read_place)
      : [],
  });
  members.finish();
  return out;
}

// As docs/protocols/matching.md has it.
export function read_writing(object: JsonObject): Writing {
  const members = new Members(object);
  const verdict = members.one_of("verdict", verdicts);
  const current = members.boolean("current");
  const only_one = members.optional_boolean("only_one");
  members.optional_text("branch", 40); // of a number that was applied with without one
  const rules = members.has("rules") ? members.texts("rules", 40, 64) : [];
  const of_each = new Members(members.object("attributes"));
  members.finish();
  const out: Writing = { ...given({ only_one }), verdict, current, rules, attributes: {} };
  for (const name of attributes) {
    const one = of_each.optional_object(name);
    if (one) out.attributes[name] = read_compared(one);
  }
  of_each.finish();
  return out;
}

function read_claim(object: JsonObject): Claim {
  const members = new Members(object);
  const writing = members.optional_object("writing");
  const out = given<Claim>({
    role: members.one_of("role", roles),
    number: read_number(members.object("number")),
    finding: members.one_of("finding", findings),
    writing: writing && read_writing(writing),
  });
  members.finish();
  return out;
}

function read_card_words(object: JsonObject): CardWords {
  const members = new Members(object);
  const writing = members.optional_object("writing");
  const out = given<CardWords>({
    finding: members.one_of("finding", card_findings),
    writing: writing && read_writing(writing),
  });
  members.finish();
  return out;
}

function read_parent(object: JsonObject): Parent {
  const members = new Members(object);
  const out = {
    person: members.text("person", 20),
    name: members.text("name", text_bytes_max),
    address: members.text("address", 2 * text_bytes_max),
    insurers: members.objects("insurers", 64).map(read_number),
  };
  members.finish();
  return out;
}

function read_filing(object: JsonObject): Filing {
  const members = new Members(object);
  const out = given<Filing>({
    parent: members.integer("parent", 0, 1),
    insurer: read_number(members.object("insurer")),
    state: members.one_of("state", filing_states),
    claim: optional_claim(members),
    reason: members.optional_text("reason", 1_000),
  });
  members.finish();
  return out;
}

function read_newborn(object: JsonObject): { relation: string; card: boolean } {
  const members = new Members(object);
  const out = {
    relation: members.text("relation", text_bytes_max),
    card: members.boolean("card"),
  };
  members.finish();
  return out;
}

function read_application(object: JsonObject): Application {
  const members = new Members(object);
  const out = {
    person: read_person(members.object("person")),
    signing: members.boolean("signing"),
    claims: members.objects("claims", claims_max).map((one) => {
      const claim = new Members(one);
      const read = {
        role: claim.one_of("role", roles),
        number: read_number(claim.object("number")),
      };
      claim.finish();
      return read;
    }),
  };
  members.finish();
  return out;
}

function read_line(object: JsonObject): Line {
  const members = new Members(object);
  const out = given<Line>({
    what: members.one_of("what", happenings),
    at: members.time("at"),
    clerk: members.optional_text("clerk", 256),
    claim: optional_claim(members),
    order: read_order(members.optional_object("order")),
    code: members.optional_text("code", 64),
    same_person: members.optional_boolean("same_person"),
    reason: members.optional_text("reason", 1_000),
  });
  members.finish();
  return out;
}

function read_progress(object: JsonObject): Progress {
  const members = new Members(object);
  const out = given<Progress>({
    step: members.one_of("step", shown_steps),
    report: members.text("report", 40),
    state: members.one_of("state", states),
    at: members.has("at") ? members.time("at") : undefined,
    who: members.texts("who", 4, 40).map((who) => {
      return all_who.find((one) => one === who) ?? refuse("an unknown actor");
    }),
    online: members.optional_boolean("online"),
  });
  members.finish();
  return out;
}

export function read_case(object: JsonObject): Case {
  const members = new Members(object);
  const person = members.optional_object("person");
  const known = members.optional_object("known");
  const invited = members.optional_object("invited");
  const newborn = members.optional_object("newborn");
  const card = members.optional_object("card");
  const summary = read_summary_members(members);
  const out = given<Case>({
    ...summary,
    signing: members.boolean("signing"),
    reason: members.optional_text("reason", 40),
    uses: read_uses(members),
    hands: members.texts("hands", hands_max),
    approver: members.optional_boolean("approver"),
    parents: members.has("parents") ? members.objects("parents", 2).map(read_parent) : undefined,
    filings: members.has("filings") ? members.objects("filings", 8).map(read_filing) : undefined,
    newborn: newborn && read_newborn(newborn),
    signs: members.has("signs") ? members.integer("signs", 0, 1) : undefined,
    card: card && read_card_words(card),
    known: known && read_person(known),
    invited: invited && read_application(invited),
    person: person && read_person(person),
    claims: members.objects("claims", claims_max).map(read_claim),
    can_make_anew: members.optional_boolean("can_make_anew"),
    can_cancel: members.optional_boolean("can_cancel"),
    health_care_number: members.optional_text("health_care_number", 20),
    stop_code: members.optional_text("stop_code", 20),
    elsewhere: members.optional_text("elsewhere", 64),
    progress: members.objects("progress", progress_max).map(read_progress),
    lines: members.objects("lines", lines_max).map(read_line),
  });
  members.finish();
  const is_claim = ({ claim }: { claim?: number }) =>
    (claim ?? -1) < out.claims.length || (claim === card_place && out.card !== undefined);
  if (!out.todo.every(is_claim)) refuse("what is to do is about a claim that there is not");
  return out;
}
