// What the holders of pension records answer (service `pension`, docs/protocols/gateway.md). The
// page knows no law: it shows and adds up what stands here. A document that does not read is
// refused whole.
import { is_of_one_holder, type OwnRecord } from "../../shared/ask";
import { Members, as_object, parse_code, type JsonObject } from "../../shared/json";
import { refuse } from "../../shared/result";
import { read_answers, type Answer as OneAnswer, type Answers } from "../own";

// ---- codes of lib/benefit: the records and their words ----

export const schemes = ["national", "employees", "employees-fund", "national-fund"] as const;
export type Scheme = (typeof schemes)[number];

export const categories = ["first", "second", "third", "voluntary", "none"] as const;
type Category = (typeof categories)[number];

export const statuses = [
  ...(["paid", "unpaid"] as const),
  ...(["exempt-full", "exempt-three-quarters", "exempt-half", "exempt-quarter"] as const),
  ...(["student", "deferred", "maternity", "childcare"] as const),
  ...(["employees", "third", "empty", "not-joined"] as const),
] as const;
type Status = (typeof statuses)[number];

const first_types = ["A", "B"] as const;
export const fund_types = [...first_types, "I", "II", "III", "IV", "V"] as const;

const bodies = ["state", "national-fund", "employees-fund", "federation"] as const;

// ---- the document ----

export interface Span {
  scheme: Scheme;
  from: string; // "2006-04"
  to: string | null; // the last month; null: goes on
  category?: Category;
  workplace?: string;
}

export interface Month {
  month: string;
  category: Category;
  status: Status;
  pay_yen?: number;
  bonus_yen?: number;
  paid_yen?: number;
  additional?: boolean;
  fund?: boolean;
  payable_until?: string;
}

export interface Year {
  year: number; // April to March
  scheme: Scheme;
  yen: number;
  months_unknown?: number; // not in `yen`: no table has their premium
}

// Of what is received already also `since`.
export interface Part {
  scheme: Scheme;
  yearly_yen: number;
  monthly_yen: number;
  from_age: number;
  until_age: number | null;
  since?: string;
}

export interface Claim {
  age: number;
  parts: Part[];
}

export interface Expected {
  basis: { code: string; value?: number }[];
  counted_months?: number;
  needed_months?: number;
  qualifies?: boolean;
  counted_months_continued?: number;
  goes_on_as?: Status;
  so_far: Claim[];
  continued: Claim[];
}

interface Receiving {
  since: string;
  parts: Part[];
}

export interface Unit {
  premium_yen: number | null; // a month; null: in no table that the holder has
  total_yen: number | null;
  yearly_yen: number | null;
  monthly_yen: number | null;
  from_age: number;
  until_age: number | null; // null: for life
}

export interface Joining {
  age: number;
  months: number;
  first: Record<string, Unit>;
  further: Record<string, Unit[]>; // for one, two, … of them
  // By the first's type; null: a premium is in no table, so the limits cannot be checked.
  further_max: Record<string, Record<string, number | null>>;
}

export type NationalFund =
  | { possible: true; table_year: number; joining: Joining[] }
  | { possible: false; reasons: string[] };

// A month; 在職老齢年金.
export interface Working {
  pension_yen: number; // of the employees' pension, the part that pay earned
  limit_yen: number;
  free_until_yen: number; // up to this pay nothing is stopped
  none_from_yen: number; // from this pay on nothing of pension_yen is left
  fiscal_year: number; // of the limit
}

export interface PensionDocument {
  body: (typeof bodies)[number];
  name: string;
  birth_date: string;
  recorded_to?: string; // later months have not come in yet
  office: { name: string; telephone: string };
  spans: Span[];
  months?: Month[];
  years: Year[];
  expected: Expected | null;
  expected_unknown?: string;
  receiving: Receiving | null;
  working?: Working | null; // of the state; null: there is no such pension, or why it is not known
  working_unknown?: string;
  national_fund?: NationalFund;
}

export type Answer = OneAnswer<PensionDocument>;

export interface Records extends Answers<PensionDocument> {
  is_cut_short: boolean; // nobody was asked after a problem that everybody else would have had
}

// ---- reading ----

const text_bytes_max = 1024;
const list_length_max = 2000; // the longest is that of months; nobody has so many
const yen_max = 1_000_000_000_000;
const age_max = 150;
const months_max = age_max * 12;
const year_max = 9999;

type Optional<Name extends string, T> = { [K in Name]?: T };

function optional<Name extends string, T>(
  members: Members,
  name: Name,
  read: (name: Name) => T,
): Optional<Name, T> {
  return members.has(name) ? ({ [name]: read(name) } as Optional<Name, T>) : {};
}

function or_null<T>(members: Members, name: string, read: (name: string) => T): T | null {
  return members.any(name) === null ? null : read(name);
}

// What the figures of one object have in common.
function readers_of(members: Members) {
  return {
    text: (name: string) => members.text(name, text_bytes_max),
    month: (name: string) => members.month(name),
    yen: (name: string) => members.integer(name, 0, yen_max),
    age: (name: string) => members.integer(name, 0, age_max),
    months: (name: string) => members.integer(name, 0, months_max),
    year: (name: string) => members.integer(name, 1900, year_max),
    flag: (name: string) => members.boolean(name),
    code: (name: string) => members.code(name),
    list: <T>(name: string, read: (one: JsonObject) => T) =>
      members.objects(name, list_length_max).map(read),
  };
}

// No member of it is overlooked.
function whole<T>(
  object: JsonObject,
  read: (members: Members, readers: ReturnType<typeof readers_of>) => T,
): T {
  const members = new Members(object);
  const out = read(members, readers_of(members));
  members.finish();
  return out;
}

function span_of(object: JsonObject): Span {
  return whole(object, (members, { text, month }) => ({
    scheme: members.one_of("scheme", schemes),
    from: month("from"),
    to: or_null(members, "to", month),
    ...optional(members, "category", (name) => members.one_of(name, categories)),
    ...optional(members, "workplace", text),
  }));
}

function month_of(object: JsonObject): Month {
  return whole(object, (members, { month, yen, flag }) => ({
    month: month("month"),
    category: members.one_of("category", categories),
    status: members.one_of("status", statuses),
    ...optional(members, "pay_yen", yen),
    ...optional(members, "bonus_yen", yen),
    ...optional(members, "paid_yen", yen),
    ...optional(members, "additional", flag),
    ...optional(members, "fund", flag),
    ...optional(members, "payable_until", () => members.optional_date("payable_until")!),
  }));
}

function year_of(object: JsonObject): Year {
  return whole(object, (members, { yen, months, year }) => ({
    year: year("year"),
    scheme: members.one_of("scheme", schemes),
    yen: yen("yen"),
    ...optional(members, "months_unknown", months),
  }));
}

function part_of(object: JsonObject): Part {
  return whole(object, (members, { month, yen, age }) => ({
    scheme: members.one_of("scheme", schemes),
    yearly_yen: yen("yearly_yen"),
    monthly_yen: yen("monthly_yen"),
    from_age: age("from_age"),
    until_age: or_null(members, "until_age", age),
    ...optional(members, "since", month),
  }));
}

function claim_of(object: JsonObject): Claim {
  return whole(object, (_, { age, list }) => ({
    age: age("age"),
    parts: list("parts", part_of),
  }));
}

function basis_of(object: JsonObject): Expected["basis"][number] {
  return whole(object, (members, { yen, code }) => ({
    code: code("code"),
    ...optional(members, "value", yen),
  }));
}

function expected_of(object: JsonObject): Expected {
  return whole(object, (members, { months, flag, list }) => ({
    basis: list("basis", basis_of),
    ...optional(members, "counted_months", months),
    ...optional(members, "needed_months", months),
    ...optional(members, "qualifies", flag),
    ...optional(members, "counted_months_continued", months),
    ...optional(members, "goes_on_as", (name) => members.one_of(name, statuses)),
    so_far: list("so_far", claim_of),
    continued: list("continued", claim_of),
  }));
}

function receiving_of(object: JsonObject): Receiving {
  return whole(object, (_, { month, list }) => ({
    since: month("since"),
    parts: list("parts", part_of),
  }));
}

function unit_of(object: JsonObject): Unit {
  return whole(object, (members, { yen, age }) => ({
    premium_yen: or_null(members, "premium_yen", yen),
    total_yen: or_null(members, "total_yen", yen),
    yearly_yen: or_null(members, "yearly_yen", yen),
    monthly_yen: or_null(members, "monthly_yen", yen),
    from_age: age("from_age"),
    until_age: or_null(members, "until_age", age),
  }));
}

// By types of units, each of which has to be known.
function by_type<T>(
  object: JsonObject,
  types: readonly string[],
  read: (members: Members, type: string) => T,
): Record<string, T> {
  return whole(object, (members) =>
    Object.fromEntries(
      types.filter((type) => members.has(type)).map((type) => [type, read(members, type)]),
    ),
  );
}

const units_max = 100;

function joining_of(object: JsonObject): Joining {
  return whole(object, (members, { age, months }) => ({
    age: age("age"),
    months: months("months"),
    first: by_type(members.object("first"), first_types, (first, type) =>
      unit_of(first.object(type)),
    ),
    further: by_type(members.object("further"), fund_types, (further, type) =>
      further.objects(type, units_max).map(unit_of),
    ),
    further_max: by_type(members.object("further_max"), first_types, (max, first) =>
      by_type(max.object(first), fund_types, (beside, type) =>
        or_null(beside, type, (name) => beside.integer(name, 0, units_max)),
      ),
    ),
  }));
}

function national_fund_of(object: JsonObject): NationalFund {
  return whole(object, (members, { year, flag, list }) => {
    if (flag("possible")) {
      const joining = list("joining", joining_of);
      return { possible: true, table_year: year("table_year"), joining };
    }
    return { possible: false, reasons: members.texts("reasons", 100).map(parse_code) };
  });
}

function working_of(object: JsonObject): Working {
  return whole(object, (_, { yen, year }) => ({
    pension_yen: yen("pension_yen"),
    limit_yen: yen("limit_yen"),
    free_until_yen: yen("free_until_yen"),
    none_from_yen: yen("none_from_yen"),
    fiscal_year: year("fiscal_year"),
  }));
}

function office_of(object: JsonObject): PensionDocument["office"] {
  return whole(object, (_, { text }) => ({ name: text("name"), telephone: text("telephone") }));
}

export function read_pension(data: JsonObject): PensionDocument {
  return whole(data, (members, { text, month, code, list }) => {
    const object = (name: string) => as_object(members.any(name), "a member");
    const document: PensionDocument = {
      body: members.one_of("body", bodies),
      name: text("name"),
      birth_date: members.optional_date("birth_date") ?? refuse("nobody's birth date"),
      ...optional(members, "recorded_to", month),
      office: office_of(members.object("office")),
      spans: list("spans", span_of),
      ...optional(members, "months", (name) => list(name, month_of)),
      years: list("years", year_of),
      expected: or_null(members, "expected", (name) => expected_of(object(name))),
      ...optional(members, "expected_unknown", code),
      receiving: or_null(members, "receiving", (name) => receiving_of(object(name))),
      ...optional(members, "working", () =>
        or_null(members, "working", (name) => working_of(object(name))),
      ),
      ...optional(members, "working_unknown", code),
      ...optional(members, "national_fund", (name) => national_fund_of(object(name))),
    };
    const { expected, expected_unknown } = document;
    if ((expected === null) !== (expected_unknown !== undefined)) {
      refuse("what is expected does not fit why it is not known");
    }
    if (document.working_unknown !== undefined && document.working !== null) {
      refuse("what may be earned does not fit why it is not known");
    }
    return document;
  });
}

// A fund that only writes to the person: nothing was joined, so nothing is missing.
export function is_joined({ expected_unknown }: PensionDocument): boolean {
  return expected_unknown !== "not-joined";
}

export function read_records(records: OwnRecord[]): Records {
  const ends_asking = ({ result }: OwnRecord) => !result.ok && !is_of_one_holder(result.problem);
  const is_cut_short = records.some(ends_asking);
  return { ...read_answers(records, read_pension), is_cut_short };
}
