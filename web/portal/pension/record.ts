// What the holders of pension records answer (service `pension`). The page knows no law: it shows
// and adds up what stands here. A document that does not read is refused whole.
import { is_of_one_holder, type OwnRecord } from "../../shared/ask";
import type { JsonObject } from "../../shared/json";
import { refuse } from "../../shared/result";
import { read_answers, type Answer as OneAnswer, type Answers } from "../own";

export type Scheme = "national" | "employees" | "employees-fund" | "national-fund";
export const schemes: readonly Scheme[] = [
  "national",
  "employees",
  "employees-fund",
  "national-fund",
];

export interface Span {
  scheme: Scheme;
  from: string; // "2006-04"
  to: string | null; // the last month; null: goes on
  category?: "first" | "second" | "third" | "voluntary";
  workplace?: string;
}

export interface Month {
  month: string;
  category: string;
  status: string;
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
  basis: { code: string; value?: number | string }[];
  counted_months?: number;
  needed_months?: number;
  qualifies?: boolean;
  counted_months_continued?: number;
  qualifies_continued?: boolean;
  goes_on_as?: string; // a status
  so_far: Claim[];
  continued: Claim[];
}

export interface Receiving {
  since: string;
  claim_age?: number;
  parts: Part[];
}

export interface Unit {
  premium_yen: number | null; // a month; null: in no table that the holder has
  total_yen?: number | null;
  yearly_yen?: number | null;
  monthly_yen?: number | null;
  from_age?: number;
  until_age?: number | null;
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
  | { possible: true; table_year?: number; joining: Joining[] }
  | { possible: false; reasons: string[] };

export interface PensionDocument {
  body: string;
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
  national_fund?: NationalFund;
}

export type Answer = OneAnswer<PensionDocument>;

export interface Records extends Answers<PensionDocument> {
  is_cut_short: boolean; // nobody was asked after a problem that everybody else would have had
}

type Reads = (value: unknown) => boolean;
const is_text: Reads = (value) => typeof value === "string";
const is_whole: Reads = (value) => Number.isSafeInteger(value);
const optional =
  (reads: Reads): Reads =>
  (value) =>
    value === undefined || reads(value);
const or_null =
  (reads: Reads): Reads =>
  (value) =>
    value === null || reads(value);
const one_of =
  (texts: readonly string[]): Reads =>
  (value) =>
    texts.includes(value as string);
const matching =
  (form: RegExp): Reads =>
  (value) =>
    typeof value === "string" && form.test(value);
const is_record: Reads = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// The largest list is that of months; nobody has a thousand.
const list_length_max = 2000;
const list =
  (reads: Reads): Reads =>
  (value) =>
    Array.isArray(value) && value.length <= list_length_max && value.every(reads);
const values =
  (reads: Reads): Reads =>
  (value) =>
    is_record(value) && Object.values(value as object).every(reads);
const object =
  (members: Record<string, Reads>): Reads =>
  (value) =>
    is_record(value) &&
    Object.entries(members).every(([name, reads]) =>
      reads((value as Record<string, unknown>)[name]),
    );

const is_month = matching(/^\d{4}-(0[1-9]|1[0-2])$/);
const is_date = matching(/^\d{4}-(0[1-9]|1[0-2])-\d{2}$/);
const is_scheme = one_of(schemes);

const is_part = object({
  scheme: is_scheme,
  yearly_yen: is_whole,
  monthly_yen: is_whole,
  from_age: is_whole,
  until_age: or_null(is_whole),
  since: optional(is_month),
});
const is_claim = object({ age: is_whole, parts: list(is_part) });
const is_amount = optional(or_null(is_whole));
const is_unit = object({
  premium_yen: or_null(is_whole),
  total_yen: is_amount,
  yearly_yen: is_amount,
  monthly_yen: is_amount,
  from_age: optional(is_whole),
  until_age: is_amount,
});
const is_joining = object({
  age: is_whole,
  months: is_whole,
  first: values(is_unit),
  further: values(list(is_unit)),
  further_max: values(values(or_null(is_whole))),
});
const is_possible = object({
  possible: (value) => value === true,
  table_year: optional(is_whole),
  joining: list(is_joining),
});
const is_impossible = object({ possible: (value) => value === false, reasons: list(is_text) });

const is_document = object({
  body: is_text,
  name: is_text,
  birth_date: is_date,
  recorded_to: optional(is_month),
  office: object({ name: is_text, telephone: is_text }),
  spans: list(
    object({
      scheme: is_scheme,
      from: is_month,
      to: or_null(is_month),
      category: optional(one_of(["first", "second", "third", "voluntary"])),
      workplace: optional(is_text),
    }),
  ),
  months: optional(
    list(
      object({
        month: is_month,
        category: is_text,
        status: is_text,
        pay_yen: optional(is_whole),
        bonus_yen: optional(is_whole),
        paid_yen: optional(is_whole),
        payable_until: optional(is_date),
      }),
    ),
  ),
  years: list(
    object({
      year: is_whole,
      scheme: is_scheme,
      yen: is_whole,
      months_unknown: optional(is_whole),
    }),
  ),
  expected: or_null(
    object({
      basis: list(object({ code: is_text })),
      counted_months: optional(is_whole),
      needed_months: optional(is_whole),
      counted_months_continued: optional(is_whole),
      goes_on_as: optional(is_text),
      so_far: list(is_claim),
      continued: list(is_claim),
    }),
  ),
  expected_unknown: optional(is_text),
  receiving: or_null(object({ since: is_month, parts: list(is_part) })),
  national_fund: optional((value) => is_possible(value) || is_impossible(value)),
});

export function read_pension(data: JsonObject): PensionDocument {
  return is_document(data) ? (data as unknown as PensionDocument) : refuse("no such document");
}

export function read_records(records: OwnRecord[]): Records {
  const ends_asking = ({ result }: OwnRecord) => !result.ok && !is_of_one_holder(result.problem);
  const is_cut_short = records.some(ends_asking);
  return { ...read_answers(records, read_pension), is_cut_short };
}
