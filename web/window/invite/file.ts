// A file of people to invite, as ./mado issue invite takes it (docs/protocols/issuer.md):
// {"people": [application, …]}. The issuer refuses a batch whole, without saying for whom; here
// everything that it would refuse is found first, and said by the person's place in the file.
import { fits_utf8, parse_utf8, type Bytes } from "../../shared/bytes";
import { is_object, parse_date, parse_json } from "../../shared/json";
import type { Json, JsonObject } from "../../shared/json";
import { Refused } from "../../shared/result";
import { text_of, type Values } from "../../shared/words";
import { mistakes_of } from "../number_fields";
import { forms, number_of } from "../numbers";
import { roles, sexes, type Application, type Person, type Role } from "../record";
import { invited_max } from "./invited";

// As apps/issuer/window.hpp has them.
export const most = invited_max.toLocaleString("en-US");
const values_max = 100 * invited_max;
export const file_bytes_max = 2 * 1024 * 1024;
const text_bytes_max = 256;

export interface OfPerson {
  place: number; // in the file, from 1
  name: string; // "": none that can be read
  texts: string[]; // what is wrong
}
export type InvitationFile =
  | { people: Application[] }
  | { whole: string } // what is wrong with the file
  | { of_people: OfPerson[] };

// Public expense the person brings to the window, and decides about.
const invited_roles = roles.filter((role) => role !== "public-expense");

// What no eye sees where it stands, and what is drawn as nothing (lib/base/printable.cpp). One
// variation selector may follow a Han character.
const han = "\\u3005-\\u3007\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uF900-\\uFAFF\\u{20000}-\\u{3FFFD}";
const selected = new RegExp(`(?<=[${han}])[\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]`, "gu");
const unseen =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFB\u{F0000}-\u{10FFFF}]/gu;

export function shows_all(text: string): boolean {
  return text.replace(selected, "").search(unseen) < 0;
}

// Of a text in the file as much as is shown.
const shown_max = 40;
function short(text: string): string {
  const shown = text.replace(unseen, "\uFFFD");
  return [...shown].length <= shown_max ? shown : [...shown].slice(0, shown_max).join("") + "…";
}

// As a clerk calls it, and as it stands in the file.
function named(words: string, member: string): string {
  return text_of(words) + text_of("window.in_brackets", { what: member });
}

// Gathers what is wrong with one person: whoever mends the file sees all of it at once.
class Reader {
  readonly texts: string[] = [];

  say(key: string, values: Values = {}): void {
    this.texts.push(text_of(`window.file_${key}`, values));
  }
  // With these members and no others.
  object(value: Json | undefined, where: string, names: readonly string[]): JsonObject {
    if (!is_object(value)) {
      this.say("object", { name: where });
      return {};
    }
    for (const name of Object.keys(value)) {
      if (!names.includes(name)) this.say("unknown", { name: short(name), where });
    }
    return value;
  }
  text(value: Json | undefined, name: string, bytes_max: number): string {
    if (typeof value !== "string") {
      this.say(value === undefined ? "missing" : "not_text", { name });
      return "";
    }
    if (!fits_utf8(value, bytes_max)) this.say("long", { name });
    else if (!shows_all(value)) this.say("hidden", { name });
    return value.trim();
  }
  filled(value: Json | undefined, name: string, bytes_max: number): string {
    const text = this.text(value, name, bytes_max);
    if (typeof value === "string" && text === "") this.say("missing", { name });
    return text;
  }
}

function is_day(text: string): boolean {
  try {
    return parse_date(text) === text;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

const attribute_names = ["name", "kana", "sex", "address", "birth_date"] as const;

function read_person(value: Json | undefined, in_file: Reader): Person {
  const label = (name: string) => named(`window.attribute_${name}`, name);
  const from = in_file.object(value, "person", attribute_names);
  const is_there = is_object(value);
  const text = (name: "name" | "address", bytes_max: number) =>
    is_there ? in_file.filled(from[name], label(name), bytes_max) : "";
  const name = text("name", text_bytes_max);
  // Some have no reading.
  const kana = is_there ? in_file.text(from.kana, label("kana"), text_bytes_max) : "";
  const address = text("address", 2 * text_bytes_max);
  const sex = sexes.find((one) => one === from.sex);
  if (is_there && !sex) in_file.say("sex", { name: label("sex") });
  const birth_date = from.birth_date;
  const is_born = typeof birth_date === "string" && is_day(birth_date);
  if (is_there && !is_born) in_file.say("birth_date", { name: label("birth_date") });
  return { name, kana, address, sex: sex ?? "female", birth_date: is_born ? birth_date : "" };
}

type Claim = Application["claims"][number];

function read_fields(role: Role, value: Json | undefined, in_file: Reader) {
  const where = named(`window.role_${role}`, "fields");
  const names = forms[role].fields.map(({ name }) => name);
  const fields = in_file.object(value, where, names);
  const typed: Record<string, string> = {};
  let is_text = is_object(value);
  for (const [name, one] of Object.entries(fields)) {
    if (!names.includes(name)) continue;
    if (typeof one === "string") typed[name] = one;
    else {
      is_text = false;
      in_file.say("not_text", { name: named(`window.field_${role}_${name}`, name) });
    }
  }
  if (is_text) in_file.texts.push(...mistakes_of("", role, typed).map(({ text }) => text));
  return typed;
}

function read_claim(value: Json, in_file: Reader): Claim | undefined {
  const claim = in_file.object(value, "claims", ["role", "number"]);
  if (!is_object(value)) return undefined;
  if (claim.role === "public-expense") {
    in_file.say("public_expense");
    return undefined;
  }
  const role = invited_roles.find((one) => one === claim.role);
  if (!role) {
    in_file.say("role");
    return undefined;
  }
  const where = named(`window.role_${role}`, "number");
  const number = in_file.object(claim.number, where, ["scheme", "fields"]);
  if (!is_object(claim.number)) return undefined;
  const { scheme } = forms[role];
  if (number.scheme !== scheme) {
    in_file.say("scheme", { name: named(`window.role_${role}`, "scheme"), scheme });
  }
  return { role, number: number_of(role, read_fields(role, number.fields, in_file)) };
}

// The form at the window has one of each.
function read_claims(value: Json | undefined, in_file: Reader): Claim[] {
  if (!Array.isArray(value)) {
    in_file.say("list", { name: "claims" });
    return [];
  }
  const all = value.slice(0, roles.length + 1).flatMap((one) => read_claim(one, in_file) ?? []);
  for (const role of invited_roles) {
    if (all.filter((one) => one.role === role).length > 1) {
      in_file.say("role_twice", { name: named(`window.role_${role}`, "role") });
    }
  }
  return all.sort((one, other) => roles.indexOf(one.role) - roles.indexOf(other.role));
}

function read_application(value: Json, in_file: Reader): Application {
  const from = in_file.object(value, "people", ["person", "claims", "signing"]);
  const nobody = { name: "", kana: "", address: "", sex: "female", birth_date: "" } as const;
  if (!is_object(value)) return { person: nobody, claims: [], signing: false };
  const person = read_person(from.person, in_file);
  const claims = read_claims(from.claims, in_file);
  if (typeof from.signing !== "boolean") in_file.say("signing", { name: "signing" });
  return { person, claims, signing: from.signing === true };
}

export interface Where {
  municipality?: string | undefined; // whose window it is; none: the centre's own
  name_of: (id: string) => string; // of a municipality
}

// Two cases of one person, and whoever is registered elsewhere.
function look_at_resident(one: Application, at: Where, before: Map<string, number>, place: number) {
  const out = new Reader();
  const resident = one.claims.find(({ role }) => role === "resident")?.number.fields;
  if (!resident) return out.texts;
  const { municipality = "", number = "" } = resident;
  // For life, and the municipality's only by where somebody lives.
  const first = before.get(number);
  if (first !== undefined) out.say("same", { place: first });
  else if (number !== "") before.set(number, place);
  if (at.municipality !== undefined && municipality !== "" && municipality !== at.municipality) {
    out.say("other_office", { name: at.name_of(municipality) });
  }
  return out.texts;
}

function read_people(all: Json[], at: Where): InvitationFile {
  const people: Application[] = [];
  const of_people: OfPerson[] = [];
  const before = new Map<string, number>();
  all.forEach((value, i) => {
    const in_file = new Reader();
    const one = read_application(value, in_file);
    const texts = [...in_file.texts, ...look_at_resident(one, at, before, i + 1)];
    if (texts.length > 0) of_people.push({ place: i + 1, name: short(one.person.name), texts });
    people.push(one);
  });
  return of_people.length > 0 ? { of_people } : { people };
}

function whole(key: string, values: Values = {}): InvitationFile {
  return { whole: text_of(`window.wrong_file_${key}`, { most, ...values }) };
}
// What refuses is none, and that is wrong with the file.
function parsed<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

export function read_file(bytes: Bytes, at: Where): InvitationFile {
  if (bytes.length > file_bytes_max) return whole("large");
  const text = parsed(() => parse_utf8(bytes).replace(/^\uFEFF/, ""));
  if (text === undefined) return whole("utf8");
  const limits = { text_bytes_max: file_bytes_max, values_max };
  const value = parsed(() => parse_json(text, limits));
  if (value === undefined) return whole("json");
  const people = is_object(value) && Object.keys(value).length === 1 ? value.people : undefined;
  if (!Array.isArray(people)) return whole("people");
  if (people.length === 0) return whole("empty");
  if (people.length > invited_max) return whole("many", { count: people.length });
  return read_people(people, at);
}

// A file as it may be, for whoever makes one.
export const example = {
  people: [
    {
      person: {
        ...{ name: "厚労 次郎", kana: "コウロウ ジロウ", sex: "male" },
        ...{ address: "九十九県A市上山4-5-6", birth_date: "1990-02-03" },
      },
      claims: [
        {
          role: "resident",
          number: {
            scheme: "resident-number",
            fields: { municipality: "992011", number: "12345678903" },
          },
        },
      ],
      signing: true,
    },
  ],
};
