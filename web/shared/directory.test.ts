// The directory and the policy: strict, and nothing before the signature.
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { base64url, hash_of, utf8, type Bytes } from "./bytes";
import { Country } from "./country";
import { open_directory } from "./directory";
import { read_jwk } from "./keys";
import { Policy } from "./policy";
import { Refused } from "./result";
import {
  filled,
  make_certificate,
  make_key,
  policy_row,
  sign,
  TestCountry,
  type Mutable,
} from "./test_country";

let world: TestCountry;
beforeAll(async () => {
  world = await TestCountry.make();
});
const authority = () => read_jwk(world.authority.jwk as never);

test("an honest directory", async () => {
  const opened = await open_directory(await world.signed_directory(), authority());
  expect(opened.version).toBe(7);
  expect(opened.relay.sealing_keys.size).toBe(1);
  expect(opened.participants.get("clinic-1")!.name).toBe("花みずき内科クリニック");
  const more = await world.signed_directory((directory) => {
    directory.participants[0].web_build = filled(1);
    directory.participants[0].redirect_uris = ["https://portal.example:8443/login/back"];
  });
  expect((await open_directory(more, authority())).participants.size).toBe(10);
});

test("by another key, another type, altered", async () => {
  const text = await world.signed_directory();
  const other = read_jwk((await make_key()).jwk as never);
  await expect(open_directory(text, other)).rejects.toThrow("not signed by the supervising");
  const typed = await sign("mado-head+jws", world.directory(), world.authority);
  await expect(open_directory(typed, authority())).rejects.toThrow("not of the type");
  await expect(open_directory(`${text}\n`, authority())).rejects.toThrow(Refused);
  const [head, body, signature] = text.split(".");
  const altered = [head, `${body!.slice(0, -8)}AAAAAAAA`, signature].join(".");
  await expect(open_directory(altered, authority())).rejects.toThrow("not signed by");
});

const last = (list: Mutable[]) => list[list.length - 1]!;
const wrong: [string, (directory: Mutable) => unknown, RegExp][] = [
  ["unsorted", (d) => d.participants.reverse(), /not sorted/],
  ["an id twice", (d) => d.participants.push(last(d.participants)), /not sorted/],
  ["no relay", (d) => d.participants.pop(), /exactly one relay/],
  ["two relays", (d) => (d.participants[0].kind = "relay"), /exactly one relay/],
  ["a relay without address", (d) => (last(d.participants).addresses = []), /no address/],
  ["an address without port", (d) => (last(d.participants).addresses = ["relay"]), /host and port/],
  ["an unknown member", (d) => (d.x = 1), /unknown member/],
  ["an unknown member of one", (d) => (d.participants[0].x = 1), /unknown member/],
  ["no version", (d) => delete d.version, /missing/],
  ["version 0", (d) => (d.version = 0), /range/],
  ["an id that is none", (d) => (d.participants[0].id = "A"), /not a code/],
  ["a long name", (d) => (d.participants[0].name = "あ".repeat(101)), /length/],
  [
    "a key twice",
    (d) => d.participants[0].signing_keys.push(d.participants[0].signing_keys[0]),
    /kid/,
  ],
  ["a symmetric key", (d) => (d.participants[0].signing_keys[0].jwk = { kty: "oct" }), /kty/],
  ["a private key", (d) => (d.participants[0].signing_keys[0].jwk.d = "AA"), /unknown member/],
  ["another alg", (d) => (d.participants[0].signing_keys[0].jwk.alg = "ES384"), /does not fit/],
  ["a short coordinate", (d) => (d.participants[0].signing_keys[0].jwk.x = "AA"), /width/],
  ["a log's key for a witness", (d) => (d.witnesses[0].key = d.logs[0].key), /signature type/],
  ["two logs of one origin", (d) => d.logs.push(d.logs[0]), /one origin/],
  ["a witness twice", (d) => (d.witnesses[1] = d.witnesses[0]), /one name or one key/],
  ["too large a quorum", (d) => (d.quorum = 3), /larger than/],
  ["http", (d) => (d.logs[0].url = "http://log.example:80/"), /impossible form/],
  ["a path upwards", (d) => (d.logs[0].url = "https://l.example:1/a/../"), /impossible form/],
  ["no slash", (d) => (d.logs[0].url = "https://l.example:1"), /impossible form/],
  ["a redirect to nowhere", (d) => (d.participants[0].redirect_uris = ["x"]), /impossible form/],
  ["a card authority", (d) => (d.card_authorities = ["AAAA"]), /certificate/],
];
test.each(wrong)("refused: %s", async (_, change, words) => {
  const text = await world.signed_directory(change);
  await expect(open_directory(text, authority())).rejects.toThrow(words);
});

test("two logs of the relay", async () => {
  const text = await world.signed_directory((directory) => {
    const other = directory.witnesses.pop();
    directory.quorum = 1;
    directory.participants.at(-1).certificates = [directory.logs[0].certificate, other.certificate];
  });
  expect((await open_directory(text, authority())).logs.size).toBe(1);
});

test("a card authority's certificate", async () => {
  const certificate = base64url(await make_certificate(await make_key()));
  const text = await world.signed_directory((d) => (d.card_authorities = [certificate]));
  expect((await open_directory(text, authority())).version).toBe(7);
});

// ---- policy ----

const open_policy = async (text: string) => {
  const bytes = utf8(text) as Bytes;
  return Policy.open(bytes, await hash_of(bytes));
};
const with_row = (over: Mutable) =>
  JSON.stringify({ utc_offset_s: 32_400, policies: [policy_row(over)] });

test("the demo country's policy", async () => {
  const path = new URL("../../country/jp/policy.json", import.meta.url);
  const policy = await open_policy(readFileSync(path, "utf8"));
  expect(policy.holder_kinds("entries", "portal")).toEqual(["relay"]);
  expect(policy.holder_kinds("evidence", "portal").length).toBeGreaterThan(0);
  expect(policy.row("eligibility.clinic.treatment.number")!.legal_basis).toContain("健康保険法");
  expect(policy.utc_offset_s).toBe(9 * 3600);
});

test("another file than the directory's", async () => {
  const bytes = utf8(world.policy_text());
  await expect(Policy.open(bytes, filled(1))).rejects.toThrow("not the policy of the directory");
});

test.each<[string, string]>([
  ["no legal basis", with_row({ legal_basis: "" })],
  ["card-pin without a mandate", with_row({ mandate: undefined })],
  ["number with a mandate", with_row({ presence: "number" })],
  ["an unknown presence", with_row({ presence: "voice" })],
  ["an unknown mandate", with_row({ mandate: "wish" })],
  ["no first day", with_row({ from: undefined })],
  ["a day that there is not", with_row({ to: "2026-02-30" })],
  ["for ever", with_row({ keep_days: 36_526 })],
  ["an unknown member", with_row({ x: 1 })],
  ["an id twice", JSON.stringify({ utc_offset_s: 0, policies: [policy_row({}), policy_row({})] })],
  ["another zone than there is", JSON.stringify({ utc_offset_s: 99_999, policies: [] })],
])("a policy is refused: %s", async (_, text) => {
  await expect(open_policy(text)).rejects.toThrow(Refused);
});

// ---- both, as a page loads them ----

test.each<[string, Record<string, string>]>([
  ["another authority", { "/authority": JSON.stringify({ kty: "EC" }) }],
  ["another policy", { "/policy": "{}" }],
  ["no directory", { "/directory": "" }],
])("a country is refused: %s", async (_, over) => {
  const loaded = await Country.load(async (path, init) =>
    path in over ? new Response(over[path]!) : world.fetcher(path, init),
  );
  expect(loaded).toMatchObject({ ok: false, problem: { code: "directory_invalid" } });
});
