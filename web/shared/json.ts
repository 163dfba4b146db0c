// Strict, bounded JSON (as lib/base/json.hpp): JSON.parse keeps the last of two equal names
// silently, and takes fractions and lone surrogates. Members reads an object so that no member is
// overlooked: whatever was not taken is an unknown member.
import { fits_utf8, parse_base64url, parse_hash, type Bytes, type Hash } from "./bytes";
import { refuse } from "./result";

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

export interface JsonLimits {
  text_bytes_max?: number;
  depth_max?: number;
  values_max?: number;
}

const text_bytes_default = 64 * 1024;
const depth_default = 8;
const values_default = 4096;
const time_max = 253_402_300_799;

const integer = /^-?(0|[1-9]\d{0,15})$/;
const word = /[^\s"{}[\]:,]+/y;

// The index of the quotation mark that ends the text that begins at `start`.
function end_of_text(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === "\\") ++escapes;
    if (escapes % 2 === 0) return at;
  }
  return refuse("not valid JSON");
}

function check_word(found: string): void {
  const is_number = /^[-\d]/.test(found);
  if (is_number && !(integer.test(found) && Number.isSafeInteger(Number(found)))) {
    refuse("JSON number is not an integer of 53 bits");
  }
}

// Looks at the text before it is parsed, for depth and number of values cost memory. Returns how
// many members the text declares.
function survey(text: string, depth_max: number, values_max: number): number {
  let [members, depth, values] = [0, 0, 0];
  for (let at = 0; at < text.length; ++at) {
    const one = text[at]!;
    if (one === ":") {
      ++members;
    } else if (one === "{" || one === "[") {
      if (++depth > depth_max) refuse("JSON is nested too deeply");
      ++values;
    } else if (one === "}" || one === "]") {
      --depth;
    } else if (one === '"') {
      at = end_of_text(text, at);
      ++values;
    } else if (one !== ",") {
      word.lastIndex = at;
      const found = word.exec(text)?.[0];
      if (found === undefined) continue; // white space
      check_word(found);
      at += found.length - 1;
      ++values;
    }
  }
  // Names are strings too.
  if (values - members > values_max) refuse("JSON has too many values");
  return members;
}

// How many members a value has, with all that is in it.
function count_members(value: Json): number {
  if (typeof value === "string") {
    if (/\p{Surrogate}/u.test(value)) refuse("JSON has half a character");
    return 0;
  }
  if (value === null || typeof value !== "object") return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + count_members(one), 0);
  return Object.entries(value).reduce(
    (sum, [name, one]) => sum + 1 + count_members(name) + count_members(one),
    0,
  );
}

export function parse_json(text: string, limits: JsonLimits = {}): Json {
  if (!fits_utf8(text, limits.text_bytes_max ?? text_bytes_default)) {
    refuse("JSON text is too large");
  }
  const depth_max = limits.depth_max ?? depth_default;
  const members = survey(text, depth_max, limits.values_max ?? values_default);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return refuse("not valid JSON");
  }
  // RFC 8259 section 4 leaves equal names open: a tree with fewer members than the text declares
  // had a name twice.
  if (members !== count_members(value)) refuse("JSON has a member twice");
  return value;
}

export function is_object(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function as_object(value: Json | undefined, what = "JSON"): JsonObject {
  return is_object(value) ? value : refuse(`${what} is not an object`);
}

export function parse_json_object(text: string, limits: JsonLimits = {}): JsonObject {
  return as_object(parse_json(text, limits));
}

// A day that there is.
export function parse_date(text: string): string {
  const time = Date.parse(`${text}T00:00:00Z`);
  const real = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time);
  // 2026-02-30 is read as 2 March by lenient readers.
  if (!real || new Date(time).toISOString().slice(0, 10) !== text) {
    refuse("a member is not a date YYYY-MM-DD");
  }
  return text;
}

function parse_month(text: string): string {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : refuse("a member is not a month YYYY-MM");
}

// A code of a closed list: an organisation, a kind, a service, a purpose, a policy row.
export function parse_code(text: string): string {
  return /^[a-z0-9][a-z0-9.-]{0,63}$/.test(text) ? text : refuse("a member is not a code");
}

export class Members {
  private readonly taken = new Set<string>();
  constructor(private readonly from: JsonObject) {}

  has(name: string): boolean {
    return Object.hasOwn(this.from, name);
  }
  any(name: string): Json | undefined {
    this.taken.add(name);
    return this.has(name) ? this.from[name] : undefined;
  }
  optional_text(name: string, bytes_max = 256): string | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value === "string" && fits_utf8(value, bytes_max)) return value;
    return refuse("a member is not a text of the allowed length");
  }
  text(name: string, bytes_max = 256): string {
    return this.optional_text(name, bytes_max) ?? refuse("a required member is missing");
  }
  code(name: string): string {
    return parse_code(this.text(name, 64));
  }
  one_of<T extends string>(name: string, among: readonly T[]): T {
    const text = this.text(name, 64);
    return among.find((one) => one === text) ?? refuse("a member is none of the known words");
  }
  integer(name: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.any(name);
    if (value === undefined) return refuse("a required member is missing");
    if (typeof value === "number" && value >= min && value <= max) return value;
    return refuse("a member is not an integer in the allowed range");
  }
  // In seconds; what lies after the year 9999 is no time, and no calendar shows it.
  time(name: string): number {
    return this.integer(name, 0, time_max);
  }
  optional_boolean(name: string): boolean | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === "boolean") return value;
    return refuse("a member is not true or false");
  }
  boolean(name: string): boolean {
    return this.optional_boolean(name) ?? refuse("a required member is missing");
  }
  bytes(name: string, bytes_max: number): Bytes {
    return parse_base64url(this.text(name, Math.floor((bytes_max * 4 + 2) / 3)));
  }
  hash(name: string): Hash {
    return parse_hash(this.text(name, 43));
  }
  optional_hash(name: string): Hash | undefined {
    const text = this.optional_text(name, 43);
    return text === undefined ? undefined : parse_hash(text);
  }
  hashes(name: string, count_max: number): Hash[] {
    return this.texts(name, count_max, 43).map(parse_hash);
  }
  optional_date(name: string): string | undefined {
    const text = this.optional_text(name, 10);
    return text === undefined ? undefined : parse_date(text);
  }
  month(name: string): string {
    return parse_month(this.text(name, 7));
  }
  array(name: string, count_max: number): Json[] {
    const value = this.any(name);
    if (value === undefined) return refuse("a required member is missing");
    if (Array.isArray(value) && value.length <= count_max) return value;
    return refuse("a member is not a list of the allowed length");
  }
  objects(name: string, count_max: number): JsonObject[] {
    return this.array(name, count_max).map((one) => as_object(one, "an element"));
  }
  texts(name: string, count_max: number, bytes_max = 256): string[] {
    return this.array(name, count_max).map((one) => {
      if (typeof one === "string" && fits_utf8(one, bytes_max)) return one;
      return refuse("a list has an element that is not a text of the allowed length");
    });
  }
  optional_object(name: string): JsonObject | undefined {
    const value = this.any(name);
    return value === undefined ? undefined : as_object(value, "a member");
  }
  object(name: string): JsonObject {
    return this.optional_object(name) ?? refuse("a required member is missing");
  }
  // Nothing was overlooked.
  finish(): void {
    for (const name of Object.keys(this.from)) {
      if (!this.taken.has(name)) refuse("unknown member");
    }
  }
}
