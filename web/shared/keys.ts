// Public keys, and what is signed or sealed with them. The registered key says which algorithm
// counts, never the signed text: RFC 8725 section 3.1.
import {
  CompactEncrypt,
  calculateJwkThumbprint,
  compactDecrypt,
  compactVerify,
  importJWK,
  type JWK,
} from "jose";
import {
  base64url,
  concat,
  hash_of,
  hex,
  parse_base64url,
  parse_utf8,
  utf8,
  type Bytes,
  type Hash,
} from "./bytes";
import { Members, parse_json_object, type JsonLimits, type JsonObject } from "./json";
import { or_refuse, refuse } from "./result";

type Algorithm = "ES256" | "ES384" | "RS256";
type KeyType = "p256" | "p384" | "rsa";

const algorithm_of: Record<KeyType, Algorithm> = { p256: "ES256", p384: "ES384", rsa: "RS256" };
const rsa_bytes_min = 256;
const rsa_bytes_max = 512;

// A directory may hold half a million keys, of which a page uses three: imported when used. An
// EC point that is not on its curve is found then, by WebCrypto.
export class PublicKey {
  private imported: Promise<CryptoKey> | undefined;
  constructor(
    readonly type: KeyType,
    readonly jwk: JWK | undefined,
    private readonly load: () => Promise<CryptoKey>,
  ) {}
  get algorithm(): Algorithm {
    return algorithm_of[this.type];
  }
  crypto_key(): Promise<CryptoKey> {
    this.imported ??= or_refuse("a public key is none", this.load);
    return this.imported;
  }
  // RFC 7638.
  async thumbprint(): Promise<Hash> {
    const { jwk } = this;
    if (!jwk) return refuse("this key has no thumbprint");
    return or_refuse("a public key is none", () => calculateJwkThumbprint(jwk, "sha256"));
  }
}

// Members that other programs add to a JWK grant nothing here, but may not contradict the key.
function read_notes(members: Members, type: KeyType): void {
  members.optional_text("kid");
  const use = members.optional_text("use", 8);
  if (use !== undefined && use !== "sig" && use !== "enc") refuse('"use" is neither sig nor enc');
  const alg = members.optional_text("alg", 32);
  const fits = alg === algorithm_of[type] || (type === "p256" && alg === "ECDH-ES");
  if (alg !== undefined && !fits) refuse('"alg" does not fit the key');
  if (members.has("key_ops")) members.texts("key_ops", 8, 32);
  members.optional_boolean("ext");
}

// The full width, leading zeros included (RFC 7518 section 6.2.1.2).
function coordinate(members: Members, name: string, width: number): string {
  const bytes = members.bytes(name, width);
  if (bytes.length !== width) refuse("a coordinate does not have the curve's width");
  return base64url(bytes);
}

function read_numbers(members: Members): { type: KeyType; jwk: JWK } {
  const kty = members.text("kty", 8);
  if (kty === "EC") {
    const crv = members.one_of("crv", ["P-256", "P-384"]);
    const width = crv === "P-256" ? 32 : 48;
    const x = coordinate(members, "x", width);
    const y = coordinate(members, "y", width);
    return { type: crv === "P-256" ? "p256" : "p384", jwk: { crv, kty, x, y } };
  }
  if (kty !== "RSA") return refuse('"kty" is neither EC nor RSA');
  const n = members.bytes("n", rsa_bytes_max);
  const e = members.bytes("e", 8);
  if (n.length < rsa_bytes_min || n[0] === 0) refuse("an RSA key has an impossible length");
  return { type: "rsa", jwk: { e: base64url(e), kty, n: base64url(n) } };
}

export function read_jwk(object: JsonObject): PublicKey {
  const members = new Members(object);
  const { type, jwk } = read_numbers(members);
  read_notes(members, type);
  members.finish();
  return new PublicKey(type, jwk, async () => {
    return (await importJWK(jwk, algorithm_of[type])) as CryptoKey;
  });
}

// ---- JWS ----

export interface Jws {
  algorithm: string;
  type: string;
  key_id?: string;
  certificate?: Hash; // x5t#S256
  payload: Bytes;
  compact: string;
}

const header_chars_max = 4096;
const header_limits: JsonLimits = { text_bytes_max: 3072, depth_max: 3, values_max: 64 };

function split(compact: string, count: number, bytes_max: number, what: string): string[] {
  if (compact.length > bytes_max) refuse(`${what} is too large`);
  const parts = compact.split(".");
  if (parts.length !== count) refuse(`${what} has not ${count} parts`);
  if (parts[0]!.length > header_chars_max) refuse(`${what} has too large a header`);
  return parts;
}

function header_of(part: string): Members {
  return new Members(parse_json_object(parse_utf8(parse_base64url(part)), header_limits));
}

// The form only. Unknown members of the header are refused: with them crit, jku, jwk, x5u, x5c.
export function parse_jws(compact: string, type: string, bytes_max: number): Jws {
  const [header, payload, signature] = split(compact, 3, bytes_max, "a JWS");
  const members = header_of(header!);
  const algorithm = members.one_of("alg", ["ES256", "ES384", "RS256"]);
  const found = members.optional_text("typ", 64) ?? "";
  const key_id = members.optional_text("kid");
  const certificate = members.optional_hash("x5t#S256");
  members.optional_text("cty", 64);
  members.finish();
  if (key_id !== undefined && certificate !== undefined) refuse("a JWS header names two keys");
  if (found !== type) refuse(`not of the type ${type}`);
  const signed = parse_base64url(signature!).length;
  if (signed === 0 || signed > rsa_bytes_max) refuse("a JWS signature has an impossible length");
  return {
    algorithm,
    type,
    ...(key_id === undefined ? {} : { key_id }),
    ...(certificate === undefined ? {} : { certificate }),
    payload: parse_base64url(payload!),
    compact,
  };
}

export async function verify_jws(jws: Jws, key: PublicKey, why: string): Promise<void> {
  if (jws.algorithm !== key.algorithm) refuse(why);
  const imported = await key.crypto_key();
  await or_refuse(why, () => compactVerify(jws.compact, imported, { algorithms: [key.algorithm] }));
}

// ---- JWE ----

function check_jwe(compact: string, bytes_max: number): void {
  const parts = split(compact, 5, bytes_max, "a JWE");
  const members = header_of(parts[0]!);
  members.one_of("alg", ["ECDH-ES"]);
  members.one_of("enc", ["A256GCM"]);
  if (read_jwk(members.object("epk")).type !== "p256") refuse("a JWE's key is not P-256");
  members.optional_text("kid");
  members.optional_text("cty", 128);
  if (members.has("apu")) members.bytes("apu", 256);
  if (members.has("apv")) members.bytes("apv", 256);
  members.finish();
  // RFC 7516 section 5.1 step 5: with direct key agreement there is no encrypted key.
  if (parts[1] !== "") refuse("a JWE has an encrypted key");
  const [iv, sealed, tag] = parts.slice(2).map(parse_base64url);
  if (iv!.length !== 12 || tag!.length !== 16) refuse("a JWE has another IV or tag");
  if (sealed!.length === 0) refuse("a JWE has nothing in it");
}

export async function open_jwe(compact: string, key: CryptoKey, bytes_max: number) {
  check_jwe(compact, bytes_max);
  const opened = await or_refuse("a JWE does not open with this key", () =>
    compactDecrypt(compact, key, {
      keyManagementAlgorithms: ["ECDH-ES"],
      contentEncryptionAlgorithms: ["A256GCM"],
    }),
  );
  return parse_utf8(opened.plaintext);
}

// With the key of this one JWE's content: to see what somebody else was sent.
export async function open_jwe_with(compact: string, content_key: Bytes, bytes_max: number) {
  check_jwe(compact, bytes_max);
  const why = "what the relay was told does not open with the key that it shows";
  if (content_key.length !== 32) refuse(why);
  const [header, , iv, sealed, tag] = compact.split(".");
  const algorithm = {
    name: "AES-GCM",
    iv: parse_base64url(iv!),
    additionalData: utf8(header!), // RFC 7516 section 5.1 step 14
  };
  const plain = await or_refuse(why, async () => {
    const key = await crypto.subtle.importKey("raw", content_key, "AES-GCM", false, ["decrypt"]);
    const whole = concat(parse_base64url(sealed!), parse_base64url(tag!));
    return crypto.subtle.decrypt(algorithm, key, whole);
  });
  return parse_utf8(new Uint8Array(plain));
}

export async function seal_jwe(plain: Bytes, key: PublicKey, kid: string): Promise<string> {
  if (key.type !== "p256") refuse("a sealing key is not P-256");
  const { jwk } = key;
  const imported = await or_refuse("a public key is none", () => importJWK(jwk!, "ECDH-ES"));
  return new CompactEncrypt(plain)
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM", kid })
    .encrypt(imported);
}

// ---- certificates ----

// The contents of a DER element (ITU-T X.690 section 8.1), and the bytes after it.
interface Element {
  tag: number;
  whole: Bytes;
  inside: Bytes;
  after: Bytes;
}

function element(bytes: Bytes): Element {
  const tag = bytes[0] ?? refuse("a certificate ends too early");
  let length = bytes[1] ?? refuse("a certificate ends too early");
  let start = 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 3) refuse("a certificate has an impossible length");
    length = 0;
    for (let i = 0; i < count; ++i) length = length * 256 + (bytes[start + i] ?? 0);
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) refuse("a certificate ends too early");
  const inside = bytes.slice(start, end);
  return { tag, whole: bytes.slice(0, end), inside, after: bytes.slice(end) };
}

function sequence(bytes: Bytes): Element {
  const one = element(bytes);
  return one.tag === 0x30 ? one : refuse("a certificate has another form");
}

// RFC 5280 section 4.1: version, serial number, algorithm, issuer, validity, subject, key.
function key_info(der: Bytes): Element {
  const certificate = sequence(der);
  if (certificate.after.length > 0) refuse("something stands behind a certificate");
  let rest = sequence(certificate.inside).inside;
  if (rest[0] === 0xa0) rest = element(rest).after;
  for (let i = 0; i < 5; ++i) rest = element(rest).after;
  return sequence(rest);
}

// Whose name stands in it as that of who issued it: the bytes, as hexadecimal.
export function issuer_of(der: Bytes): string {
  let rest = sequence(sequence(der).inside).inside;
  if (rest[0] === 0xa0) rest = element(rest).after;
  for (let i = 0; i < 2; ++i) rest = element(rest).after;
  return hex(sequence(rest).whole);
}

const oids = {
  p256: "06072a8648ce3d020106082a8648ce3d030107",
  p384: "06072a8648ce3d020106052b81040022",
  rsa: "06092a864886f70d0101010500",
} as const;
const import_algorithms = {
  p256: { name: "ECDSA", namedCurve: "P-256" },
  p384: { name: "ECDSA", namedCurve: "P-384" },
  rsa: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const;
const certificate_bytes_max = 16 * 1024;

export interface Certificate {
  thumbprint: Hash; // x5t#S256
  key: PublicKey;
}

// Whose it is and who issued it is not looked at here.
export async function read_certificate(der: Bytes): Promise<Certificate> {
  if (der.length > certificate_bytes_max) refuse("a certificate is too large");
  const info = key_info(der);
  const algorithm = sequence(info.inside).inside;
  const oid = hex(algorithm);
  const type = (["p256", "p384", "rsa"] as const).find((one) => oids[one] === oid);
  if (!type) return refuse("a certificate has a key that we do not know");
  const key = new PublicKey(type, undefined, () =>
    crypto.subtle.importKey("spki", info.whole, import_algorithms[type], false, ["verify"]),
  );
  await key.crypto_key();
  return { thumbprint: await hash_of(der), key };
}

// ---- what a page makes itself ----

export interface SealTo {
  private_key: CryptoKey; // never leaves WebCrypto: not extractable
  public_key: PublicKey;
}

// One for one request: two answers cannot be joined by it.
export async function make_seal_to(): Promise<SealTo> {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, [
    "deriveBits",
  ]);
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return {
    private_key: pair.privateKey,
    public_key: read_jwk({ crv: crv!, kty: kty!, x: x!, y: y! }),
  };
}
