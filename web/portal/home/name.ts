// The person's name for the heading: of the insurance of today, else as an insurance that has ended
// wrote it on its last day. Nobody is asked who was not asked for the page anyway.
import { useEffect, useState } from "preact/hooks";
import { ask, type OwnRecord } from "../../shared/ask";
import { insured_of, name_of_person } from "../eligibility/insured";
import type { OwnRecords } from "../own";
import type { Context } from "../../site/shell";

async function name_on_last_day(
  { country, session }: Context,
  record: OwnRecord,
): Promise<string | undefined> {
  const last_day = insured_of(record).ended?.last_day;
  if (last_day === undefined) return undefined;
  const { kind, position } = record;
  const parameters = { on: last_day };
  const to = { kind, position };
  const result = await ask(country, session, { to, service: "eligibility", parameters });
  return name_of_person([insured_of({ kind, position, result })]);
}

export function use_person_name(context: Context, own: OwnRecords): string | undefined {
  const [earlier, set_earlier] = useState<string>();
  const now = name_of_person(own.records.map(insured_of));
  useEffect(() => {
    if (!own.done || now !== undefined) return;
    void (async () => {
      for (const record of own.records) {
        const name = await name_on_last_day(context, record);
        if (name !== undefined) return set_earlier(name);
      }
    })();
  }, [own.done]);
  return now ?? earlier;
}
