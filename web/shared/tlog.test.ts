// Proofs against a tree that is made straight from RFC 9162's definitions; notes and verifier keys
// in every form that is none.
import { expect, test } from "vitest";
import { base64, same_bytes, utf8, type Bytes } from "./bytes";
import { Refused } from "./result";
import { cosign, make_note_key, random, sign_note, Tree } from "./test_country";
import {
  check_quorum,
  log_proof_text,
  open_checkpoint,
  open_cosigned,
  parse_note,
  parse_verifier,
  verify_consistency,
  verify_inclusion,
} from "./tlog";

const sizes = 35;
const tree = new Tree();
for (let i = 0; i < sizes; ++i) await tree.append(random());
const roots: Bytes[] = [];
for (let size = 0; size <= sizes; ++size) roots.push(await tree.root(size));
const flipped = (bytes: Bytes) => bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte)) as Bytes;

test("every leaf of every tree up to 35 is proven, and no other place", async () => {
  for (let size = 1; size <= sizes; ++size) {
    for (let index = 0; index < size; ++index) {
      const proof = await tree.inclusion(index, size);
      const leaf = tree.leaves[index]!;
      const root = roots[size]!;
      expect(await verify_inclusion(leaf, index, size, proof, root)).toBe(true);
      const wrong = [
        verify_inclusion(leaf, (index + 1) % size || size, size, proof, root),
        verify_inclusion(leaf, index, size, [...proof, leaf], root),
        verify_inclusion(flipped(leaf), index, size, proof, root),
        verify_inclusion(leaf, index, size, proof, flipped(root)),
      ];
      if (proof.length > 0) {
        const other = proof.map((hash, i) => (i === proof.length - 1 ? flipped(hash) : hash));
        wrong.push(verify_inclusion(leaf, index, size, other, root));
        wrong.push(verify_inclusion(leaf, index, size, proof.slice(1), root));
      }
      expect(await Promise.all(wrong)).not.toContain(true);
    }
  }
});

test("every tree up to 35 grew out of every smaller one, and out of no other", async () => {
  for (let size = 1; size <= sizes; ++size) {
    const newer = { size, root: roots[size]! };
    for (let old = 1; old <= size; ++old) {
      const older = { size: old, root: roots[old]! };
      const proof = await tree.consistency(old, size);
      expect(await verify_consistency(older, newer, proof)).toBe(true);
      const wrong = [
        verify_consistency({ ...older, root: flipped(older.root) }, newer, proof),
        verify_consistency(older, { ...newer, root: flipped(newer.root) }, proof),
        verify_consistency(older, newer, [...proof, newer.root]),
      ];
      if (old > 1) wrong.push(verify_consistency({ ...older, size: old - 1 }, newer, proof));
      if (proof.length > 0) {
        wrong.push(verify_consistency(older, newer, proof.slice(1)));
        wrong.push(verify_consistency(older, newer, [flipped(proof[0]!), ...proof.slice(1)]));
      }
      expect(await Promise.all(wrong), `${old} ${size}`).not.toContain(true);
    }
  }
});

test("absurd sizes", async () => {
  const leaf = tree.leaves[0]!;
  const empty = { size: 0, root: roots[0]! };
  expect(await verify_inclusion(leaf, 0, 0, [], roots[0]!)).toBe(false);
  expect(await verify_inclusion(leaf, 0, 2 ** 49, [], leaf)).toBe(false);
  expect(await verify_inclusion(leaf, 0, 2 ** 48, Array(64).fill(leaf), leaf)).toBe(false);
  expect(await verify_consistency(empty, { size: 1, root: leaf }, [])).toBe(false);
  expect(await verify_consistency({ size: 1, root: leaf }, empty, [])).toBe(false);
  const huge = { size: 2 ** 49, root: leaf };
  expect(await verify_consistency({ size: 1, root: leaf }, huge, [leaf])).toBe(false);
});

// ---- verifier keys ----

let log = await make_note_key("log.example/2026", 1);
// One id in forty has no letter, which a test below wants to write large.
while (!/\+[0-9]*[a-f][0-9a-f]*\+/.test(log.vkey)) log = await make_note_key("log.example/2026", 1);
const witness = await make_note_key("witness.example/1", 4);
const log_verifier = await parse_verifier(log.vkey, 1);
const witness_verifier = await parse_verifier(witness.vkey, 4);

test.each<[string, string]>([
  ["of a witness", witness.vkey],
  ["without a key", log.vkey.split("+").slice(0, 2).join("+")],
  ["of another name", log.vkey.replace("2026", "2027")],
  ["with a space in its name", log.vkey.replace("log", "l g")],
  ["without a name", log.vkey.replace("log.example/2026", "")],
  ["with a large id", log.vkey.replace(/\+[0-9a-f]{8}\+/, (id) => id.toUpperCase())],
  ["with a short id", log.vkey.replace(/\+[0-9a-f]{8}\+/, "+abcdef+")],
  ["with a short key", log.vkey.slice(0, -4)],
  ["with something behind", `${log.vkey}AAAA`],
])("a verifier key %s is refused", async (_, vkey) => {
  await expect(parse_verifier(vkey, 1)).rejects.toThrow(Refused);
});

test("no quorum of more than there are, and nobody votes twice", () => {
  const one = { ...witness_verifier };
  expect(check_quorum({ witnesses: [one], needed: 1 }).needed).toBe(1);
  expect(() => check_quorum({ witnesses: [one], needed: 2 })).toThrow(Refused);
  expect(() => check_quorum({ witnesses: [one, one], needed: 1 })).toThrow(Refused);
  const renamed = { ...one, name: "witness.example/2" };
  expect(() => check_quorum({ witnesses: [one, renamed], needed: 1 })).toThrow(Refused);
});

// ---- notes ----

const root = base64(roots[35]!);
const text = `log.example/2026\n35\n${root}\n`;
const note = await sign_note(text, log);

test("an honest note", async () => {
  const checkpoint = await open_checkpoint(note, log_verifier);
  expect(checkpoint.size).toBe(35);
  expect(same_bytes(checkpoint.root, roots[35]!)).toBe(true);
  const other = await make_note_key("witness.example/9", 4);
  const more = await cosign(note, other, 5);
  expect((await open_checkpoint(more, log_verifier)).size).toBe(35);
});

test.each<[string, string]>([
  ["without a signature", `${text}\n`],
  ["without its empty line", text],
  ["without its last line feed", note.slice(0, -1)],
  ["with another dash", note.replace("—", "-")],
  ["with three parts", note.replace(/\n$/, " x\n")],
  ["with a name that is none", note.replace("— log.example/2026", "— log+example/2026")],
  ["with a control character", note.replace("35", "3\t5")],
  ["with a half signature", note.replace(/ [^ ]+\n$/, " AAAA\n")],
  ["without padding", note.replace("=\n— ", "\n— ").replace(/=+\n$/, "\n")],
  ["with too many signatures", note + note.split("\n\n")[1]!.repeat(64)],
  ["too long", `${"x".repeat(130_000)}\n${note}`],
])("a note %s is refused", async (_, text_of_note) => {
  await expect(open_checkpoint(text_of_note, log_verifier)).rejects.toThrow(Refused);
});

test("the last empty line separates", () => {
  const read = parse_note(`a\n\nb\n\n— log.example/2026 AAAAAAAA\n`);
  expect(read.text).toBe("a\n\nb\n");
});

test.each<[string, string]>([
  ["a size with zeros", `log.example/2026\n035\n${root}\n`],
  ["a negative size", `log.example/2026\n-35\n${root}\n`],
  ["a size of words", `log.example/2026\n7e1\n${root}\n`],
  ["too large a tree", `log.example/2026\n${2 ** 49}\n${root}\n`],
  ["too large a number", `log.example/2026\n9999999999999999999\n${root}\n`],
  ["a short root", `log.example/2026\n35\nAAAA\n`],
  ["two lines", `log.example/2026\n35\n`],
  ["another origin", `log.example/2027\n35\n${root}\n`],
  ["an empty extension", `log.example/2026\n35\n${root}\n\nmore\n`],
])("a checkpoint that the log signed with %s is refused", async (_, words) => {
  await expect(open_checkpoint(await sign_note(words, log), log_verifier)).rejects.toThrow(Refused);
});

test("one altered character of what is signed", async () => {
  const end = note.indexOf("\n\n");
  for (const at of [3, 18, 25, end - 3, note.length - 8]) {
    const other = note[at] === "A" ? "B" : "A";
    const altered = note.slice(0, at) + other + note.slice(at + 1);
    await expect(open_checkpoint(altered, log_verifier), `${at}`).rejects.toThrow(Refused);
  }
});

test("times of cosignatures", async () => {
  const quorum = check_quorum({ witnesses: [witness_verifier], needed: 1 });
  const at = async (time: number, now = 1000) => {
    const opened = await open_cosigned(
      await cosign(note, witness, time),
      log_verifier,
      quorum,
      now,
    );
    return opened.enough && opened.cosignatures[0]!.time;
  };
  expect(await at(1000)).toBe(1000);
  expect(await at(1060)).toBe(1060);
  expect(await at(1061)).toBe(false);
  expect(await at(0)).toBe(false);
  const twice = await cosign(await cosign(note, witness, 900), witness, 800);
  const opened = await open_cosigned(twice, log_verifier, quorum, 1000);
  expect(opened.cosignatures).toEqual([{ witness: "witness.example/1", time: 900 }]);
});

test("a proof file has the form of c2sp.org/tlog-proof@v1", () => {
  const proof = { index: 3, proof: ["A".repeat(43)], checkpoint: note };
  expect(log_proof_text(proof)).toBe(
    `c2sp.org/tlog-proof@v1\nindex 3\n${"A".repeat(43)}=\n\n${note}`,
  );
  expect(log_proof_text({ ...proof, extra: utf8("x") })).toContain("@v1\nextra eA==\nindex 3\n");
  const large = { ...proof, extra: new Uint8Array(16 * 1024 + 1) };
  expect(() => log_proof_text(large)).toThrow(Refused);
});
