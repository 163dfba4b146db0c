// Documents for tests, one set a state of the page. The amounts are plausible
// and not calculated by law: that is lib/benefit's, and has tests of its own.
import type { OwnRecord } from "../../shared/ask";
import { add_months, fiscal_year } from "../../shared/months";
import { answered as record, failed as silence } from "../test_records";
import type {
  Claim,
  Joining,
  Month,
  NationalFund,
  Part,
  PensionDocument,
  Scheme,
  Span,
  Unit,
  Year,
} from "./record";

export const today = "2026-11-26";
const as_of = Date.UTC(2026, 10, 25, 17, 14) / 1000; // 02:14 on the 26th in Japan

interface Phase {
  from: string;
  count: number;
  month: Omit<Month, "month">;
}

function months_of(phases: Phase[]): Month[] {
  return phases.flatMap(({ from, count, month }) =>
    Array.from({ length: count }, (_, i) => {
      const out: Month = { month: add_months(from, i), ...month };
      if (out.pay_yen === 280000 && /-(06|12)$/.test(out.month)) out.bonus_yen = 420000;
      // Two years after the month's own time: the last day of a month, here always the 28th.
      if (month.status === "unpaid") out.payable_until = `${add_months(out.month, 25)}-28`;
      return out;
    }),
  );
}

function years_of(months: Month[], scheme: Scheme, counts: (month: Month) => boolean): Year[] {
  const years = new Map<number, number>();
  for (const month of months.filter(counts)) {
    const year = fiscal_year(month.month);
    years.set(year, (years.get(year) ?? 0) + (month.paid_yen ?? 0));
  }
  return [...years].map(([year, yen]) => ({ year, scheme, yen }));
}

function part(scheme: Scheme, monthly_yen: number, from_age: number, until?: number): Part {
  const yearly_yen = monthly_yen * 12;
  return { scheme, monthly_yen, yearly_yen, from_age, until_age: until ?? null };
}

// Earlier is less, later is more.
function claims_of(monthly: [Scheme, number][], from = 60): Claim[] {
  return Array.from({ length: 76 - from }, (_, i) => {
    const age = from + i;
    const percent = age < 65 ? 100 - (65 - age) * 4.8 : 100 + (age - 65) * 8.4;
    const amount = (yen: number) => Math.round((yen * percent) / 100);
    return { age, parts: monthly.map(([scheme, yen]) => part(scheme, amount(yen), age)) };
  });
}

const same_at_each_age = (parts: Part[], from = 60): Claim[] =>
  Array.from({ length: 76 - from }, (_, i) => ({ age: from + i, parts }));

function unit(premium: number, months: number, yearly: number, from = 65, until?: number): Unit {
  return {
    premium_yen: premium,
    total_yen: premium * months,
    yearly_yen: yearly,
    monthly_yen: Math.floor(yearly / 12),
    from_age: from,
    until_age: until ?? null,
  };
}

function joining_at(age: number): Joining {
  const months = Math.max(12, (60 - age) * 12);
  const base = age <= 45 ? 180000 : age <= 50 ? 120000 : (60 - age) * 12000 + 12000;
  const premium = 9000 + (age - 30) * 350;
  const several = (one: number, yearly: number, most: number, from = 65, until?: number) =>
    Array.from({ length: most }, (_, i) =>
      unit(one * (i + 1), months, yearly * (i + 1), from, until),
    );
  return {
    age,
    months,
    first: { A: unit(premium, months, base), B: unit(premium - 900, months, base) },
    further: {
      A: several(premium / 2, base / 3, 5),
      B: several(premium / 2 - 300, base / 3, 5),
      I: several(3000, base / 3, 3, 65, 80),
      II: several(2100, base / 3, 3, 65, 75),
      III: several(3600, base / 3, 3, 60, 75),
    },
    further_max: {
      A: { A: 5, B: 5, I: 3, II: 3, III: age <= 50 ? 3 : 0 },
      B: { A: 5, B: 5, I: 3, II: 3, III: age <= 50 ? 3 : 0 },
    },
  };
}

const can_join: NationalFund = {
  possible: true,
  table_year: 2018,
  joining: Array.from({ length: 20 }, (_, i) => joining_at(40 + i)),
};

const basis = [
  { code: "table-year", value: 2026 },
  { code: "goes-on-until", value: 60 },
  { code: "status-as-now" },
  { code: "no-work-after-claim" },
];

type Body = PensionDocument["body"];
function document_of(body: Body, office: string, telephone: string): PensionDocument {
  return {
    body,
    name: "厚労 花子",
    birth_date: "1986-05-01",
    recorded_to: "2026-10",
    office: { name: office, telephone },
    spans: [],
    years: [],
    expected: null,
    receiving: null,
  };
}

const employed = (pay_yen: number, paid_yen: number, fund: boolean): Omit<Month, "month"> => ({
  category: "second",
  status: "employees",
  pay_yen,
  paid_yen,
  ...(fund ? { fund } : {}),
});

const hanako_months = months_of([
  { from: "2006-04", count: 36, month: { category: "first", status: "student" } },
  { from: "2009-04", count: 12, month: employed(200000, 15700, true) },
  { from: "2010-04", count: 24, month: employed(220000, 17660, false) },
  {
    from: "2012-04",
    count: 6,
    month: { category: "first", status: "exempt-half", paid_yen: 7490 },
  },
  { from: "2012-10", count: 12, month: { category: "third", status: "third" } },
  { from: "2013-10", count: 3, month: { category: "first", status: "paid", paid_yen: 15040 } },
  {
    from: "2014-01",
    count: 3,
    month: { category: "first", status: "paid", paid_yen: 15440, additional: true },
  },
  { from: "2014-04", count: 48, month: employed(240000, 21390, true) },
  { from: "2018-04", count: 60, month: employed(280000, 25620, true) },
  { from: "2023-04", count: 36, month: employed(320000, 29280, true) },
  { from: "2026-04", count: 4, month: { category: "first", status: "paid", paid_yen: 17920 } },
  { from: "2026-08", count: 3, month: { category: "first", status: "unpaid" } },
]);

const hanako_spans: Span[] = [
  { scheme: "national", from: "2006-04", to: "2009-03", category: "first" },
  { scheme: "national", from: "2009-04", to: "2012-03", category: "second" },
  { scheme: "employees", from: "2009-04", to: "2012-03", workplace: "さくら印刷株式会社" },
  { scheme: "national", from: "2012-04", to: "2012-09", category: "first" },
  { scheme: "national", from: "2012-10", to: "2013-09", category: "third" },
  { scheme: "national", from: "2013-10", to: "2014-03", category: "first" },
  { scheme: "national", from: "2014-04", to: "2026-03", category: "second" },
  { scheme: "employees", from: "2014-04", to: "2026-03", workplace: "まどか電機株式会社" },
  { scheme: "national", from: "2026-04", to: null, category: "first" },
];

export const hanako_state: PensionDocument = {
  ...document_of("state", "A市年金事務所", "0990-00-1165"),
  spans: hanako_spans,
  months: hanako_months,
  years: [
    ...years_of(hanako_months, "national", ({ category }) => category === "first"),
    ...years_of(hanako_months, "employees", ({ category }) => category === "second"),
  ],
  expected: {
    basis,
    counted_months: 241,
    needed_months: 120,
    qualifies: true,
    goes_on_as: "paid",
    so_far: claims_of([
      ["national", 29870],
      ["employees", 19820],
    ]),
    continued: claims_of([
      ["national", 62340],
      ["employees", 19820],
    ]),
  },
  working: {
    pension_yen: 19820,
    limit_yen: 650000,
    free_until_yen: 630180,
    none_from_yen: 669820,
    fiscal_year: 2026,
  },
  national_fund: can_join,
};

const fund_parts = [part("employees-fund", 14250, 65)];
export const hanako_fund: PensionDocument = {
  ...document_of("employees-fund", "まどか電機厚生年金基金 給付課", "0990-00-2200"),
  spans: [
    {
      scheme: "employees-fund",
      from: "2014-04",
      to: "2026-03",
      workplace: "まどか電機株式会社",
    },
  ],
  years: Array.from({ length: 12 }, (_, i) => ({
    year: 2014 + i,
    scheme: "employees-fund" as const,
    yen: 46800 + i * 1200,
  })),
  expected: {
    basis: [{ code: "as-the-holder-says" }],
    so_far: same_at_each_age(fund_parts),
    continued: same_at_each_age(fund_parts),
  },
};

const federation_parts = [part("employees-fund", 1130, 65)];
export const hanako_federation: PensionDocument = {
  ...document_of("federation", "企業年金連合会 年金相談室", "0990-00-3300"),
  spans: [
    {
      scheme: "employees-fund",
      from: "2009-04",
      to: "2010-03",
      workplace: "さくら印刷株式会社",
    },
  ],
  years: [{ year: 2009, scheme: "employees-fund", yen: 36000 }],
  expected: {
    basis: [],
    so_far: same_at_each_age(federation_parts),
    continued: same_at_each_age(federation_parts),
  },
};

const holders = {
  nenkin: "日本年金機構",
  npf: "国民年金基金",
  "kikin-1": "まどか電機厚生年金基金",
  pfa: "企業年金連合会",
};

function answered(position: number, id: keyof typeof holders, data: unknown): OwnRecord {
  return record({ kind: "pension", position, holder: { id, name: holders[id] }, as_of }, data);
}

function failed(position: number, code: string): OwnRecord {
  return silence("pension", position, code, code === "unavailable" ? "absent" : undefined);
}

const kikin = answered(2, "kikin-1", hanako_fund);
const federation = answered(3, "pfa", hanako_federation);
const hanako = [answered(1, "nenkin", hanako_state), kikin, federation];

function with_reasons(...reasons: string[]): OwnRecord[] {
  const national_fund: NationalFund = { possible: false, reasons };
  return [answered(1, "nenkin", { ...hanako_state, national_fund }), kikin, federation];
}

const member_parts = [part("national-fund", 15000, 65), part("national-fund", 5000, 65, 80)];
const member: PensionDocument = {
  ...document_of("national-fund", "全国国民年金基金 相談窓口", "0990-00-4400"),
  spans: [{ scheme: "national-fund", from: "2026-05", to: null }],
  years: [{ year: 2026, scheme: "national-fund", yen: 81000 }],
  expected: {
    basis: [],
    so_far: same_at_each_age([part("national-fund", 320, 65)]),
    continued: same_at_each_age(member_parts),
  },
};

// The fund has written to her, and she has not joined it.
const invited: PensionDocument = {
  ...document_of("national-fund", "加入相談室", "0990-00-4400"),
  expected_unknown: "not-joined",
};

const haru_months = months_of([
  { from: "1967-06", count: 58, month: { category: "none", status: "empty" } },
  { from: "1972-04", count: 168, month: { category: "third", status: "third" } },
  { from: "1986-04", count: 255, month: { category: "first", status: "paid" } },
]);
const haru: PensionDocument = {
  ...document_of("state", "A市年金事務所", "0990-00-1165"),
  name: "厚労 ハル",
  birth_date: "1947-06-15",
  spans: [{ scheme: "national", from: "1986-04", to: "2007-05", category: "first" }],
  months: haru_months,
  years: Array.from({ length: 21 }, (_, i) => ({
    year: 1986 + i,
    scheme: "national" as const,
    yen: 85200 + i * 4000,
  })),
  expected_unknown: "receiving",
  receiving: {
    since: "2012-07",
    parts: [part("national", 58210, 65), part("employees", 12040, 65)],
  },
  working: {
    pension_yen: 11800,
    limit_yen: 650000,
    free_until_yen: 638200,
    none_from_yen: 661800,
    fiscal_year: 2026,
  },
  national_fund: { possible: false, reasons: ["receiving", "too-old"] },
};

const few_months = months_of([
  { from: "2006-04", count: 24, month: { category: "none", status: "not-joined" } },
  { from: "2008-04", count: 84, month: employed(200000, 15700, false) },
  { from: "2015-04", count: 115, month: { category: "none", status: "not-joined" } },
  { from: "2024-11", count: 24, month: { category: "first", status: "unpaid" } },
]);
const too_few: PensionDocument = {
  ...hanako_state,
  months: few_months,
  spans: [
    { scheme: "national", from: "2008-04", to: "2015-03", category: "second" },
    { scheme: "employees", from: "2008-04", to: "2015-03", workplace: "さくら印刷株式会社" },
    { scheme: "national", from: "2024-11", to: null, category: "first" },
  ],
  years: years_of(few_months, "employees", ({ category }) => category === "second"),
  expected: {
    basis,
    counted_months: 84,
    needed_months: 120,
    qualifies: false,
    so_far: [],
    continued: claims_of([
      ["national", 44100],
      ["employees", 9020],
    ]),
  },
};

const no_table: Unit = {
  ...{ premium_yen: null, total_yen: null, yearly_yen: null, monthly_yen: null },
  ...{ from_age: 65, until_age: null },
};
const unknown_premium: PensionDocument = {
  ...hanako_state,
  national_fund: {
    possible: true,
    table_year: 2018,
    joining: [
      {
        ...joining_at(40),
        first: { A: no_table, B: no_table },
        further: { A: [no_table] },
        further_max: { A: { A: null }, B: { A: null } },
      },
      joining_at(41),
    ],
  },
};

// Years before the first table of premiums: nobody knows what was paid.
const no_amounts: PensionDocument = {
  ...hanako_state,
  years: [1966, 1967].map((year) => ({
    ...{ year, scheme: "employees" as const, yen: 0, months_unknown: 12 },
  })),
};

export const states: Record<string, { records: OwnRecord[]; done: boolean }> = {
  hanako: { records: hanako, done: true },
  asking: { records: [kikin], done: false },
  first: { records: [], done: false },
  second_category: { records: with_reasons("second-category"), done: true },
  third_category: { records: with_reasons("third-category"), done: true },
  exempt: { records: with_reasons("exempt"), done: true },
  too_old: { records: with_reasons("too-old"), done: true },
  member: {
    records: [...with_reasons("already-member"), answered(4, "npf", member)],
    done: true,
  },
  invited: { records: [...hanako, answered(4, "npf", invited)], done: true },
  receiving: { records: [answered(1, "nenkin", haru)], done: true },
  one_silent: { records: [hanako[0]!, kikin, failed(3, "unavailable")], done: true },
  state_silent: { records: [failed(1, "unavailable"), kikin, federation], done: true },
  all_silent: { records: [failed(1, "log_unwitnessed")], done: true },
  nothing: { records: [], done: true },
  too_few: { records: [answered(1, "nenkin", too_few)], done: true },
  not_known: {
    records: [
      answered(1, "nenkin", {
        ...hanako_state,
        expected: null,
        expected_unknown: "no-table",
        working: null,
        working_unknown: "no-table",
        national_fund: { possible: false, reasons: ["farmers-pension"] },
      }),
    ],
    done: true,
  },
  unknown_premium: { records: [answered(1, "nenkin", unknown_premium), kikin], done: true },
  no_amounts: { records: [answered(1, "nenkin", no_amounts)], done: true },
  unreadable: { records: [answered(1, "nenkin", { body: "state" }), kikin], done: true },
};
