// The issuer, as a window asks it: POST, JSON in and out, nothing of a person or a case in an
// address (docs/protocols/issuer.md).
import { parse_utf8, type Bytes } from "../shared/bytes";
import { exchange, type Fetcher } from "../shared/country";
import { Members, parse_json_object, type JsonObject } from "../shared/json";
import { checked, type Result } from "../shared/result";
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
  | { what: "decided"; claim: number; same_person: boolean; decision: string }
  | { what: "corrected"; claim: number; number: PersonNumber }
  | { what: "taken_out"; claim: number }
  | { what: "try_again" | "waived"; order: Order }
  | { what: "handed_over" }
  | { what: "cancelled"; reason: string };

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
  // A session of the issuing centre with a card: the agent's address with it, to go to.
  card(number: string): Promise<Result<string>> {
    return this.ask("/cases/card", { number }, read_session);
  }
  // The case whose card was written, for a page that the agent has come back to; said once.
  returned(): Promise<Result<string | undefined>> {
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

function read_session(object: JsonObject): string {
  const members = new Members(object);
  members.text("session");
  const to = members.text("to", 2_000);
  members.finish();
  return to;
}

function read_returned(object: JsonObject): string | undefined {
  const members = new Members(object);
  const number = members.optional_text("number", 20);
  members.finish();
  return number;
}

function parse(bytes: Bytes): JsonObject {
  return parse_json_object(parse_utf8(bytes), limits);
}
