// The public log: C2SP signed notes and checkpoints with Ed25519, cosignatures of witnesses, and
// RFC 9162 proofs (docs/protocols/log.md). Sizes go to 2^48, so no bit operators on them.
import {
  base64,
  base64url,
  fits_utf8,
  parse_base64,
  parse_base64url,
  parse_hex,
  same_bytes,
  sha256,
  utf8,
  type Bytes,
  type Hash,
} from "./bytes";
import { or_refuse, refuse } from "./result";

export const tree_size_max = 2 ** 48;
export const proof_length_max = 63;
export const note_bytes_max = 128 * 1024;
const note_signatures_max = 64;
export const witnesses_max = 64;
// How far a witness's clock may be ahead of ours.
const cosignature_skew_s = 60;

// ---- hashes and proofs ----

export function leaf_hash(entry: Uint8Array): Promise<Bytes> {
  return sha256(Uint8Array.of(0), entry);
}

function node_hash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(Uint8Array.of(1), left, right);
}

const is_odd = (n: number) => n % 2 === 1;
const half = (n: number) => Math.floor(n / 2);
const is_power_of_two = (n: number) => Number.isInteger(Math.log2(n)) && 2 ** Math.log2(n) === n;

// RFC 9162 section 2.1.3.2. False for anything that does not fit, also absurd sizes.
export async function verify_inclusion(
  leaf: Bytes,
  index: number,
  size: number,
  proof: Bytes[],
  root: Bytes,
): Promise<boolean> {
  if (size > tree_size_max || index >= size || proof.length > proof_length_max) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (is_odd(node) || node === last) {
      hash = await node_hash(sibling, hash);
      // A last node without a right sibling rises until it is a right child.
      while (!is_odd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = await node_hash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same_bytes(hash, root);
}

// RFC 9162 section 2.1.4.2. An old size of 0 is false: nothing can be proved from an empty tree.
export async function verify_consistency(
  older: { size: number; root: Bytes },
  newer: { size: number; root: Bytes },
  proof: Bytes[],
): Promise<boolean> {
  if (older.size === 0 || older.size > newer.size || newer.size > tree_size_max) return false;
  if (older.size === newer.size) return proof.length === 0 && same_bytes(older.root, newer.root);
  if (proof.length === 0 || proof.length > proof_length_max) return false;
  // Step 2: a complete old tree is itself the first node of the path.
  const path = is_power_of_two(older.size) ? [older.root, ...proof] : proof;
  let [node, last] = [older.size - 1, newer.size - 1];
  while (is_odd(node)) [node, last] = [half(node), half(last)];
  let [before, after] = [path[0]!, path[0]!];
  for (const one of path.slice(1)) {
    if (last === 0) return false;
    if (is_odd(node) || node === last) {
      before = await node_hash(one, before);
      after = await node_hash(one, after);
      while (!is_odd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      after = await node_hash(after, one);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same_bytes(before, older.root) && same_bytes(after, newer.root);
}

// ---- notes ----

// What a key signs: a log notes (0x01), a witness a note and a time (0x04). One key has another id
// for each.
export type VerifierType = 0x01 | 0x04;

export interface Verifier {
  name: string;
  id: number;
  raw_key: Bytes; // Ed25519
}

interface NoteSignature {
  name: string;
  id: number;
  signature: Bytes;
}

interface Note {
  text: string; // ends in a newline
  signatures: NoteSignature[];
}

// signed-note, "Format": no ASCII control characters other than newline.
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0009\u000b-\u001f]/;
// Unicode White_Space, plus, control characters.
const not_in_names =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0020+\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const signature_start = "— ";

function read_u32(bytes: Bytes): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function check_name(name: string): string {
  if (name === "" || not_in_names.test(name)) refuse("a note has an impossible key name");
  return name;
}

async function key_id(name: string, type: VerifierType, key: Bytes): Promise<number> {
  return read_u32(await sha256(utf8(`${name}\n`), Uint8Array.of(type), key));
}

// "<name>+<8 hex>+<base64>".
export async function parse_verifier(vkey: string, type: VerifierType): Promise<Verifier> {
  const [name = "", id_text = "", ...rest] = vkey.split("+");
  const id_bytes = parse_hex(id_text);
  if (id_bytes.length !== 4) refuse("a verifier key's id is not 8 hex digits");
  const material = parse_base64(rest.join("+")); // base64 may hold a plus
  if (material[0] !== type) refuse("a verifier key is of another signature type");
  if (material.length !== 33) refuse("a verifier key is not Ed25519");
  const raw_key = material.slice(1);
  const id = await key_id(check_name(name), type, raw_key);
  if (id !== read_u32(id_bytes)) refuse("a verifier key's id is not that of its name and key");
  return { name, id, raw_key };
}

function parse_signature(line: string): NoteSignature {
  if (!line.startsWith(signature_start)) refuse("a note's signature line has another start");
  const [name = "", text, ...more] = line.slice(signature_start.length).split(" ");
  if (text === undefined || more.length > 0) refuse("a note's signature line has other parts");
  const bytes = parse_base64(text!);
  if (bytes.length <= 4) refuse("a note's signature is too short");
  return { name: check_name(name), id: read_u32(bytes), signature: bytes.slice(4) };
}

export function parse_note(note: string): Note {
  if (!fits_utf8(note, note_bytes_max)) refuse("a note is too long");
  if (control.test(note)) refuse("a note has control characters");
  // The last empty line separates: the text may hold others.
  const end = note.lastIndexOf("\n\n");
  if (end < 0) refuse("a note has no empty line before signatures");
  if (!note.endsWith("\n")) refuse("a note does not end in a newline");
  const below = note.slice(end + 2, -1);
  if (below === "") refuse("a note has no signature");
  const lines = below.split("\n");
  if (lines.length > note_signatures_max) refuse("a note has too many signatures");
  return { text: note.slice(0, end + 1), signatures: lines.map(parse_signature) };
}

async function is_signed(verifier: Verifier, text: string, signature: Bytes): Promise<boolean> {
  return or_refuse("a verifier key is none", async () => {
    const { raw_key } = verifier;
    const key = await crypto.subtle.importKey("raw", raw_key, "Ed25519", false, ["verify"]);
    return crypto.subtle.verify("Ed25519", key, signature, utf8(text));
  });
}

// signed-note, "Signatures": name and id must be the known key's, else the line is ignored.
function lines_of(note: Note, verifier: Verifier): Bytes[] {
  return note.signatures
    .filter((one) => one.id === verifier.id && one.name === verifier.name)
    .map((one) => one.signature);
}

async function verify_note(note: Note, verifier: Verifier): Promise<void> {
  const lines = lines_of(note, verifier);
  for (const line of lines) {
    if (line.length !== 64 || !(await is_signed(verifier, note.text, line))) {
      refuse("a note's signature is wrong");
    }
  }
  if (lines.length === 0) refuse("a note lacks the signature of the wanted key");
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
}

function parse_number(text: string): number {
  const value = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : refuse("a log's number is none");
}

function parse_checkpoint(text: string): Checkpoint {
  const [origin, size, root, ...extensions] = text.slice(0, -1).split("\n");
  if (!origin || size === undefined || root === undefined) refuse("a checkpoint lacks a line");
  if (extensions.includes("")) refuse("a checkpoint has an empty extension line");
  const bytes = parse_base64(root!);
  if (bytes.length !== 32) refuse("a checkpoint's root is no hash");
  return { origin: origin!, size: parse_number(size!), root: bytes };
}

// signed-note: the text is nothing before its signature is verified.
export async function open_checkpoint(note_text: string, log: Verifier): Promise<Checkpoint> {
  const note = parse_note(note_text);
  await verify_note(note, log);
  const checkpoint = parse_checkpoint(note.text);
  if (checkpoint.origin !== log.name) refuse("a checkpoint's origin is not the log's name");
  if (checkpoint.size > tree_size_max) refuse("a checkpoint is of too large a tree");
  return checkpoint;
}

// The first line of a checkpoint: it only chooses which key must have signed.
export function origin_of(note_text: string): string {
  return note_text.slice(0, Math.max(note_text.indexOf("\n"), 0));
}

// ---- witnesses ----

export interface Cosignature {
  witness: string;
  time: number;
}

export interface Quorum {
  witnesses: Verifier[];
  needed: number;
}

export function check_quorum(quorum: Quorum): Quorum {
  const { witnesses, needed } = quorum;
  if (needed > witnesses.length) refuse("the quorum is larger than the number of witnesses");
  const names = new Set(witnesses.map((one) => one.name));
  const keys = new Set(witnesses.map((one) => base64url(one.raw_key)));
  // Who has two voices would count twice.
  if (names.size < witnesses.length || keys.size < witnesses.length) {
    refuse("two witnesses have one name or one key");
  }
  return quorum;
}

// The newest time at which this witness cosigned that counts: tlog-cosignature, "Format".
async function newest_time(note: Note, witness: Verifier, now: number): Promise<number> {
  let newest = 0;
  for (const line of lines_of(note, witness)) {
    if (line.length !== 72) refuse("a cosignature has another length");
    const time = new DataView(line.buffer, line.byteOffset).getBigUint64(0);
    if (time > 2n ** 63n - 1n) refuse("a cosignature's time is out of range");
    const message = `cosignature/v1\ntime ${time}\n${note.text}`;
    if (!(await is_signed(witness, message, line.slice(8)))) refuse("a cosignature is wrong");
    if (time <= BigInt(Math.floor(now) + cosignature_skew_s)) {
      newest = Math.max(newest, Number(time));
    }
  }
  return newest;
}

interface Cosigned {
  checkpoint: Checkpoint;
  cosignatures: Cosignature[];
  enough: boolean; // as many witnesses as the quorum needs
}

// Refuses what is not the log's, and a note in which a signature of a known key is wrong.
export async function open_cosigned(
  note_text: string,
  log: Verifier,
  quorum: Quorum,
  now: number,
): Promise<Cosigned> {
  const checkpoint = await open_checkpoint(note_text, log);
  const note = parse_note(note_text);
  const cosignatures: Cosignature[] = [];
  for (const witness of quorum.witnesses) {
    const time = await newest_time(note, witness, now);
    if (time > 0) cosignatures.push({ witness: witness.name, time });
  }
  return { checkpoint, cosignatures, enough: cosignatures.length >= quorum.needed };
}

// ---- proof files ----

// c2sp.org/tlog-proof@v1: what anybody's tool checks. `extra`: what the entry is the SHA-256 of.
interface LogProof {
  extra?: Bytes;
  index: number;
  proof: Hash[];
  checkpoint: string; // signed note
}
const extra_bytes_max = 16 * 1024;

export function log_proof_text(proof: LogProof): string {
  if (proof.extra && proof.extra.length > extra_bytes_max) refuse("extra data are too long");
  const extra = proof.extra ? `extra ${base64(proof.extra)}\n` : "";
  const hashes = proof.proof.map((one) => `${base64(parse_base64url(one))}\n`).join("");
  const top = `c2sp.org/tlog-proof@v1\n${extra}index ${proof.index}\n${hashes}`;
  return `${top}\n${proof.checkpoint}`;
}
