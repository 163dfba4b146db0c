// What the relay was told about a person (docs/protocols/issuing.md), as it shows it with the
// entry: the payload as it was sent, and the key that opens it (as lib/client/told.cpp). The sender
// has signed the payload's hash, so that neither can be another.
import { hash_of, parse_base64url, parse_utf8, utf8, type Bytes, type Hash } from "./bytes";
import { Members, parse_json_object, type Json, type JsonObject } from "./json";
import { issuer_of, open_jwe_with, read_certificate } from "./keys";
import type { Head } from "./order";
import { refuse } from "./result";

export const told_bytes_max = 32 * 1024; // of a whole request
const numbers_max = 16; // in each of a tell's lists
const certificates_max = 4;

// A person's number as it is compared: its fields normalised, those that are absent left out.
export interface Numbered {
  scheme: string;
  fields: Record<string, string>;
}
export interface ToldLink {
  what: "link";
  act: "first" | "start" | "end" | "correct";
  numbers: Numbered[];
  was?: Numbered; // of "correct": in whose place the number is
}
export interface ToldCard {
  what: "card";
  act: "activate" | "suspend" | "resume" | "revoke" | "reset";
  certificates: Hash[];
  issuers: Map<Hash, string>; // of "activate": by whom each was issued
}
export type Told = ToldLink | ToldCard;

// Equal for equal numbers.
export function key_of({ scheme, fields }: Numbered): string {
  return JSON.stringify([scheme, ...Object.entries(fields).sort()]);
}

// As wire::normalise: NFKC, upper case, no spaces or hyphens and nothing invisible.
function normalise(text: string): string {
  const dropped = /[\p{Pd}\p{Zs}\p{Zl}\p{Zp}\p{Cc}\u2212]/gu;
  const upper = (one: string) => {
    const large = one.toUpperCase();
    return [...large].length === 1 ? large : one;
  };
  const shown = text.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  return [...shown.replace(dropped, "")].map(upper).join("").normalize("NFKC");
}

function number_of(scheme: string, fields: JsonObject): Numbered {
  const out: Numbered = { scheme, fields: {} };
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string") return refuse("a number has a field that is no text");
    const normal = normalise(value);
    if (normal !== "") out.fields[name] = normal;
  }
  return out;
}

export function read_numbered(members: Members): Numbered {
  return number_of(members.text("scheme", 40), members.object("fields"));
}

function read_told_number(object: JsonObject): Numbered {
  const members = new Members(object);
  const out = read_numbered(members);
  // Judged by the relay: it names an order of the sender's.
  members.optional_object("confirmation");
  members.finish();
  return out;
}

// By which number of its own the sender knows the person: with the first link it is linked too.
function own_number(subject: Bytes): Numbered {
  const members = new Members(parse_json_object(parse_utf8(subject)));
  const { scheme, ...fields } = members.object("own");
  members.finish();
  if (typeof scheme !== "string") return refuse("a number without its scheme");
  return number_of(scheme, fields);
}

function read_link(act: ToldLink["act"], members: Members, subject: Bytes): ToldLink {
  const numbers = ["numbers", "given"].flatMap((list) =>
    members.has(list) ? members.objects(list, numbers_max).map(read_told_number) : [],
  );
  const everybodys = members.optional_text("health_care_number", 80);
  if (everybodys !== undefined) {
    numbers.push(number_of("health-care-number", { number: everybodys }));
  }
  const was = act === "correct" ? read_told_number(members.object("was")) : undefined;
  members.finish();
  if (numbers.length === 0) refuse("no number was told");
  if (act === "first") numbers.push(own_number(subject));
  return { what: "link", act, numbers, ...(was ? { was } : {}) };
}

async function read_card(act: ToldCard["act"], members: Members): Promise<ToldCard> {
  const out: ToldCard = { what: "card", act, certificates: [], issuers: new Map() };
  if (act === "activate") {
    for (const text of members.texts("certificates", certificates_max, 16 * 1024)) {
      const der = parse_base64url(text);
      const { thumbprint } = await read_certificate(der);
      out.certificates.push(thumbprint);
      out.issuers.set(thumbprint, issuer_of(der));
    }
  } else {
    out.certificates = members.hashes("certificates", certificates_max);
  }
  members.finish();
  if (out.certificates.length === 0) refuse("no certificate was told");
  return out;
}

const link_acts = ["first", "start", "end", "correct"] as const;
const card_acts = ["activate", "suspend", "resume", "revoke", "reset"] as const;

function one_of<T extends string>(act: Json | undefined, acts: readonly T[]): T {
  return acts.find((one) => one === act) ?? refuse("the relay was told what it does not take");
}

// `subject`: the order's, by which number the sender knows the person.
export async function open_told(
  head: Head,
  subject: Bytes,
  payload: string,
  payload_key: Bytes,
): Promise<Told> {
  if ((await hash_of(utf8(payload))) !== head.payload_hash) {
    refuse("what the relay was told is not what the sender signed");
  }
  const text = await open_jwe_with(payload, payload_key, told_bytes_max);
  const members = new Members(parse_json_object(text));
  const { act } = head.parameters;
  if (head.service === "link") return read_link(one_of(act, link_acts), members, subject);
  if (head.service === "card") return read_card(one_of(act, card_acts), members);
  return refuse("the relay was told what it does not take");
}
