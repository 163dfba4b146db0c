// Records of one service, as they come.
import { useEffect, useState } from "preact/hooks";
import { fetch_own, type OwnRecord } from "../shared/ask";
import type { Context } from "./shell";

export interface OwnRecords {
  records: OwnRecord[];
  done: boolean; // every holder has answered, or will not
}

export interface OwnChoice {
  kinds?: string[]; // of holder; else all that the service may be asked of
  parameters?: Record<string, string>;
  attempt?: number; // another number asks anew
}

// Another choice begins anew: what was answered to the one before is not shown as an answer to it.
export function use_own(context: Context, service: string, choice: OwnChoice = {}): OwnRecords {
  const key = JSON.stringify([service, choice]);
  const [state, set] = useState({ key, records: [] as OwnRecord[], done: false });
  useEffect(() => {
    let is_wanted = true;
    set({ key, records: [], done: false });
    const { country, session } = context;
    const may = country.kinds_for(service, session);
    const kinds = choice.kinds ? may.filter((kind) => choice.kinds!.includes(kind)) : may;
    const { parameters = {} } = choice;
    const add = (record: OwnRecord) => {
      if (is_wanted) set((before) => ({ ...before, records: [...before.records, record] }));
    };
    void fetch_own(country, session, { service, kinds, parameters }, add).then(() => {
      if (is_wanted) set((before) => ({ ...before, done: true }));
    });
    return () => {
      is_wanted = false;
    };
  }, [key]);
  return state.key === key ? state : { records: [], done: false };
}
