import { expect, test } from "vitest";
import {
  fitting_ticks,
  is_narrow,
  margin_of,
  place,
  stacked,
  text_em,
  value_ticks,
  type Scale,
} from "./chart_layout";

const scale: Scale = { from: 20, to: 40, start: 100, end: 300 };

test("a value has its place between the ends, and outside them too", () => {
  expect(place(scale, 20)).toBe(100);
  expect(place(scale, 25)).toBe(150);
  expect(place(scale, 40)).toBe(300);
  expect(place(scale, 45)).toBe(350);
});

test("a scale of no length does not divide by zero", () => {
  expect(place({ from: 5, to: 5, start: 0, end: 100 }, 5)).toBe(0);
});

test("a Japanese character is an em wide, a Latin one about half", () => {
  expect(text_em("２０才")).toBe(3);
  expect(text_em("20")).toBeCloseTo(1.16);
});

test.each([
  [350_000, [0, 200_000, 400_000]], // the report's chart of contributions
  [160_000, [0, 100_000, 200_000]], // the report's chart of expectations
  [97_540, [0, 50_000, 100_000]],
  [410_000, [0, 200_000, 400_000]], // 600,000 would leave a third of the chart empty
  [25_000, [0, 10_000, 20_000, 30_000]],
  [10_000, [0, 10_000]],
  [1, [0, 10_000]],
  [0, [0, 10_000]],
])("lines for amounts up to %d", (highest, lines) => {
  expect(value_ticks(highest, 10_000)).toEqual(lines);
});

test("however much it is, there are at most three lines and one reaches most of it", () => {
  for (let highest = 1; highest < 1e12; highest *= 3) {
    const lines = value_ticks(highest, 10_000);
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(lines.at(-1)! * 2).toBeGreaterThanOrEqual(highest);
  }
});

const ages = [20, 25, 30, 35, 40].map((at) => ({ at, label: `${at}才` }));

test("where there is room every tick has its label", () => {
  const placed = fitting_ticks(ages, { ...scale, end: 900 }, 16);
  expect(placed.map(({ at }) => at)).toEqual([20, 25, 30, 35, 40]);
});

test("where there is none some are left out, evenly, and none overlap", () => {
  for (let width = 0; width < 400; width += 7) {
    const placed = fitting_ticks(ages, { ...scale, end: 100 + width }, 32);
    const half = (text_em("20才") * 32) / 2;
    for (let i = 1; i < placed.length; i++) {
      expect(placed[i]!.middle - placed[i - 1]!.middle).toBeGreaterThan(2 * half);
    }
  }
});

test("a label at the end stays inside the chart", () => {
  const [last] = fitting_ticks([{ at: 40, label: "40才" }], scale, 16);
  expect(last!.x).toBe(300);
  expect(last!.middle + (text_em("40才") * 16) / 2).toBe(300);
});

test("no ticks at all", () => {
  expect(fitting_ticks([], scale, 16)).toEqual([]);
});

test("narrow is measured in type: large text makes a wide screen narrow", () => {
  expect(is_narrow({ width: 600, em: 16 })).toBe(false);
  expect(is_narrow({ width: 600, em: 32 })).toBe(true);
});

test("the margin has room for the widest label", () => {
  expect(margin_of(["4", "４０万円"], 16)).toBe(72);
  expect(margin_of([], 16)).toBe(8);
});

test("pieces stand on each other, and what is nothing has no piece", () => {
  const y: Scale = { from: 0, to: 100, start: 200, end: 0 };
  expect(stacked([50, 0, 25], y)).toEqual([
    { series: 0, y: 100, height: 100 },
    { series: 2, y: 50, height: 50 },
  ]);
});
