import { expect, test } from "vitest";
import {
  characters_of,
  code_points,
  mark,
  with_visible_selectors,
  type Part,
  type Place,
} from "./differences";

const with_brackets = (parts: Part[]) =>
  parts.map(({ text, differs }) => (differs ? `[${text}]` : text)).join("");
type Ranges = [number, number, number, number];
const places = (ranges: Ranges[]): Place[] =>
  ranges.map(([a, b, c, d]) => ({ first: [a, b], second: [c, d] }));
const marked = (first: string, second: string, ...ranges: Ranges[]) => {
  const { first: one, second: other } = mark(first, second, places(ranges));
  return [with_brackets(one), with_brackets(other)];
};
const katsu = "葛\u{e0100}"; // with a variation selector

test("places are code points, no units of UTF-16", () => {
  expect(characters_of(`${katsu}城𠮷野`)).toEqual([katsu, "城", "𠮷", "野"]);
  expect(marked(`${katsu}城`, "葛城", [0, 2, 0, 1])).toEqual([`[${katsu}]城`, "[葛]城"]);
  expect(marked("𠮷野", "吉野", [0, 1, 0, 1])).toEqual(["[𠮷]野", "[吉]野"]);
  expect(marked("上𠮷野", "上𠮷夜", [2, 3, 2, 3])).toEqual(["上𠮷[野]", "上𠮷[夜]"]);
});

test("what one has alone is marked there, and nothing in the other", () => {
  expect(marked("九十九県A市", "A市", [0, 4, 0, 0])).toEqual(["[九十九県]A市", "A市"]);
  expect(marked("1-2-3", "1-2-3 まどか荘", [5, 5, 6, 10])).toEqual(["1-2-3", "1-2-3 [まどか荘]"]);
  expect(marked("中 山太郎", "中山 太郎", [1, 2, 1, 1], [3, 3, 2, 3])).toEqual([
    "中[ ]山太郎",
    "中山[ ]太郎",
  ]);
});

test("where nothing is said to differ nothing is marked", () => {
  expect(marked("ヤマダ", "ﾔﾏﾀﾞ")).toEqual(["ヤマダ", "ﾔﾏﾀﾞ"]);
  expect(mark("ヤマダ", "ﾔﾏﾀﾞ", []).differences).toEqual([]);
});

test("differences are told with their place", () => {
  const ranges: Ranges[] = [
    [0, 2, 0, 1],
    [4, 5, 3, 4],
  ];
  expect(mark(`${katsu}城 髙子`, "葛城　高子", places(ranges)).differences).toEqual([
    { at: 1, first: katsu, second: "葛" },
    { at: 4, first: "髙", second: "高" },
  ]);
  expect(mark("佐木", "佐々木", places([[1, 1, 1, 2]])).differences).toEqual([
    { at: 2, first: "", second: "々" },
  ]);
});

test("places that do not fit mark everything, and nothing is lost", () => {
  const refused: Ranges[][] = [
    [[0, 9, 0, 1]],
    [[0, 1, 0, 9]],
    [[2, 1, 0, 1]],
    [
      [1, 2, 0, 1],
      [0, 1, 1, 2],
    ],
  ];
  for (const ranges of refused) {
    expect(marked("髙子", "高子", ...ranges)).toEqual(["[髙子]", "[高子]"]);
  }
});

test("code points, and a selector that shows", () => {
  expect(code_points(katsu)).toBe("U+845B U+E0100");
  expect(code_points("𠮷")).toBe("U+20BB7");
  expect(with_visible_selectors(`${katsu}城`)).toBe("葛[U+E0100]城");
});
