// Words whose braille is known, from books and from the shop: not made by the code under test.
import { expect, test } from "vitest";
import { shown_as } from "../progress";
import { steps } from "../record";
import { braille, braille_slip, telephone_in } from "./braille";

test.each([
  ["アイウエオ", "⠁⠃⠉⠋⠊"],
  ["カキクケコ", "⠡⠣⠩⠫⠪"],
  ["サシスセソ", "⠱⠳⠹⠻⠺"],
  ["タチツテト", "⠕⠗⠝⠟⠞"],
  ["ナニヌネノ", "⠅⠇⠍⠏⠎"],
  ["ハヒフヘホ", "⠥⠧⠭⠯⠮"],
  ["マミムメモ", "⠵⠷⠽⠿⠾"],
  ["ヤユヨ", "⠌⠬⠜"],
  ["ラリルレロ", "⠑⠓⠙⠛⠚"],
  ["ワヲンッー", "⠄⠔⠴⠂⠒"],
])("the row %s", (kana, cells) => {
  expect(braille(kana)).toBe(cells);
});

test.each([
  ["オサケ", "⠊⠱⠫"], // on each can
  ["ビール", "⠐⠧⠒⠙"],
  ["サクラ", "⠱⠩⠑"],
  ["ニッポン", "⠇⠂⠠⠮⠴"],
  ["ガッコー", "⠐⠡⠂⠪⠒"],
  ["トーキョー", "⠞⠒⠈⠪⠒"],
  ["ジュース", "⠘⠹⠒⠹"],
  ["ピョン", "⠨⠮⠴"],
  ["コーロー ハナコ", "⠪⠒⠚⠒⠀⠥⠅⠪"],
  // What kana do not say is not guessed.
  ["コウロウ", "⠪⠉⠚⠉"],
  ["イノウエ", "⠃⠎⠉⠋"],
])("the word %s", (kana, cells) => {
  expect(braille(kana)).toBe(cells);
});

test.each([
  ["ファ", "⠢⠥"],
  ["ティ", "⠈⠗"],
  ["ディ", "⠘⠗"],
  ["シェ", "⠈⠻"],
  ["ジェ", "⠘⠻"],
  ["ウォ", "⠢⠊"],
  ["ツァ", "⠢⠕"],
  ["ヴァ", "⠲⠥"],
  ["テュ", "⠨⠝"],
  ["デュ", "⠸⠝"],
  ["ドゥ", "⠲⠝"],
  ["ヴ", "⠐⠉"],
])("the special sound %s", (kana, cells) => {
  expect(braille(kana)).toBe(cells);
});

test("digits: one sign before each number, and one between it and what looks like a digit", () => {
  expect(braille("1234567890")).toBe("⠼⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚");
  expect(braille("1234 5678")).toBe("⠼⠁⠃⠉⠙⠀⠼⠑⠋⠛⠓");
  expect(braille("5エン")).toBe("⠼⠑⠤⠋⠴");
  expect(braille("2ルイ")).toBe("⠼⠃⠤⠙⠃");
  expect(braille("3ニン")).toBe("⠼⠉⠇⠴");
  expect(braille("12ガツ")).toBe("⠼⠁⠃⠐⠡⠝");
});

test("hiragana, half the width and many spaces are the same words", () => {
  expect(braille("さくら")).toBe(braille("サクラ"));
  expect(braille("ｶﾞｯｺｰ")).toBe(braille("ガッコー"));
  expect(braille(" コーロー　 ハナコ")).toBe(braille("コーロー ハナコ"));
});

test.each(["厚労", "Nguyen", "ア・イ", "ァ", "カ゚"])("nothing is guessed of %s", (text) => {
  expect(braille(text)).toBeUndefined();
});

test("a slip: one thing after another, in six dots alone, within a line of 32 cells", () => {
  const { text, without_name } = braille_slip({
    ...{ kana: "コーロー ハナコ", number: "850075881596", stop_code: "123456789012" },
    ...{ health_care_number: "621874998319", made: "2026-11-27", telephone: "03 0000 0000" },
    next: { step: "reset", until: "2026-12-05" },
  });
  expect(without_name).toBe(false);
  expect(text).toMatch(/^[\u2800-\u283f\r\n]+$/);
  const lines = text.split("\r\n");
  expect(lines.slice(0, 5)).toEqual([
    "⠉⠫⠝⠫⠈⠮⠒",
    "⠅⠵⠋",
    "⠀⠀⠪⠒⠚⠒⠀⠥⠅⠪",
    "⠉⠫⠝⠫⠀⠐⠥⠴⠐⠪⠒",
    "⠀⠀⠼⠓⠑⠚⠚⠀⠼⠛⠑⠓⠓⠀⠼⠁⠑⠊⠋",
  ]);
  expect(lines).toContain("⠀⠀⠹⠐⠩⠀⠐⠟⠴⠄⠀⠳⠟⠀⠩⠐⠕⠱⠃"); // スグ デンワ シテ クダサイ
  expect(lines).toContain("⠀⠀⠐⠟⠴⠄⠀⠼⠚⠉⠀⠼⠚⠚⠚⠚⠀⠼⠚⠚⠚⠚");
  // マドグチデ アンショー バンゴーヲ キメテ クダサイ takes two lines; then 2026ネン 12ガツ 5ニチマデ.
  const next = lines.indexOf("⠀⠀⠵⠐⠞⠐⠩⠗⠐⠟⠀⠁⠴⠈⠺⠒⠀⠐⠥⠴⠐⠪⠒⠔⠀⠣⠿⠟");
  expect(lines[next + 1]).toBe("⠀⠀⠩⠐⠕⠱⠃");
  expect(lines[next + 2]).toBe("⠀⠀⠼⠃⠚⠃⠋⠏⠴⠀⠼⠁⠃⠐⠡⠝⠀⠼⠑⠇⠗⠵⠐⠟");
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(32);
});

test("nobody is told to call where no telephone is said", () => {
  const slip = { number: "850075881596", stop_code: "123456789012", made: "2026-11-27" };
  const { text } = braille_slip(slip);
  expect(text).not.toContain(braille("デンワ")!);
  expect(text).toContain(braille("マドグチニ シラセテ")!);
  expect(braille_slip({ ...slip, stop_code: undefined }).text).not.toContain(braille("ナクシタラ")!);
});

test("whoever has another authority's card tells that one, too", () => {
  const slip = { number: "850075881596", stop_code: "123456789012", made: "2026-11-27" };
  const told = (foreign: boolean) => braille_slip({ ...slip, foreign }).text;
  expect(told(true)).toContain(braille("トコロニモ シラセテ")!);
  expect(told(false)).not.toContain(braille("トコロニモ")!);
});

test("every step can be written", () => {
  const told = steps.map(shown_as);
  for (const step of [...told, "hand_over_slip"] as const) {
    const next = { step, until: "2026-12-05" };
    const { text } = braille_slip({ number: "1", next, made: "2026-11-27" });
    expect(text).toMatch(/^[\u2800-\u283f\r\n]+$/);
    expect(Math.max(...text.split("\r\n").map(({ length }) => length))).toBeLessThanOrEqual(32);
  }
});

test.each([
  ["A市役所 市民課　03-0000-0000", "03 0000 0000"],
  ["Ａ市 ０３（００００）００００", "03 0000 0000"],
  ["0120000000", "0120000000"],
  ["A市役所 市民課", undefined],
  ["A市1番地2", undefined],
  ["+81-3-0000-0000", undefined],
])("the telephone in %s", (text, number) => {
  expect(telephone_in(text)).toBe(number);
});

test("a name that is not kana is left out, and that is said", () => {
  const slip = braille_slip({ kana: "Nguyen", number: "850075881596", made: "2026-11-27" });
  expect(slip.without_name).toBe(true);
  expect(slip.text).not.toContain(braille("ナマエ")!);
});
