// Records of one service, as they come: who answered, and who is silent.
import { useEffect, useState } from "preact/hooks";
import { fetch_own, type OwnRecord } from "../shared/ask";
import type { Participant } from "../shared/directory";
import type { JsonObject } from "../shared/json";
import { Refused } from "../shared/result";
import type { Context } from "./shell";

export type Holder = Pick<Participant, "id" | "name">;

export interface Answer<Document> {
  kind: string;
  position: number;
  holder: Holder;
  as_of: number; // Unix time
  document: Document;
}

interface Silence {
  kind: string;
  position: number;
  code: string; // "unreadable" where the document is not of its form
  holder?: Holder; // who it is stands in an answer only
}

export interface Answers<Document> {
  answers: Answer<Document>[];
  silent: Silence[];
}

// `read` refuses a document that is not of its form.
export function read_answer<Document>(
  { kind, position, result }: OwnRecord,
  read: (data: JsonObject) => Document,
): Answer<Document> | Silence {
  if (!result.ok) return { kind, position, code: result.problem.code };
  const { data, as_of, holder } = result.value;
  try {
    return { kind, position, holder, as_of, document: read(data) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind, position, code: "unreadable", holder };
  }
}

// In the order of the person's links, however they came. One that does not read hides nobody else.
export function read_answers<Document>(
  records: OwnRecord[],
  read: (data: JsonObject) => Document,
): Answers<Document> {
  const out: Answers<Document> = { answers: [], silent: [] };
  for (const record of records) {
    const one = read_answer(record, read);
    if ("document" in one) out.answers.push(one);
    else out.silent.push(one);
  }
  out.answers.sort((a, b) => a.position - b.position);
  return out;
}

export interface OwnRecords {
  records: OwnRecord[];
  done: boolean; // every holder has answered, or will not
  waiting: number; // how many are being asked now; one of each kind at most
}

interface OwnChoice {
  kinds?: string[]; // of holder; else all that the service may be asked of
  parameters?: Record<string, string>;
  attempt?: number; // another number asks anew
}

const nothing: OwnRecords = { records: [], done: false, waiting: 0 };

// Another choice begins anew: what was answered to the one before is not shown as an answer to it.
export function use_own(context: Context, service: string, choice: OwnChoice = {}): OwnRecords {
  const key = JSON.stringify([service, choice]);
  const [state, set] = useState({ key, ...nothing });
  useEffect(() => {
    let is_wanted = true;
    const { country, session } = context;
    const may = country.kinds_for(service, session);
    const kinds = choice.kinds ? may.filter((kind) => choice.kinds!.includes(kind)) : may;
    const { parameters = {} } = choice;
    const add = (record: OwnRecord) => {
      if (is_wanted) set((before) => ({ ...before, records: [...before.records, record] }));
    };
    const end = () => {
      if (!is_wanted) return;
      set(({ waiting, ...before }) => ({ ...before, waiting: waiting - 1, done: waiting === 1 }));
    };
    set({ key, records: [], done: kinds.length === 0, waiting: kinds.length });
    for (const kind of kinds) {
      void fetch_own(country, session, { service, kinds: [kind], parameters }, add).then(end);
    }
    return () => {
      is_wanted = false;
    };
  }, [key]);
  return state.key === key ? state : nothing;
}
