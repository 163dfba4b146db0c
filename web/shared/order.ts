// Heads, orders, receipts, mandates and sealings: what is signed and committed to
// (docs/protocols/request.md, order.md, mandate.md). Bytes are checked as they came, never made
// again from what was read.
import {
  base64url,
  concat,
  hash_of,
  parse_base64url,
  parse_utf8,
  u64,
  utf8,
  type Bytes,
  type Hash,
} from "./bytes";
import type { Directory, Participant } from "./directory";
import { Members, parse_json_object, type JsonObject } from "./json";
import {
  parse_jws,
  read_jwk,
  verify_jws,
  type Certificate,
  type Jws,
  type PublicKey,
} from "./keys";
import { refuse } from "./result";
import {
  leaf_hash,
  open_checkpoint,
  origin_of,
  proof_length_max,
  verify_inclusion,
  type Checkpoint,
} from "./tlog";

export const presences = ["card-pin", "card-seen", "number", "none"] as const;
export type Presence = (typeof presences)[number];
export const mandate_kinds = ["login", "check", "consent", "delegate", "application"] as const;
export type MandateKind = (typeof mandate_kinds)[number];
export const outcomes = ["answered", "no_match", "several_match", "refused", "failed"] as const;
export type Outcome = (typeof outcomes)[number];

export const ask_lifetime_s = 60;
export const clock_skew_s = 60;
export const position_max = 16;
export const subject_bytes_max = 8 * 1024;
export const order_bytes_max = 16 * 1024;
const head_bytes_max = 8 * 1024;
export const mandate_bytes_max = 4 * 1024;
const sealing_bytes_max = 2 * 1024;

// ---- head ----

export type Target = { holder: string } | { kind: string; position: number };

export interface Head {
  issuer: string;
  audience: string;
  jti: string;
  issued_at: number;
  expires: number;
  to: Target;
  service: string;
  purpose: string;
  seal_to: PublicKey;
  parameters: Record<string, string>;
  payload_hash?: Hash;
  person_operator?: Hash; // "operator": salted hash of the one who asked
  card_seen: boolean;
  sealing?: string; // JWS of a sealing authority
  jws: Jws;
}

function read_target(object: JsonObject): Target {
  const members = new Members(object);
  const out = members.has("holder")
    ? { holder: members.code("holder") }
    : { kind: members.code("kind"), position: members.integer("position", 1, position_max) };
  members.finish();
  return out;
}

function read_parameters(object: JsonObject): Record<string, string> {
  const names = Object.keys(object);
  if (names.length > 8) refuse("too many parameters");
  const members = new Members(object);
  return Object.fromEntries(
    names.map((name) => {
      if (utf8(name).length > 40) refuse("a parameter's name is too long");
      return [name, members.text(name, 64)];
    }),
  );
}

function read_jti(members: Members): string {
  const bytes = members.bytes("jti", 16);
  return bytes.length === 16 ? base64url(bytes) : refuse("jti has not 128 bits");
}

// Not yet verified.
export function parse_head(compact: string): Head {
  const jws = parse_jws(compact, "mado-head+jws", head_bytes_max);
  const members = new Members(parse_json_object(parse_utf8(jws.payload)));
  const payload_hash = members.optional_hash("payload_hash");
  const person_operator = members.optional_hash("operator");
  const sealing = members.optional_text("sealing", sealing_bytes_max);
  const presence = members.has("presence") && members.one_of("presence", ["card-seen"]);
  const out: Head = {
    issuer: members.code("iss"),
    audience: members.code("aud"),
    jti: read_jti(members),
    issued_at: members.time("iat"),
    expires: members.time("exp"),
    to: read_target(members.object("to")),
    service: members.code("service"),
    purpose: members.code("purpose"),
    seal_to: read_jwk(members.object("seal_to")),
    parameters: read_parameters(members.object("parameters")),
    ...(payload_hash === undefined ? {} : { payload_hash }),
    ...(person_operator === undefined ? {} : { person_operator }),
    ...(sealing === undefined || sealing === "" ? {} : { sealing }),
    card_seen: presence !== false,
    jws,
  };
  members.finish();
  if (out.seal_to.type !== "p256") refuse("seal_to is not a P-256 key");
  return out;
}

// The key by which this participant may have signed; none when the directory does not list it.
export function signing_key(participant: Participant | undefined, jws: Jws): PublicKey | undefined {
  return jws.key_id === undefined ? undefined : participant?.signing_keys.get(jws.key_id);
}

// The organisation that it names has signed it, with a key that the directory lists for it.
export async function verify_head(head: Head, directory: Directory): Promise<void> {
  const why = "a request that its organisation did not sign";
  const issuer = directory.participants.get(head.issuer);
  const key = signing_key(issuer, head.jws) ?? refuse(why);
  await verify_jws(head.jws, key, why);
}

// What `operator` holds; the organisation opens it when it is questioned.
export function commit_operator(salt: Hash, name: string): Promise<Hash> {
  return hash_of(utf8("mado/operator/1\n"), parse_base64url(salt), utf8(name));
}

// ---- mandate ----

export interface Mandate {
  audience: string;
  organisation: string;
  kind: MandateKind;
  scope: string[];
  issued_at: number;
  expires: number;
  delegate?: Hash; // of a delegate: x5t#S256 of the other person's certificate
  payload_hashes: Hash[]; // of an application
  jws: Jws;
}

export function parse_mandate(compact: string): Mandate {
  const jws = parse_jws(compact, "mado-mandate+jws", mandate_bytes_max);
  if (jws.certificate === undefined) refuse("a mandate must name the card's certificate");
  const members = new Members(parse_json_object(parse_utf8(jws.payload)));
  const out: Mandate = {
    audience: members.code("aud"),
    organisation: members.code("for"),
    kind: members.one_of("kind", mandate_kinds),
    scope: members.texts("scope", 32, 64),
    issued_at: members.time("iat"),
    expires: members.time("exp"),
    payload_hashes: members.has("payload_hashes") ? members.hashes("payload_hashes", 32) : [],
    jws,
  };
  members.text("nonce", 64);
  members.optional_hash("stop");
  const delegate = members.optional_hash("delegate");
  members.finish();
  if (out.scope.length === 0) refuse("a mandate without scope");
  if ((delegate !== undefined) !== (out.kind === "delegate")) {
    refuse("a mandate names a delegate when it is for one, and only then");
  }
  if (out.payload_hashes.length > 0 !== (out.kind === "application")) {
    refuse("a mandate names payloads when it is an application, and only then");
  }
  return delegate === undefined ? out : { ...out, delegate };
}

export function verify_mandate(mandate: Mandate, card: Certificate, why: string): Promise<void> {
  return verify_jws(mandate.jws, card.key, why);
}

// ---- sealing ----

export interface Sealing {
  authority: string;
  until: number;
}

const sealing_lifetime_s_max = 7 * 86_400;
const sealed_s_max = 3 * 366 * 86_400;

// Signed by a sealing authority of the directory for this request, and in its time.
export async function verify_sealing(
  compact: string,
  request: { directory: Directory; requester: string; service: string; time: number },
): Promise<Sealing> {
  const why = "an entry was sealed without a sealing authority's order";
  const jws = parse_jws(compact, "mado-sealing+jws", sealing_bytes_max);
  const members = new Members(parse_json_object(parse_utf8(jws.payload)));
  const authority = members.code("iss");
  const audience = members.code("aud");
  const organisation = members.code("for");
  const service = members.code("service");
  read_jti(members);
  members.hash("subject");
  const until = members.time("until");
  const issued_at = members.time("iat");
  const expires = members.time("exp");
  members.finish();
  const { directory, time } = request;
  const signer = directory.participants.get(authority);
  if (signer?.kind !== "sealing-authority") refuse(why);
  await verify_jws(jws, signing_key(signer, jws) ?? refuse(why), why);
  const is_for_it =
    audience === directory.relay.id &&
    organisation === request.requester &&
    service === request.service;
  const lifetime = expires - issued_at;
  const is_in_time =
    lifetime > 0 &&
    lifetime <= sealing_lifetime_s_max &&
    until - issued_at <= sealed_s_max &&
    until > time &&
    issued_at <= time + clock_skew_s &&
    time < expires;
  return is_for_it && is_in_time ? { authority, until } : refuse(why);
}

// ---- order ----

export interface Order {
  id: string;
  time: number;
  relay: string;
  holder: string;
  policy: string;
  presence: Presence;
  keep_until: number;
  head: string; // the JWS, verbatim
  subject: Hash;
  number: Hash | null;
  person: Hash;
}

export function parse_order(text: string): Order {
  const members = new Members(parse_json_object(text, { text_bytes_max: order_bytes_max }));
  if (!members.has("number")) refuse("an order has no number");
  const number = members.any("number") === null ? null : members.hash("number");
  const out: Order = {
    id: members.text("id", 64),
    time: members.time("time"),
    relay: members.code("relay"),
    holder: members.code("holder"),
    policy: members.code("policy"),
    presence: members.one_of("presence", presences),
    keep_until: members.time("keep_until"),
    head: members.text("head", order_bytes_max),
    subject: members.hash("subject"),
    number,
    person: members.hash("person"),
  };
  members.finish();
  return out;
}

type Committed = "subject" | "number" | "person";

// SHA-256(tag ‖ salt ‖ bytes).
export function commit(what: Committed, salt: Hash, bytes: Uint8Array): Promise<Hash> {
  return hash_of(utf8(`mado/${what}/1\n`), parse_base64url(salt), bytes);
}

export function commit_person(salt: Hash, link_number: Bytes, seq: number): Promise<Hash> {
  return commit("person", salt, concat(link_number, u64(seq)));
}

// Of a sealed entry: no running number yet, and the date on which it opens.
export function commit_sealed_person(salt: Hash, link_number: Bytes, until: number) {
  return commit("person", salt, concat(link_number, u64(0), u64(until)));
}

// What an entry of the log is the SHA-256 of; `kind` is "order", "refused", ….
export function opened_entry(kind: string, salt: Hash, content: Uint8Array): Bytes {
  return concat(utf8(`mado/${kind}/1\n`), parse_base64url(salt), content);
}

export function log_entry(kind: string, salt: Hash, content: Uint8Array): Promise<Hash> {
  return hash_of(opened_entry(kind, salt, content));
}

// ---- receipt ----

export interface Receipt {
  order: Bytes;
  salt: Hash;
  index: number;
  proof: Hash[];
  checkpoint: string; // signed note
  raw: JsonObject; // as it came, to show to others
}

export function read_receipt(object: JsonObject): Receipt {
  const members = new Members(object);
  const out = {
    order: members.bytes("order", order_bytes_max),
    salt: members.hash("salt"),
    index: members.integer("index"),
    proof: members.hashes("proof", proof_length_max),
    checkpoint: members.text("checkpoint", 16 * 1024),
    raw: object,
  };
  members.finish();
  return out;
}

// Is the entry at its index of the checkpoint's tree?
export async function is_proven(
  entry: Hash,
  index: number,
  proof: Hash[],
  checkpoint: Checkpoint,
): Promise<boolean> {
  const leaf = await leaf_hash(parse_base64url(entry));
  const hashes = proof.map(parse_base64url);
  return verify_inclusion(leaf, index, checkpoint.size, hashes, checkpoint.root);
}

interface VerifiedReceipt {
  order: Order;
  entry: Hash;
}

// The order's entry is at `index` under a checkpoint signed by a log of the directory.
export async function verify_receipt(
  receipt: Receipt,
  directory: Directory,
): Promise<VerifiedReceipt> {
  const log = directory.logs.get(origin_of(receipt.checkpoint));
  if (!log) return refuse("the checkpoint is of a log that the directory does not name");
  const checkpoint = await open_checkpoint(receipt.checkpoint, log.key);
  const entry = await log_entry("order", receipt.salt, receipt.order);
  if (!(await is_proven(entry, receipt.index, receipt.proof, checkpoint))) {
    refuse("the order is not at this index of the log");
  }
  return { order: parse_order(parse_utf8(receipt.order)), entry };
}
