// What the medical insurers answer (service `checkups`, docs/protocols/gateway.md). The page knows
// no medicine: it shows what stands here. A document that does not read is refused whole.
import { Members, type JsonObject } from "../../shared/json";
import { refuse } from "../../shared/result";
import type { Answer as OneAnswer } from "../own";

export interface Value {
  code: string; // 特定健診項目コード
  name: string;
  value: string; // "62.3", or words, "(-)"
  unit?: string;
  low?: string; // as the holder states them, both in the range
  high?: string;
  range?: string; // in the holder's words
  outside?: boolean; // unknown where the holder states no range
}

const kinds = ["specific", "late-elderly"] as const;
const syndromes = ["applies", "preliminary", "none", "undetermined"] as const;
const levels = ["active", "motivational", "none", "undetermined"] as const;

export interface Checkup {
  id: string;
  day: string; // "2026-08-19"
  kind: (typeof kinds)[number];
  institution: string;
  metabolic?: (typeof syndromes)[number];
  guidance?: (typeof levels)[number];
  doctor?: string;
  values: Value[];
}

export interface CheckupsDocument {
  from: string; // "2021-12"
  to: string;
  arrived_to: string; // results of later months have not come in yet
  checkups: Checkup[]; // newest first
}

const checkups_max = 200;
const values_max = 200;
const doctor_bytes_max = 1000;

export function is_number(text: string): boolean {
  return /^(0|[1-9]\d{0,5})(\.\d{1,3})?$/.test(text);
}

function bound_of(members: Members, name: "low" | "high"): { low?: string; high?: string } {
  const text = members.optional_text(name);
  if (text === undefined) return {};
  return is_number(text) ? { [name]: text } : refuse("a bound is no decimal number");
}

function value_of(object: JsonObject): Value {
  const members = new Members(object);
  const [unit, range] = [members.optional_text("unit"), members.optional_text("range")];
  const outside = members.optional_boolean("outside");
  const value: Value = {
    code: members.text("code"),
    name: members.text("name"),
    value: members.text("value"),
    ...(unit === undefined ? {} : { unit }),
    ...bound_of(members, "low"),
    ...bound_of(members, "high"),
    ...(range === undefined ? {} : { range }),
    ...(outside === undefined ? {} : { outside }),
  };
  members.finish();
  return value;
}

function checkup_of(object: JsonObject): Checkup {
  const members = new Members(object);
  if (members.object("report").resourceType !== "DiagnosticReport") refuse("there is no report");
  const doctor = members.optional_text("doctor", doctor_bytes_max);
  const checkup: Checkup = {
    id: members.text("id", 40),
    day: members.optional_date("day") ?? refuse("a check-up has no day"),
    kind: members.one_of("kind", kinds),
    institution: members.text("institution"),
    ...(members.has("metabolic") ? { metabolic: members.one_of("metabolic", syndromes) } : {}),
    ...(members.has("guidance") ? { guidance: members.one_of("guidance", levels) } : {}),
    ...(doctor ? { doctor } : {}),
    values: members.objects("values", values_max).map(value_of),
  };
  members.finish();
  return checkup;
}

export function read_checkups(data: JsonObject): CheckupsDocument {
  const members = new Members(data);
  const document: CheckupsDocument = {
    from: members.month("from"),
    to: members.month("to"),
    arrived_to: members.month("arrived_to"),
    checkups: members.objects("checkups", checkups_max).map(checkup_of),
  };
  members.finish();
  for (const { day } of document.checkups) {
    const month = day.slice(0, 7);
    if (month < document.from || month > document.to) refuse("a check-up of another month");
  }
  return document;
}

export type Answer = OneAnswer<CheckupsDocument>;
