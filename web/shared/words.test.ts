import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { in_japanese, lang_of, load_words, text_of, with_reading, without_readings } from "./words";

const folder = new URL("../words/", import.meta.url);
const read = (language: string, file: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), "utf8"));
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test("one entry, two entries", async () => {
  await load_words("en", ["looked"]);
  expect([1, 2, 0].map((count) => text_of("looked.count", { count }))).toEqual([
    "1 entry",
    "2 entries",
    "0 entries",
  ]);
});

test("every language has the same files, keys and places", () => {
  const files = readdirSync(new URL("ja/", folder)).sort();
  expect(files.length).toBeGreaterThan(0);
  for (const language of ["en", "easy"]) {
    expect(readdirSync(new URL(`${language}/`, folder)).sort()).toEqual(files);
    for (const file of files) {
      const [japanese, other] = [read("ja", file), read(language, file)];
      expect(Object.keys(other), `${language}/${file}`).toEqual(Object.keys(japanese));
      for (const key of Object.keys(japanese)) {
        expect(places(other[key]!), `${language}/${file} ${key}`).toEqual(places(japanese[key]!));
      }
    }
  }
});

test("in やさしい日本語 every character that is hard to read has its reading", () => {
  for (const file of readdirSync(new URL("easy/", folder))) {
    for (const [key, text] of Object.entries(read("easy", file))) {
      const rest = text.replace(/\[[^|\]]+\|[^\]]+\]/g, "");
      expect(rest, `${file} ${key}`).not.toMatch(/\p{Script=Han}/u);
    }
  }
});

test("Japanese is marked on English pages only, and no name in Latin letters", async () => {
  await load_words("en", ["home"]);
  expect(lang_of("A市税務課")).toBe("ja");
  expect(lang_of("みどり")).toBe("ja");
  expect(lang_of("NGUYEN VAN A")).toBeUndefined();
  expect(in_japanese("NGUYEN VAN A")).toBe("NGUYEN VAN A");
  expect(in_japanese("A市")).toBe("\uFDD3A市\uFDD4");
  expect(text_of("home.title_of", { name: in_japanese("厚労花子") })).not.toMatch(/[\uFDD0-\uFDD4]/);
  expect(without_readings(in_japanese(with_reading("市", "し")))).toBe("市");
  for (const language of ["ja", "easy"] as const) {
    await load_words(language, []);
    expect(in_japanese("A市")).toBe("A市");
  }
});
