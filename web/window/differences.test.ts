import { expect, test } from "vitest";
import { characters_of, code_points, mark, with_visible_selectors, type Part } from "./differences";

const with_brackets = (parts: Part[]) =>
  parts.map(({ text, differs }) => (differs ? `[${text}]` : text)).join("");
const marked = (first: string, second: string, is_reading = false) => {
  const { first: one, second: other } = mark(first, second, is_reading);
  return [with_brackets(one), with_brackets(other)];
};
const katsu = "葛\u{e0100}"; // with a variation selector

test("a character is never cut from its selector, nor a surrogate pair", () => {
  expect(characters_of(`${katsu}城𠮷野`)).toEqual([katsu, "城", "𠮷", "野"]);
  expect(marked(`${katsu}城`, "葛城")).toEqual([`[${katsu}]城`, "[葛]城"]);
  expect(marked("𠮷野", "吉野")).toEqual(["[𠮷]野", "[吉]野"]);
  expect(marked("神\ufe00田", "神田")).toEqual(["[神\ufe00]田", "[神]田"]);
});

test("two selectors of one character differ", () => {
  expect(marked("辻\u{e0100}", "辻\u{e0101}")).toEqual(["[辻\u{e0100}]", "[辻\u{e0101}]"]);
});

test("no normal form hides another character", () => {
  expect(marked("\ufa19", "神")).toEqual(["[\ufa19]", "[神]"]);
  expect(marked("髙橋", "高橋")).toEqual(["[髙]橋", "[高]橋"]);
  expect(marked("㈱", "株")).toEqual(["[㈱]", "[株]"]);
});

test("what differs only in how it is shown is not marked", () => {
  expect(mark("ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ").differences).toEqual([]);
  expect(mark("山田 太郎", "山田太郎").second).toEqual([{ text: "山田太郎", differs: false }]);
  expect(mark("LAN", "ｌａｎ").differences).toEqual([]);
  expect(mark("やまだ", "ヤマダ", true).differences).toEqual([]);
  // In a name they are two writings.
  expect(marked("さくら", "サクラ")).toEqual(["[さくら]", "[サクラ]"]);
});

test("where a name is parted is marked when nothing else differs", () => {
  expect(marked("中 山太郎", "中山 太郎")).toEqual(["中[ ]山太郎", "中山[ ]太郎"]);
});

test("what one has alone is marked there, and nothing in the other", () => {
  expect(marked("九十九県A市", "A市")).toEqual(["[九十九県]A市", "A市"]);
  expect(marked("1-2-3", "1-2-3 まどか荘201")).toEqual(["1-2-3", "1-2-3 [まどか荘201]"]);
  expect(marked("", "高")).toEqual(["", "[高]"]);
});

test("differences are told with their place", () => {
  expect(mark(`${katsu}城 髙子`, "葛城　高子").differences).toEqual([
    { at: 1, first: katsu, second: "葛" },
    { at: 3, first: "髙", second: "高" },
  ]);
  expect(mark("佐木", "佐々木").differences).toEqual([{ at: 2, first: "", second: "々" }]);
  expect(mark("同じ", "同じ").differences).toEqual([]);
});

test("nothing is lost of either writing", () => {
  for (const [first, second] of [
    [`渡${"邊\u{e0102}"}一郎`, "渡辺 一郎"],
    ["か\u3099", "が"],
    ["a".repeat(600), "b"],
  ] as const) {
    const { first: one, second: other } = mark(first, second);
    expect(one.map(({ text }) => text).join("")).toBe(first);
    expect(other.map(({ text }) => text).join("")).toBe(second);
  }
});

test("code points, and a selector that shows", () => {
  expect(code_points(katsu)).toBe("U+845B U+E0100");
  expect(code_points("𠮷")).toBe("U+20BB7");
  expect(with_visible_selectors(`${katsu}城`)).toBe("葛[U+E0100]城");
});
