// Words on pages: words/<language>/<part>.json, loaded for the page's language only. A value may
// have {name} places for values, and in やさしい日本語 readings: [年金|ねんきん].
import type { JSX } from "preact";

export type Language = "ja" | "en" | "easy";
export type Values = Record<string, string | number>;

const files = import.meta.glob<Record<string, string>>("../words/*/*.json", { import: "default" });
let words: Record<string, string> = {};
let current: Language = "ja";

export function language(): Language {
  return current;
}

// "home" gives the keys home.*; call once for all parts of a page, before anything is shown.
export async function load_words(chosen: Language, parts: string[]): Promise<void> {
  current = chosen;
  const loaded = await Promise.all(
    parts.map(async (part) => {
      const file = files[`../words/${chosen}/${part}.json`];
      if (!file) throw new Error(`no words: ${chosen}/${part}`);
      return Object.entries(await file()).map(
        ([key, text]) => [`${part}.${key}`, with_marks(text)] as const,
      );
    }),
  );
  words = Object.fromEntries(loaded.flat());
}

// From here on readings stand between characters that no text has (Unicode's noncharacters): what
// somebody else's name has in brackets is no reading.
export function with_reading(text: string, read: string): string {
  return `\uFDD0${text}\uFDD1${read}\uFDD2`;
}
function with_marks(text: string): string {
  return text.replace(/\[([^|\]]+)\|([^\]]+)\]/g, (_, characters: string, read: string) =>
    with_reading(characters, read),
  );
}
const reading = /\uFDD0([^\uFDD1]*)\uFDD1([^\uFDD2]*)\uFDD2/;

// What others have written in Japanese (a holder's name, a notice) is marked where the page is not,
// so that it is spoken in Japanese (WCAG 2.2, 3.1.2). Here for the `lang` of an element that there
// is anyway: an option, a cell, a link.
export function lang_of(text: string): "ja" | undefined {
  if (current !== "en") return undefined;
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? "ja" : undefined;
}
// With marks around it, to stand in another text: <Say of="…" who={in_japanese(name)} />.
export function in_japanese(text: string): string {
  const plain = text.replace(/[\uFDD3\uFDD4]/g, ""); // marks in a text of others mean nothing
  return lang_of(plain) ? `\uFDD3${plain}\uFDD4` : plain;
}
const japanese = /\uFDD3([^\uFDD4]*)\uFDD4/;
// <Ja>{name}</Ja>
export function Ja({ children: text }: { children: string }): JSX.Element {
  return <Read text={in_japanese(text)} />;
}

export function has_words(key: string): boolean {
  return key in words;
}

// {name}, or {count|entry|entries}: the first of the two where it is one.
const places = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;

// With marks around its readings, to stand in a place of another text.
export function phrase(key: string, values: Values = {}): string {
  const text = words[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(places, (_, name: string, one?: string, several?: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${key} lacks ${name}`);
    if (one === undefined) return String(value);
    return Number(value) === 1 ? one : several!;
  });
}

// Nor with marks of Japanese.
export function without_readings(text: string): string {
  return text.replace(new RegExp(reading, "g"), "$1").replace(new RegExp(japanese, "g"), "$1");
}

// Of a text with marks for readings that is no word of a page.
export function text_without_readings(text: string): string {
  return without_readings(with_marks(text));
}

// Where there can be no markup: titles, labels, files. Without readings.
export function text_of(key: string, values: Values = {}): string {
  return without_readings(phrase(key, values));
}

// A text of a word file, with readings above its characters.
export function Say({ of, ...values }: { of: string } & Values): JSX.Element {
  return <Read text={phrase(of, values)} />;
}

// A phrase, with readings above its characters.
export function Read({ text }: { text: string }): JSX.Element {
  return (
    <>
      {text.split(new RegExp(japanese, "g")).map((part, i) => {
        if (part === "") return null;
        if (i % 2 === 0) return <WithReadings text={part} />;
        return (
          <span lang="ja">
            <WithReadings text={part} />
          </span>
        );
      })}
    </>
  );
}

function WithReadings({ text }: { text: string }): JSX.Element {
  const parts = text.split(new RegExp(reading, "g"));
  return (
    <>
      {parts.map((part, i) => {
        if (i % 3 === 2) return null;
        if (i % 3 === 0) return part;
        return (
          <ruby>
            {part}
            <rp>（</rp>
            <rt>{parts[i + 1]}</rt>
            <rp>）</rp>
          </ruby>
        );
      })}
    </>
  );
}

// 1,234円 in Japanese, ¥1,234 in English.
export function yen(amount: number): string {
  const digits = amount.toLocaleString("en-US");
  return current === "en" ? `¥${digits}` : `${digits}円`;
}
