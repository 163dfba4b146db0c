// Bytes, JSON and keys: one text for one thing, limits, and nothing overlooked.
import { expect, test } from "vitest";
import {
  base64,
  base64url,
  hex,
  parse_base64,
  parse_base64url,
  parse_hash,
  parse_hex,
  parse_utf8,
  u64,
  utf8,
} from "./bytes";
import { Members, parse_code, parse_date, parse_json, parse_json_object } from "./json";
import { make_seal_to, read_certificate, read_jwk, seal_jwe } from "./keys";
import { Refused } from "./result";
import { make_certificate, make_key, random } from "./test_country";

test("base64, as in RFC 4648 section 10", () => {
  const words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
  const texts = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
  words.forEach((word, i) => {
    expect(base64(utf8(word))).toBe(texts[i]);
    expect(parse_utf8(parse_base64(texts[i]!))).toBe(word);
    expect(parse_utf8(parse_base64url(texts[i]!.replace(/=/g, "")))).toBe(word);
  });
  for (let size = 0; size < 70; ++size) {
    const bytes = random(size);
    expect(parse_base64url(base64url(bytes))).toEqual(bytes);
    expect(parse_hex(hex(bytes))).toEqual(bytes);
  }
});

test.each(["A", "AB", "AA=", "A+==", "A A", "AAA\n", "ＡＡＡＡ", "AAA-é"])(
  "base64url: %j is refused",
  (text) => {
    expect(() => parse_base64url(text)).toThrow(Refused);
  },
);
test.each(["AA", "AA=", "A===", "AB==", "AA-_", "AAA=AAAA"])("base64: %j is refused", (text) => {
  expect(() => parse_base64(text)).toThrow(Refused);
});

test("hashes, numbers of 64 bits, UTF-8", () => {
  expect(parse_hash("A".repeat(43))).toBe("A".repeat(43));
  expect(() => parse_hash(`${"A".repeat(42)}B`)).toThrow(Refused);
  expect(() => parse_hash("A".repeat(42))).toThrow(Refused);
  expect(hex(u64(2 ** 48))).toBe("0001000000000000");
  expect(() => parse_utf8(Uint8Array.of(0xc0, 0x80))).toThrow(Refused);
  expect(() => parse_hex("AB")).toThrow(Refused);
});

test.each<[string, string]>([
  ["a name twice", '{"a":1,"a":1}'],
  ["a name twice, written in another way", '{"a":1,"\\u0061":2}'],
  ["a name twice, deep inside", '[{"b":[{"a":1,"a":2}]}]'],
  ["a fraction", '{"a":1.5}'],
  ["an exponent", "[1e3]"],
  ["too large an integer", "[9007199254740993]"],
  ["leading zeros", "[01]"],
  ["half a character", '["\\ud800"]'],
  ["half a character as name", '{"\\udfff":1}'],
  ["something behind", "{} {}"],
  ["a comma too many", "[1,]"],
  ["a comment", "[1 /* one */]"],
  ["too deep", "[".repeat(9) + "]".repeat(9)],
  ["too many values", `[${"1,".repeat(5000)}1]`],
  ["too long", `["${"x".repeat(65_536)}"]`],
  ["an open text", '["'],
  ["an open text, with escapes", `["${'\\\\"'.repeat(100)}`],
  ["a minus alone", "[-]"],
  ["nothing", ""],
])("JSON with %s is refused", (_, text) => {
  expect(() => parse_json(text)).toThrow(Refused);
});

test("JSON as it is", () => {
  const text = '{"a":[1,-2,true,null,"x:{[,\\"}"],"__proto__":{"b":"😀"},"c":{}}';
  expect(JSON.stringify(parse_json(text))).toBe(text);
  expect(() => parse_json_object("[]")).toThrow(Refused);
  expect(parse_json("[[[[[[[[1]]]]]]]]")).toBeDefined();
});

test("a text of megabytes, and many that do not end, take no time", () => {
  const long = "x".repeat(5_000_000);
  const limits = { text_bytes_max: 6_000_000 };
  expect(parse_json(`["${long}"]`, limits)).toEqual([long]);
  const began = performance.now();
  expect(() => parse_json(`["${'\\"'.repeat(2_000_000)}`, limits)).toThrow(Refused);
  expect(performance.now() - began).toBeLessThan(2_000);
});

test("members are read strictly", () => {
  const read = (object: Record<string, never | unknown>) => new Members(object as never);
  expect(() => read({ a: 1 }).text("a")).toThrow(Refused);
  expect(() => read({}).text("a")).toThrow(Refused);
  expect(() => read({}).text("toString")).toThrow("missing");
  expect(() => read({ a: "あ" }).text("a", 2)).toThrow(Refused);
  expect(() => read({ a: -1 }).integer("a")).toThrow(Refused);
  expect(() => read({ a: 253_402_300_800 }).time("a")).toThrow(Refused);
  expect(() => read({ a: null }).optional_text("a")).toThrow(Refused);
  expect(() => read({ a: 1 }).boolean("a")).toThrow(Refused);
  expect(() => read({ a: [1] }).texts("a", 5)).toThrow(Refused);
  expect(() => read({ a: ["x", "y"] }).texts("a", 1)).toThrow(Refused);
  expect(() => read({ a: [] }).object("a")).toThrow(Refused);
  expect(() => read({ a: 1 }).finish()).toThrow("unknown member");
  expect(parse_date("2024-02-29")).toBe("2024-02-29");
  for (const day of ["2023-02-29", "2026-1-1", "2026-11-31", "20261101"]) {
    expect(() => parse_date(day)).toThrow(Refused);
  }
  for (const code of ["", "-a", ".a", "A", "a_b", "a".repeat(65)]) {
    expect(() => parse_code(code)).toThrow(Refused);
  }
});

// ---- keys ----

test("the private half of a page's key cannot be taken out", async () => {
  const made = await make_seal_to();
  expect(made.private_key.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("jwk", made.private_key)).rejects.toThrow();
  expect(Object.keys(made.public_key.jwk!).sort()).toEqual(["crv", "kty", "x", "y"]);
});

test("a point that is not on its curve is no key", async () => {
  const key = await make_key();
  const other = read_jwk({ ...key.jwk, x: base64url(random()) } as never);
  await expect(other.crypto_key()).rejects.toThrow(Refused);
});

test("nothing is sealed to a key for something else", async () => {
  const { n, e } = { n: base64url(Uint8Array.of(255, ...random(255))), e: "AQAB" };
  const rsa = read_jwk({ kty: "RSA", n, e });
  expect(rsa.algorithm).toBe("RS256");
  await expect(seal_jwe(utf8("x"), rsa, "kid")).rejects.toThrow(Refused);
  expect(() => read_jwk({ kty: "RSA", n: base64url(random(128)), e })).toThrow(Refused);
});

test("certificates: only the key is read, and the form is kept", async () => {
  const der = await make_certificate(await make_key());
  expect((await read_certificate(der)).key.algorithm).toBe("ES256");
  for (const cut of [1, 5, 40, der.length - 1]) {
    await expect(read_certificate(der.slice(0, cut)), `${cut}`).rejects.toThrow(Refused);
  }
  await expect(read_certificate(Uint8Array.of(...der, 0))).rejects.toThrow("behind");
  await expect(read_certificate(new Uint8Array(20_000))).rejects.toThrow("too large");
});
