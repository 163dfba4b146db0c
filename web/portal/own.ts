// Records of one service, as they come: who answered, and who is silent.
import { useEffect, useState } from "preact/hooks";
import { fetch_own, is_of_one_holder, type OwnRecord } from "../shared/ask";
import type { Participant } from "../shared/directory";
import type { PersonEntry } from "../shared/entries";
import type { JsonObject } from "../shared/json";
import { Refused, type Problem } from "../shared/result";
import type { Context } from "../site/shell";

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
  code: string; // that of silence_code, or "unreadable": the document is not of its form
  holder?: Holder; // who it is stands in an answer only
}

export interface Answers<Document> {
  answers: Answer<Document>[];
  silent: Silence[];
}

const relay_is_away = new Set(["unavailable", "overloaded", "not_ready"]);

// What a gateway refuses all records for, as the reason of its refusal (docs/protocols/errors.md).
const log_reasons = new Set(["log_unwitnessed", "log_contradicted"]);

// Something came that does not fit: whose fault it is, only what was signed can say.
const unfitting = new Set(["receipt_invalid", "answer_invalid"]);

// "unreached": no holder was asked, and whether the person has one of that kind is not known.
function silence_code(problem: Problem, position: number): string {
  const { code, detail } = problem;
  if (code === "holder_refused" && log_reasons.has(detail ?? "")) return detail!;
  // The mere word of somebody on the way blames nobody: nothing came that was checked here.
  if (unfitting.has(code) && !problem.found_here) return "unavailable";
  const is_away = relay_is_away.has(code) && !is_of_one_holder(problem);
  return position === 1 && is_away ? "unreached" : code;
}

// `read` refuses a document that is not of its form.
export function read_answer<Document>(
  { kind, position, result }: OwnRecord,
  read: (data: JsonObject) => Document,
): Answer<Document> | Silence {
  if (!result.ok) {
    return { kind, position, code: silence_code(result.problem, position) };
  }
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

// Who stands behind a link of the person, by "<kind> <position>", as far as answers or the person's
// own entries have told it. The newest counts.
export function known_holders(
  records: OwnRecord[],
  entries: PersonEntry[] = [],
  name_of: (id: string) => string = (id) => id,
): Map<string, string> {
  const out = new Map<string, string>();
  for (const { head, order } of entries) {
    if (!head || !order || !("kind" in head.to)) continue;
    out.set(`${head.to.kind} ${head.to.position}`, name_of(order.holder));
  }
  for (const { kind, position, result } of records) {
    if (result.ok) out.set(`${kind} ${position}`, result.value.holder.name);
  }
  return out;
}

export interface ToldSilence {
  kind: string;
  code: string;
  name?: string;
  count: number; // of those without a name
}

// Each holder that is known, and the others of one kind and reason as one. Whom nobody reached is
// no line of its own: that is said once, of all.
export function told_silences(silent: Silence[], names: Map<string, string>): ToldSilence[] {
  const out = new Map<string, ToldSilence>();
  for (const { kind, position, code, holder } of silent) {
    if (code === "unreached") continue;
    const known = unfitting.has(code) ? undefined : names.get(`${kind} ${position}`);
    const name = holder?.name ?? known;
    const key = JSON.stringify([kind, code, name]);
    const count = (out.get(key)?.count ?? 0) + 1;
    out.set(key, { kind, code, count, ...(name === undefined ? {} : { name }) });
  }
  return [...out.values()];
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
