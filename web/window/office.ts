// The issuer, as a window asks it: POST, JSON in and out, nothing of a person or a case in an
// address (docs/protocols/issuer.md).
import { parse_utf8, type Bytes } from "../shared/bytes";
import { exchange, type Fetcher } from "../shared/country";
import { Members, parse_json_object, type JsonObject } from "../shared/json";
import { checked, refuse, type Result } from "../shared/result";
import {
  read_case,
  read_list,
  type Case,
  type Order,
  type Person,
  type PersonNumber,
  type Role,
  type Summary,
} from "./record";

const answer_bytes_max = 4 * 1024 * 1024;
const limits = { text_bytes_max: answer_bytes_max, values_max: 200_000 };
// Of /cases/act and /cases/show: the case has gone on, or there is none.
const refusals = ["too_early", "too_late", "unexpected", "no_case"];

export type Happening =
  | {
      what: "applied";
      person: Person;
      claims: { role: Role; number: PersonNumber }[];
      signing: boolean;
    }
  | { what: "corrected"; claim: number; number: PersonNumber }
  | { what: "taken_out"; claim: number }
  | { what: "try_again" | "waived"; order: Order }
  | { what: "handed_over" }
  | { what: "cancelled"; reason: string };

// What the agent is handed: its address, and the fields of the form, one of them the document.
export interface ToSign {
  agent: string;
  form: Record<string, string>;
}
const outcomes = [
  ...(["decided", "cancelled", "not_valid", "other_card", "stopped", "unavailable"] as const),
  "changed",
] as const;
export interface Returned {
  number: string;
  outcome: (typeof outcomes)[number];
}

export type Search = { number: string } | { birth_date: string; kana: string };

export class Office {
  constructor(private readonly fetcher: Fetcher) {}

  open(): Promise<Result<Case>> {
    return this.ask("/cases/open", {}, read_case);
  }
  day(): Promise<Result<Summary[]>> {
    return this.ask("/cases/day", {}, read_list);
  }
  search(search: Search): Promise<Result<Summary[]>> {
    return this.ask("/cases/search", search, read_list);
  }
  show(number: string): Promise<Result<Case>> {
    return this.ask("/cases/show", { number }, read_case);
  }
  act(number: string, happening: Happening): Promise<Result<Case>> {
    return this.ask("/cases/act", { number, happening }, read_case);
  }

  decide(number: string, claim: number, same_person: boolean): Promise<Result<ToSign>> {
    return this.ask("/cases/decide", { number, claim, same_person }, read_to_sign);
  }
  // From the agent: which case it was, once.
  returned(): Promise<Result<Returned | undefined>> {
    return this.ask("/cases/returned", {}, read_returned);
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

function read_returned(object: JsonObject): Returned | undefined {
  const members = new Members(object);
  if (!members.has("number")) {
    members.finish();
    return undefined;
  }
  const out = { number: members.text("number", 20), outcome: members.one_of("outcome", outcomes) };
  members.finish();
  return out;
}
