import { expect, test } from "vitest";
import { is_joined, read_records, type Joining, type Month, type Part, type Unit } from "./record";
import {
  age_lines,
  changes,
  claim_ages,
  fund_result,
  further_types,
  gaps_of,
  is_unknown,
  joining_of,
  month_years,
  monthly_at,
  monthly_for_life,
  parts_at,
  payable_runs,
  possible_choice,
  received_before,
  runs,
  span_lines,
  total,
  year_lines,
} from "./sums";
import { hanako_fund, states, today } from "./test_documents";

const answers_of = (state: string) => read_records(states[state]!.records).answers;
const hanako = answers_of("hanako");

test("spans of all holders, by month, the lower storey first", () => {
  const lines = span_lines(hanako).map(({ scheme, from }) => `${from} ${scheme}`);
  expect(lines.slice(0, 4)).toEqual([
    "2006-04 national",
    "2009-04 national",
    "2009-04 employees",
    "2009-04 employees-fund",
  ]);
});

test("contributions of one year are added up over schemes and holders", () => {
  const lines = year_lines(hanako);
  const of = (year: number) => lines.find((line) => line.year === year)!.amounts;
  expect(lines.map(({ year }) => year)).toEqual(Array.from({ length: 21 }, (_, i) => 2006 + i));
  expect(of(2009).employees).toBe(12 * 15700);
  expect(of(2009)["employees-fund"]).toBe(36000);
  expect(total(of(2009))).toBe(12 * 15700 + 36000);
  expect(of(2012).national).toBe(6 * 7490);
});

test("a year without any amount stands between others", () => {
  const [answer] = hanako;
  const years = [2000, 2002].map((year) => ({ year, scheme: "national" as const, yen: 5 }));
  const lines = year_lines([{ ...answer!, document: { ...answer!.document, years } }]);
  expect(lines.map(({ year, amounts }) => [year, total(amounts)])).toEqual([
    [2000, 5],
    [2001, 0],
    [2002, 5],
  ]);
  expect(year_lines([])).toEqual([]);
});

test("what is not known is no amount of nothing, and its years are named", () => {
  const [answer] = hanako;
  const scheme = "employees" as const;
  const years = [
    { year: 1966, scheme, yen: 0, months_unknown: 12 },
    { year: 1967, scheme, yen: 0, months_unknown: 12 },
    { year: 1968, scheme, yen: 900, months_unknown: 3 },
    { year: 1970, scheme, yen: 0 },
    { year: 1971, scheme, yen: 0, months_unknown: 1 },
  ];
  const lines = year_lines([{ ...answer!, document: { ...answer!.document, years } }]);
  expect(lines.map(({ amounts, unknown }) => is_unknown(total(amounts), total(unknown)))).toEqual([
    ...[true, true, false, false, false, true],
  ]);
  expect(gaps_of(lines)).toEqual([
    { from: 1966, to: 1967, is_whole: true },
    { from: 1968, to: 1968, is_whole: false },
    { from: 1971, to: 1971, is_whole: true },
  ]);
  expect(gaps_of(year_lines(hanako))).toEqual([]);
});

test("a fund that only writes to the person changes no sum", () => {
  const invited = answers_of("invited");
  expect(invited.length).toBe(hanako.length + 1);
  expect(is_joined(invited[3]!.document)).toBe(false);
  expect(hanako.every(({ document }) => is_joined(document))).toBe(true);
  expect(claim_ages(invited, "continued")).toEqual(claim_ages(hanako, "continued"));
  expect(parts_at(invited, "continued", 65)).toEqual(parts_at(hanako, "continued", 65));
  expect(year_lines(invited)).toEqual(year_lines(hanako));
  expect(span_lines(invited).length).toBe(span_lines(hanako).length);
});

test("parts of all holders at the age of claiming", () => {
  expect(claim_ages(hanako, "continued")).toEqual(Array.from({ length: 16 }, (_, i) => 60 + i));
  const parts = parts_at(hanako, "continued", 65);
  expect(monthly_at(parts, 64)).toEqual(monthly_at([], 0));
  expect(monthly_at(parts, 65)).toEqual({
    national: 62340,
    employees: 19820,
    "employees-fund": 14250 + 1130,
    "national-fund": 0,
  });
});

test("an age that one holder says nothing of is not offered: its sum would lack a part", () => {
  const claims = hanako_fund.expected!.so_far.filter(({ age }) => age >= 65);
  const later = { ...hanako_fund, expected: { ...hanako_fund.expected!, so_far: claims } };
  const [state, fund, ...others] = hanako;
  const ages = claim_ages([state!, { ...fund!, document: later }, ...others], "so_far");
  expect(ages[0]).toBe(65);
});

test("what is received already is a part of every sum", () => {
  const haru = answers_of("receiving");
  expect(claim_ages(haru, "continued")).toEqual([]);
  expect(total(monthly_at(parts_at(haru, "continued", null), 79))).toBe(58210 + 12040);
});

const part = (monthly_yen: number, from_age: number, until_age: number | null): Part => ({
  scheme: "national-fund",
  monthly_yen,
  yearly_yen: monthly_yen * 12,
  from_age,
  until_age,
});

test("a part is paid from its age up to before its end", () => {
  const parts = [part(10, 65, null), part(1, 60, 80)];
  const at = (age: number) => total(monthly_at(parts, age));
  expect([59, 60, 64, 65, 79, 80].map(at)).toEqual([0, 1, 1, 11, 11, 10]);
  expect(monthly_for_life(parts)).toBe(10);
});

test("the chart begins at 65, or at the first payment, and ends at 80", () => {
  const ages = (parts: Part[]) => age_lines(parts).map(({ age }) => age);
  expect(ages([part(1, 70, null)])).toEqual(Array.from({ length: 16 }, (_, i) => 65 + i));
  expect(ages([part(1, 60, 65)])[0]).toBe(60);
  expect(ages([])[0]).toBe(65);
});

test("in words: only where an amount changes", () => {
  const lines = age_lines([part(10, 65, null), part(1, 65, 80)]);
  expect(changes(lines).map(({ age, amounts }) => [age, total(amounts)])).toEqual([
    [65, 11],
    [80, 10],
  ]);
  const late = changes(age_lines([part(10, 70, null)]));
  expect(late.map(({ age }) => age)).toEqual([70]);
});

test("all that comes before a birthday", () => {
  expect(received_before([part(10, 65, null), part(1, 60, 70)], 80)).toBe(15 * 120 + 10 * 12);
  expect(received_before([part(10, 75, null)], 70)).toBe(0);
});

type Status = Month["status"];
const month = (name: string, status: Status = "paid", more: Partial<Month> = {}): Month => ({
  month: name,
  category: "first",
  status,
  ...more,
});

test("a year goes from April to March", () => {
  const [first, second] = month_years([month("2007-03"), month("2007-04")]);
  expect(first!.year).toBe(2006);
  expect(first!.months[11]!.month).toBe("2007-03");
  expect(first!.months.filter((one) => one !== null)).toHaveLength(1);
  expect(second!.months[0]!.month).toBe("2007-04");
});

test("months that are alike and follow each other are one run", () => {
  const list = ["2006-11", "2006-12", "2007-01", "2007-03"].map((name) => month(name));
  expect(
    runs(list, ({ status }) => status).map(({ first, count }) => [first.month, count]),
  ).toEqual([
    ["2006-11", 3],
    ["2007-03", 1],
  ]);
});

test("what can still be paid: by the date that the holder gave, the day itself included", () => {
  const list = [
    month("2024-09", "unpaid", { payable_until: "2026-11-25" }),
    month("2024-10", "unpaid", { payable_until: today }),
    month("2024-11", "unpaid", { payable_until: "2026-12-31" }),
    month("2024-12", "unpaid"),
  ];
  expect(payable_runs(list, today).map(({ first, count }) => [first.month, count])).toEqual([
    ["2024-10", 2],
  ]);
});

// ---- 国民年金基金に加入した場合 ----

const nothing_known = { total_yen: null, yearly_yen: null, monthly_yen: null };
const unit = (premium_yen: number | null, monthly_yen = 1000, until_age: number | null = null) => {
  const known: Unit = { premium_yen, ...nothing_known, from_age: 65, until_age };
  if (premium_yen === null) return known;
  return { ...known, total_yen: premium_yen * 240, yearly_yen: monthly_yen * 12, monthly_yen };
};
const joining: Joining = {
  age: 40,
  months: 240,
  first: { A: unit(10000), B: unit(9000) },
  further: { I: [unit(3000, 500, 80), unit(6000, 1000, 80)], II: [unit(2000, 300, 75)], V: [] },
  further_max: { A: { I: 1, II: 1 }, B: { I: 2, II: 0, V: 3 } },
};

test("only what the tables allow beside the first unit is offered", () => {
  expect(further_types(joining, "A")).toEqual(["I", "II"]);
  expect(further_types(joining, "B")).toEqual(["I"]);
  expect(further_types({ ...joining, further_max: { A: { I: null } } }, "A")).toEqual([]);
});

test("a choice that another age or type does not offer becomes the nearest that it does", () => {
  const wished = { age: 40, first: "A", further: "I", count: 2 };
  expect(possible_choice(joining, wished).count).toBe(1);
  expect(possible_choice(joining, { ...wished, first: "B" }).count).toBe(2);
  const gone = possible_choice(joining, { ...wished, first: "B", further: "II" });
  expect([gone.further, gone.count]).toEqual(["", 0]);
  expect(possible_choice(joining, { ...wished, first: "C" }).first).toBe("A");
});

test("first and further units are added up", () => {
  const result = fund_result(joining, { age: 40, first: "B", further: "I", count: 2 });
  expect(result.premium_yen).toBe(15000);
  expect(result.total_yen).toBe(15000 * 240);
  expect(result.parts!.map(({ monthly_yen, until_age }) => [monthly_yen, until_age])).toEqual([
    [1000, null],
    [1000, 80],
  ]);
});

test("what is in no table is not known, and nothing is added up to it", () => {
  const unknown: Joining = { ...joining, first: { A: unit(null) } };
  const result = fund_result(unknown, { age: 40, first: "A", further: "I", count: 1 });
  expect(result).toEqual({ premium_yen: null, total_yen: null, months: 240, parts: null });
});

test("the tables of an age, or else of the first age", () => {
  const both = [joining, { ...joining, age: 41 }];
  const fund = { possible: true as const, table_year: 2018, joining: both };
  expect(joining_of(fund, 41)!.age).toBe(41);
  expect(joining_of(fund, 0)!.age).toBe(40);
  expect(joining_of({ possible: false, reasons: ["exempt"] }, 40)).toBeNull();
  expect(joining_of(undefined, 40)).toBeNull();
});
