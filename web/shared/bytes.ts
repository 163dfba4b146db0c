// Bytes and their texts. One text stands for the same bytes only: what is not canonical is refused.
import { or_refuse, refuse } from "./result";

export type Bytes = Uint8Array<ArrayBuffer>;
// SHA-256 in base64url, as the protocols write it. Read strictly, so `===` compares hashes.
export type Hash = string;

const hash_text = /^[A-Za-z0-9_-]{43}$/;

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

// Refuses what is not UTF-8; a byte order mark stays a character.
export function parse_utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("a text is not UTF-8");
  }
}

// Without making them, where the number of characters decides already.
export function fits_utf8(text: string, bytes_max: number): boolean {
  if (text.length > bytes_max) return false;
  return text.length * 3 <= bytes_max || utf8(text).length <= bytes_max;
}

export function concat(...parts: Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function same_bytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

const url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const standard_alphabet = `${url_alphabet.slice(0, 62)}+/`;

// 255 stands for a character that is none of them.
function values_of(alphabet: string): Uint8Array {
  const out = new Uint8Array(128).fill(255);
  for (let i = 0; i < 64; ++i) out[alphabet.charCodeAt(i)] = i;
  return out;
}
const url_values = values_of(url_alphabet);
const standard_values = values_of(standard_alphabet);

function encode(bytes: Uint8Array, alphabet: string): string {
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const count = Math.min(bytes.length - i, 3) + 1;
    for (let k = 0; k < count; ++k) pieces.push(alphabet[(group >> (18 - 6 * k)) & 63]!);
  }
  return pieces.join("");
}

function decode(text: string, values: Uint8Array): Bytes {
  if (text.length % 4 === 1) refuse("base64 text has an impossible length");
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let bits = 0;
  let group = 0;
  for (let i = 0; i < text.length; ++i) {
    const value = values[text.charCodeAt(i)] ?? 255;
    if (value > 63) refuse("character outside the base64 alphabet");
    group = ((group << 6) | value) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = (group >> bits) & 255;
  }
  // RFC 4648 section 3.5: unused bits must be zero, else two texts would mean the same bytes.
  if ((group & ((1 << bits) - 1)) !== 0) refuse("base64 text has set trailing bits");
  return out;
}

export function base64url(bytes: Uint8Array): string {
  return encode(bytes, url_alphabet);
}

export function parse_base64url(text: string): Bytes {
  return decode(text, url_values);
}

export function base64(bytes: Uint8Array): string {
  const out = encode(bytes, standard_alphabet);
  return out + "=".repeat((4 - (out.length % 4)) % 4);
}

export function parse_base64(text: string): Bytes {
  if (text.length % 4 !== 0) refuse("base64 text has no whole number of groups");
  return decode(text.replace(/={1,2}$/, ""), standard_values);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function parse_hex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(text)) refuse("text is not lower-case hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function parse_hash(text: string): Hash {
  if (!hash_text.test(text)) refuse("a hash is not 32 bytes in base64url");
  parse_base64url(text); // trailing bits
  return text;
}

export async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  const whole = parts.length === 1 ? parts[0]! : concat(...parts);
  return or_refuse("a hash could not be made", async () => {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", whole as Bytes));
  });
}

export async function hash_of(...parts: Uint8Array[]): Promise<Hash> {
  return base64url(await sha256(...parts));
}

// Eight bytes, big-endian.
export function u64(value: number): Bytes {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}
