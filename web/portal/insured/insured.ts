// What the holders of eligibility answered, read for showing it to the person
// (docs/protocols/gateway.md, `eligibility`).
import type { OwnRecord } from "../../shared/ask";

export interface Cover {
  share_percent: number;
  special_payment: boolean; // pays everything first
  symbol: string;
  number: string;
  branch: string;
  from: string;
  to?: string;
  name: string;
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

type Json = Record<string, unknown>;
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

function patient_name(coverage: Json): string {
  const patient = list(coverage.contained).find((one) => one.resourceType === "Patient");
  return text(list(patient?.name)[0]?.text);
}

function care_level(coverage: Json): string | undefined {
  const found = list(coverage.class).find((one) =>
    list((one.type as Json | undefined)?.coding).some((coding) => coding.code === "care-level"),
  );
  return found && text(found.value);
}

function cover_of(payer: Json): Cover {
  const coverage = payer.coverage as Json;
  const period = (coverage.period ?? {}) as Json;
  const level = care_level(coverage);
  return {
    share_percent: Number(payer.share_percent),
    special_payment: payer.special_payment === true,
    symbol: text(payer.symbol),
    number: text(payer.number),
    branch: text(payer.branch),
    from: text(period.start),
    ...(period.end ? { to: text(period.end) } : {}),
    name: patient_name(coverage),
    ...(level ? { level } : {}),
  };
}

export function insured_of(record: OwnRecord): Insured {
  if (!record.result.ok) {
    return { kind: record.kind, covers: [], problem: record.result.problem.code };
  }
  const { data, as_of, holder } = record.result.value;
  const out: Insured = {
    kind: record.kind,
    holder: holder.name,
    as_of,
    covers: list(data.payers).map(cover_of),
  };
  if (data.result !== "not_on_this_date") return out;
  return {
    ...out,
    ended: {
      ...(data.last_day ? { last_day: text(data.last_day) } : {}),
      ...(data.end_reason ? { reason: text(data.end_reason) } : {}),
    },
  };
}

// As the newest insurance writes it.
export function name_of_person(all: Insured[]): string | undefined {
  return all.flatMap((one) => one.covers).find((one) => one.name !== "")?.name;
}
