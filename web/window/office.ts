// The issuer, as a window asks it: POST, JSON in and out, nothing of a person or a case in an
// address (docs/protocols/issuer.md).
import { parse_utf8, type Bytes } from "../shared/bytes";
import { exchange, type Fetcher } from "../shared/country";
import { Members, parse_json_object, type JsonObject } from "../shared/json";
import { checked, refuse, type Result } from "../shared/result";
import { read_invited, type Invited } from "./invite/invited";
import {
  read_batches,
  read_case,
  read_day,
  read_letters,
  read_people,
  type Application,
  type Batch,
  type Batches,
  type Case,
  type CaseKind,
  type DayList,
  type KnownPerson,
  type Letters,
  type Order,
  type Person,
  type PersonNumber,
  type Role,
  type Use,
} from "./record";

const answer_bytes_max = 4 * 1024 * 1024;
const limits = { text_bytes_max: answer_bytes_max, values_max: 200_000 };
// The case has gone on, or there is none; or it is not for this clerk, or not for this person.
export const refusals = [
  ...["too_early", "too_late", "unexpected", "no_case", "no_question"],
  ...["same_hand", "other_case", "other_person", "no_card", "no_newborn"],
  ...["too_young", "hidden_character", "other_office", "already_answered", "known_person"],
  "searches_missed",
];

export type Happening =
  | {
      what: "applied";
      person: Person;
      claims: { role: Role; number: PersonNumber }[];
      signing: boolean;
      newborn?: { relation: string; card: boolean; parent: number; insurer: PersonNumber };
    }
  | { what: "parent_named"; parent: { person: string } }
  | { what: "filed_elsewhere"; parent: number; insurer: PersonNumber }
  | { what: "corrected"; claim: number; number: PersonNumber }
  | { what: "taken_out"; claim: number }
  | { what: "try_again" | "waived"; order: Order }
  | { what: "handed_over" | "found" | "given_up" | "approved" | "new_slip" }
  | { what: "cancelled"; reason: string };

// What the agent is handed: its address, and the fields of the form, one of them the document.
export interface ToSign {
  agent: string;
  form: Record<string, string>;
}
const outcomes = [
  ...(["decided", "cancelled", "not_valid", "other_card", "stopped", "unavailable"] as const),
  ...(["changed", "signed"] as const),
  // Of a card of another authority's.
  ...(["proven", "unlisted", "registered", "no_words", "not_theirs"] as const),
] as const;
export interface Returned {
  number: string;
  outcome?: (typeof outcomes)[number]; // of a decision
  registers?: boolean; // no decision: a card of another authority's has signed
}

// About an entry of this office's; who it was, where the case says so.
export interface Question {
  id: string;
  asked_at: number;
  deadline: number;
  text: string;
  request?: { at: number };
  number?: string; // of the case
  operator?: string; // the clerk
  answer?: { text: string; at: number };
}

export type Search =
  | { number: string }
  | { health_care_number: string }
  | { birth_date: string; kana: string };

// A case for somebody who is known: by the number of any case of theirs.
export interface Opening {
  kind: CaseKind;
  person?: string; // none: whom this centre does not know yet
  reason?: string;
  uses?: Use[];
}

export class Office {
  constructor(private readonly fetcher: Fetcher) {}

  // Without `asked` a first card, of whom nobody knows yet.
  open(asked?: Opening): Promise<Result<Case>> {
    return this.ask("/cases/open", asked ?? {}, read_case);
  }
  day(): Promise<Result<DayList>> {
    return this.ask("/cases/day", {}, read_day);
  }
  // A case for each of them, but for whoever is known.
  invite(people: Application[]): Promise<Result<Invited>> {
    return this.ask("/cases/invite", { people }, (answer) => read_invited(answer, people.length));
  }
  // The newest, or those before that one.
  batches(before?: Batch): Promise<Result<Batches>> {
    return this.ask("/cases/batches", before ? { before: before.batch } : {}, read_batches);
  }
  letters(batch: number): Promise<Result<Letters>> {
    return this.ask("/cases/letters", { batch }, read_letters);
  }
  people(search: Search): Promise<Result<KnownPerson[]>> {
    return this.ask("/people/find", search, read_people);
  }
  show(number: string): Promise<Result<Case>> {
    return this.ask("/cases/show", { number }, read_case);
  }
  act(number: string, happening: Happening): Promise<Result<Case>> {
    return this.ask("/cases/act", { number, happening }, read_case);
  }
  // A session of the issuing centre with a card: the agent's address with it, to go to.
  card(number: string, anew = false): Promise<Result<string>> {
    return this.ask("/cases/card", anew ? { number, anew } : { number }, read_session);
  }

  decide(number: string, claim: number, same_person: boolean): Promise<Result<ToSign>> {
    return this.ask("/cases/decide", { number, claim, same_person }, read_to_sign);
  }
  // Of a newborn: by the parent whose turn it is.
  sign(number: string): Promise<Result<ToSign>> {
    return this.ask("/cases/sign", { number }, read_to_sign);
  }
  // With a card of another authority's: an address of the agent's first, for its log-in key.
  sign_with_existing(number: string): Promise<Result<ToSign | string>> {
    return this.ask("/cases/sign", { number }, read_to_sign_or_go);
  }
  // From the agent: which case it was, once.
  returned(): Promise<Result<Returned | undefined>> {
    return this.ask("/cases/returned", {}, read_returned);
  }

  questions(): Promise<Result<Question[]>> {
    return this.ask("/questions/list", {}, read_questions);
  }
  answer(id: string, text: string): Promise<Result<undefined>> {
    return this.ask("/questions/answer", { id, text }, () => undefined);
  }

  private async ask<T>(path: string, body: object, read: (object: JsonObject) => T) {
    const answer = await exchange(
      this.fetcher,
      path,
      answer_bytes_max,
      JSON.stringify(body),
      refusals,
    );
    if (!answer.ok) return answer;
    return checked("answer_invalid", () => read(parse(answer.value)));
  }
}

function read_session(object: JsonObject): string {
  const members = new Members(object);
  members.text("session");
  members.array("pins", 2);
  const to = members.text("to", 2_000);
  members.finish();
  return to;
}

function parse(bytes: Bytes): JsonObject {
  return parse_json_object(parse_utf8(bytes), limits);
}

const document_bytes_max = 16 * 1024;

function read_to_sign(object: JsonObject): ToSign {
  const members = new Members(object);
  const agent = members.text("agent");
  const fields = members.object("form");
  members.finish();
  const of_form = new Members(fields);
  const form = Object.fromEntries(
    Object.keys(fields).map((name) => [name, of_form.text(name, document_bytes_max)]),
  );
  if (form.document === undefined) refuse("there is nothing to sign");
  return { agent, form };
}

function read_to_sign_or_go(object: JsonObject): ToSign | string {
  const members = new Members(object);
  if (!members.has("to")) return read_to_sign(object);
  const to = members.text("to", 4_000);
  members.finish();
  return to;
}

function read_returned(object: JsonObject): Returned | undefined {
  const members = new Members(object);
  if (!members.has("number")) {
    members.finish();
    return undefined;
  }
  const out: Returned = { number: members.text("number", 20) };
  if (members.has("outcome")) out.outcome = members.one_of("outcome", outcomes);
  if (members.has("registers")) out.registers = members.boolean("registers");
  members.finish();
  return out;
}

const question_bytes_max = 6_000;
const questions_max = 200;

function read_request(object: JsonObject): { at: number } {
  const members = new Members(object);
  members.code("service");
  const out = { at: members.time("at") };
  members.finish();
  return out;
}

function read_answer(object: JsonObject): { text: string; at: number } {
  const members = new Members(object);
  const out = { text: members.text("text", question_bytes_max), at: members.time("at") };
  members.finish();
  return out;
}

function read_question(object: JsonObject): Question {
  const members = new Members(object);
  const request = members.optional_object("request");
  const answer = members.optional_object("answer");
  const number = members.optional_text("number", 20);
  const operator = members.optional_text("operator", 400);
  const out: Question = {
    id: members.text("id", 64),
    asked_at: members.time("asked_at"),
    deadline: members.time("deadline"),
    text: members.text("text", question_bytes_max),
    ...(request && { request: read_request(request) }),
    ...(answer && { answer: read_answer(answer) }),
    ...(number !== undefined && { number }),
    ...(operator !== undefined && { operator }),
  };
  members.finish();
  return out;
}

function read_questions(object: JsonObject): Question[] {
  const members = new Members(object);
  const out = members.objects("questions", questions_max).map(read_question);
  members.boolean("more");
  members.finish();
  return out;
}
