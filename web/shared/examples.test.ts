// The worked examples of docs/protocols were made by other code; what they show must be read and
// verified here too.
import { importJWK } from "jose";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { base64url, hash_of, parse_base64, parse_base64url, parse_utf8, utf8 } from "./bytes";
import { open_directory } from "./directory";
import { at_start, read_entries_page } from "./entries";
import { parse_json_object } from "./json";
import { open_jwe, parse_jws, read_certificate, read_jwk, verify_jws } from "./keys";
import {
  commit,
  commit_person,
  log_entry,
  parse_head,
  parse_mandate,
  parse_order,
  read_receipt,
  verify_head,
  verify_mandate,
  verify_receipt,
} from "./order";
import { Policy } from "./policy";
import { leaf_hash, open_cosigned, verify_consistency } from "./tlog";

const now = 1_795_312_860;

function example(page: string, name: string): string {
  const text = readFileSync(new URL(`../../docs/protocols/${page}.md`, import.meta.url), "utf8");
  const found = new RegExp(`<!-- example: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(text);
  if (!found) throw new Error(`${page}.md has no example ${name}`);
  return found[1]!;
}

const authority = read_jwk(parse_json_object(example("directory", "authority")));
const open = () => open_directory(example("directory", "directory"), authority);

test("directory.md: the directory, and its entry in the log", async () => {
  const directory = await open();
  expect([...directory.participants.keys()]).toEqual(["06990014", "clinic-1", "relay"]);
  expect(directory.participants.get("06990014")!.name).toBe("まどか電機健康保険組合");
  expect(directory.relay.id).toBe("relay");
  expect([...directory.logs.keys()]).toEqual(["log.relay.example/2026"]);
  expect(directory.quorum.needed).toBe(2);
  expect(directory.entry).toBe(example("directory", "entry"));
});

test("order.md: commitments, entry and leaf", async () => {
  const text = example("order", "order");
  const order = parse_order(text);
  const salt = example("order", "salt");
  const entry = await log_entry("order", salt, utf8(text));
  expect(entry).toBe(example("order", "entry"));
  expect(base64url(await leaf_hash(parse_base64url(entry)))).toBe(example("order", "leaf"));
  const link_number = parse_base64url(example("order", "link-number"));
  const person = await commit_person(example("order", "person-salt"), link_number, 1);
  expect(person).toBe(order.person);
  const number = utf8(example("gateway", "number"));
  expect(await commit("number", example("gateway", "number-salt"), number)).toBe(order.number);
});

test("request.md: the head, the receipt, the answer", async () => {
  const directory = await open();
  const request = parse_json_object(example("request", "request"));
  const head = parse_head(request.head as string);
  await verify_head(head, directory);
  expect(head.to).toEqual({ kind: "medical-insurer", position: 1 });
  const reply = parse_json_object(example("request", "reply"));
  const receipt = read_receipt(reply.receipt as never);
  const { order, entry } = await verify_receipt(receipt, directory);
  expect(order.head).toBe(request.head);
  const subject = utf8(example("request", "subject"));
  expect(base64url(subject)).toBe(request.subject);
  expect(await commit("subject", reply.subject_salt as string, subject)).toBe(order.subject);

  const { d: _, ...seal_to } = parse_json_object(example("request", "seal-to"));
  const key = await importJWK(JSON.parse(example("request", "seal-to")), "ECDH-ES");
  const opened = await open_jwe(reply.answer as string, key as CryptoKey, 100_000);
  const jws = parse_jws(opened, "mado-answer+jws", 100_000);
  const holder = directory.participants.get("06990014")!;
  await verify_jws(jws, holder.signing_keys.get(jws.key_id!)!, "wrong");
  const answer = parse_json_object(parse_utf8(jws.payload), { depth_max: 32 });
  expect(answer.order).toBe(entry);
  expect(answer.aud).toBe(await read_jwk(seal_to).thumbprint());
  expect(answer.data).toEqual(JSON.parse(example("gateway", "data")));
});

test("log.md: the entries' page", async () => {
  const directory = await open();
  const data = parse_json_object(example("log", "entries"));
  const rows = utf8('{"utc_offset_s":32400,"policies":[]}');
  const policy = await Policy.open(rows, await hash_of(rows));
  const page = await read_entries_page({ directory, policy, now }, data, at_start());
  expect(page.entries).toHaveLength(1);
  const [entry] = page.entries;
  expect(entry).toMatchObject({
    ...{ seq: 1, index: 2, kind: "order", requester: "clinic-1", outcome: "answered" },
    ...{ witnessed: false, own_card: false, time: 1_795_312_801 },
  });
  expect(entry!.entry).toBe(example("order", "entry"));
  expect(page.witnessed_size).toBe(0);
});

test("log.md: the cosigned checkpoint, and the proof from size 2", async () => {
  const directory = await open();
  const log = directory.logs.get("log.relay.example/2026")!.key;
  const note = `${example("log", "cosigned")}\n`;
  const read = await open_cosigned(note, log, directory.quorum, now);
  expect(read.enough).toBe(true);
  expect(read.cosignatures.map((one) => one.witness)).toEqual([
    "witness.audit.example/1",
    "witness.university.example/1",
  ]);
  // The leaf before the order's stands in its inclusion proof, and makes the tree of size 2.
  const [, leaf] = example("log", "add-checkpoint").split("\n");
  const receipt = parse_json_object(example("request", "reply")).receipt as { proof: string[] };
  const older = { size: 2, root: parse_base64url(receipt.proof[0]!) };
  const proof = [parse_base64(leaf!)];
  expect(await verify_consistency(older, read.checkpoint, proof)).toBe(true);
  // By a clock of a year before, both are of the future.
  const early = await open_cosigned(note, log, directory.quorum, now - 31_536_000);
  expect(early).toMatchObject({ enough: false, cosignatures: [] });
});

test("mandate.md: the card signed it", async () => {
  const mandate = parse_mandate(example("mandate", "mandate"));
  expect(parse_utf8(mandate.jws.payload)).toBe(example("mandate", "payload"));
  const card = await read_certificate(parse_base64url(example("mandate", "certificate")));
  expect(mandate.jws.certificate).toBe(card.thumbprint);
  await verify_mandate(mandate, card, "wrong");
});
