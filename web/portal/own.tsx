// Records of one service, as they come.
import { useEffect, useState } from "preact/hooks";
import { fetch_own, type OwnRecord } from "../shared/ask";
import type { Context } from "./shell";

export interface OwnRecords {
  records: OwnRecord[];
  done: boolean; // every holder has answered, or will not
}

export function use_own(context: Context, service: string): OwnRecords {
  const [state, set] = useState<OwnRecords>({ records: [], done: false });
  useEffect(() => {
    const kinds = context.country.kinds_for(service, context.session);
    const add = (record: OwnRecord) =>
      set((before) => ({ records: [...before.records, record], done: false }));
    void fetch_own(context.country, context.session, { service, kinds }, add).then(() =>
      set((before) => ({ ...before, done: true })),
    );
  }, []);
  return state;
}
