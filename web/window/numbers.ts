// Which number an application has for each register, and how it is typed. The issuer reads it
// strictly once more, by the country's schemes; here the clerk is told which field to look at.
import type { PersonNumber, Role } from "./record";

export type Check = "insurer" | "municipality" | "resident";
export interface NumberField {
  name: string;
  digits?: number[]; // allowed lengths; none: any text
  chars_max?: number;
  optional?: boolean;
  check?: Check;
}
export interface NumberForm {
  scheme: string;
  fields: NumberField[];
  holder: string; // the field that is the register's id, or the id
}

export const forms: Record<Role, NumberForm> = {
  resident: {
    scheme: "resident-number",
    holder: "municipality",
    fields: [
      { name: "municipality", digits: [6], check: "municipality" },
      { name: "number", digits: [11], check: "resident" },
    ],
  },
  medical: {
    scheme: "insured-number",
    holder: "insurer",
    fields: [
      { name: "insurer", digits: [6, 8], check: "insurer" },
      { name: "symbol", chars_max: 20, optional: true },
      { name: "number", chars_max: 13 },
      { name: "branch", digits: [2], optional: true },
    ],
  },
  pension: {
    scheme: "basic-pension-number",
    holder: "nenkin",
    fields: [{ name: "number", digits: [10] }],
  },
  care: {
    scheme: "care-insured-number",
    holder: "insurer",
    fields: [
      { name: "insurer", digits: [6], check: "insurer" },
      { name: "number", digits: [10] },
    ],
  },
  "public-expense": {
    scheme: "subsidy-number",
    holder: "payer",
    fields: [
      { name: "payer", digits: [8], check: "insurer" },
      { name: "number", digits: [7], check: "insurer" },
    ],
  },
};

// Of one person's application: a city's subsidy beside welfare.
export const public_expenses_max = 3;

// As lib/wire/number.cpp: NFKC, without spaces and dashes of any kind; U+30FC is a letter.
export function normalised(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\p{Pd}\p{Z}\p{Cc}\p{Cf}\u2212]/gu, "")
    .toUpperCase();
}

const digits_of = (text: string) => [...text].map(Number);

// Every second digit twice, from the right; as lib/base/check_digit.cpp.
function insurer_digit(digits: number[]): number {
  const sum = digits.reduceRight((total, digit, i) => {
    const product = digit * ((digits.length - 1 - i) % 2 === 0 ? 2 : 1);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

// What is missing to eleven: weights 2 to 7 from the right, again and again.
function missing_to_eleven(digits: number[]): number {
  const sum = digits.reduceRight(
    (total, digit, i) => total + digit * (2 + ((digits.length - 1 - i) % 6)),
    0,
  );
  return 11 - (sum % 11);
}

const check_digits: Record<Check, (digits: number[]) => number> = {
  insurer: insurer_digit,
  municipality: (digits) => missing_to_eleven(digits) % 10,
  resident: (digits) => (missing_to_eleven(digits) > 9 ? 0 : missing_to_eleven(digits)),
};

export function check_fits(check: Check, text: string): boolean {
  const digits = digits_of(text);
  return check_digits[check](digits.slice(0, -1)) === digits.at(-1);
}

export type Mistake = "missing" | "digits" | "check" | "long";

// Of a value that was normalised.
export function mistake_in(field: NumberField, value: string): Mistake | undefined {
  if (value === "") return field.optional ? undefined : "missing";
  if (field.digits) {
    const fits = /^\d+$/.test(value) && field.digits.includes(value.length);
    if (!fits) return "digits";
  } else if ([...value].length > field.chars_max!) {
    return "long";
  }
  return field.check && !check_fits(field.check, value) ? "check" : undefined;
}

export type Typed = Record<string, string>; // field name to what was typed

export function number_of(role: Role, typed: Typed): PersonNumber {
  const { scheme, fields } = forms[role];
  const values = fields.map(({ name }) => [name, normalised(typed[name] ?? "")] as const);
  return { scheme, fields: Object.fromEntries(values.filter(([, value]) => value !== "")) };
}

// Whose register it is.
export function holder_of(role: Role, { fields }: PersonNumber): string {
  const { holder } = forms[role];
  return fields[holder] ?? holder;
}
