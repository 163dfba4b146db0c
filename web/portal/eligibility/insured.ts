// What the holders of eligibility answered, read for showing it to the person
// (docs/protocols/gateway.md, `eligibility`). A document that does not read is refused whole.
import type { OwnRecord } from "../../shared/ask";
import { Members, parse_date, type JsonObject } from "../../shared/json";
import { refuse } from "../../shared/result";
import { read_answer } from "../own";

export interface Cover {
  share_percent: number;
  special_payment: boolean; // pays everything first
  symbol: string;
  number: string;
  branch: string;
  from: string;
  to?: string;
  name: string;
  category?: string; // 第1号, 任意継続, …
  level?: string; // 要介護状態区分
}
export interface Insured {
  kind: string;
  holder?: string; // its name; unknown when it did not answer
  as_of?: number;
  covers: Cover[];
  ended?: { last_day?: string; reason?: string };
  problem?: string; // code
}

const payers_max = 64;
const list_length_max = 1000;

// Of FHIR resources only what is shown is looked at: they may have more.
function objects(from: JsonObject, name: string): JsonObject[] {
  return from[name] === undefined ? [] : new Members(from).objects(name, list_length_max);
}

function patient_name(coverage: JsonObject): string {
  const patient = objects(coverage, "contained").find((one) => one.resourceType === "Patient");
  const name = patient && objects(patient, "name")[0];
  return (name && new Members(name).optional_text("text", 1024)) ?? "";
}

function class_of(coverage: JsonObject, code: string): string | undefined {
  const found = objects(coverage, "class").find((one) => {
    const type = new Members(one).optional_object("type");
    return type && objects(type, "coding").some((coding) => coding.code === code);
  });
  return found && new Members(found).text("value", 1024);
}

function cover_of(payer: JsonObject): Cover {
  const members = new Members(payer);
  const coverage = members.object("coverage");
  const period = new Members(new Members(coverage).object("period"));
  const to = period.optional_text("end");
  const category = class_of(coverage, "plan");
  const level = class_of(coverage, "care-level");
  members.integer("rank", 1, 100);
  members.boolean("guarantee");
  members.optional_boolean("provisional");
  const out = {
    share_percent: members.integer("share_percent", 0, 100),
    special_payment: members.boolean("special_payment"),
    symbol: members.text("symbol"),
    number: members.text("number"),
    branch: members.text("branch"),
    from: parse_date(period.text("start")),
    ...(to === undefined ? {} : { to: parse_date(to) }),
    name: patient_name(coverage),
    ...(category === undefined ? {} : { category }),
    ...(level === undefined ? {} : { level }),
  };
  members.finish();
  return out;
}

type Read = Pick<Insured, "covers" | "ended">;

export function read_eligibility(data: JsonObject): Read {
  const members = new Members(data);
  parse_date(members.text("on"));
  const result = members.one_of("result", ["insured", "not_on_this_date"]);
  const covers = members.objects("payers", payers_max).map(cover_of);
  const last_day = members.optional_text("last_day");
  const reason = members.optional_text("end_reason");
  members.finish();
  const is_insured = result === "insured";
  if (is_insured !== covers.length > 0) refuse("payers do not fit the result");
  if (is_insured) return { covers };
  return {
    covers,
    ended: {
      ...(last_day === undefined ? {} : { last_day: parse_date(last_day) }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

export function insured_of(record: OwnRecord): Insured {
  const { kind } = record;
  const one = read_answer(record, read_eligibility);
  if (!("document" in one)) return { kind, covers: [], problem: one.code };
  return { kind, holder: one.holder.name, as_of: one.as_of, ...one.document };
}

// As the newest insurance writes it.
export function name_of_person(all: Insured[]): string | undefined {
  return all.flatMap((one) => one.covers).find((one) => one.name !== "")?.name;
}
