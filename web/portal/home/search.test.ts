import { expect, test } from "vitest";
import { folded } from "./search";

// What is typed is found in a name when its folded form is a part of the name's.
const found = (typed: string, name: string) => folded(name).includes(folded(typed));

test.each([
  ["ＮＥＮＫＩＮ", "nenkin"],
  ["ﾚｾﾌﾟﾄ", "レセプト情報"],
  ["介護　情報", "介護情報"],
  ["Health Insurance", "My health\n  insurance"],
  ["２０２６", "2026年のお知らせ"],
])("widths, case and spaces make no difference: %s", (typed, name) => {
  expect(found(typed, name)).toBe(true);
});

test("other words are not found", () => {
  expect(found("年金", "介護情報")).toBe(false);
});

test("white space alone is nothing to search for", () => {
  expect(folded(" 　\n")).toBe("");
});
