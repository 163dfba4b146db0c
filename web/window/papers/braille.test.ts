// Words whose braille is known, from books and from the shop: not made by the code under test.
import { expect, test } from "vitest";
import { braille, braille_slip } from "./braille";

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
    ...{ health_care_number: "621874998319", next: "2026-12-05", made: "2026-11-27" },
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
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(32);
});

test("a name that is not kana is left out, and that is said", () => {
  const slip = braille_slip({ kana: "Nguyen", number: "850075881596", made: "2026-11-27" });
  expect(slip.without_name).toBe(true);
  expect(slip.text).not.toContain(braille("ナマエ")!);
});
