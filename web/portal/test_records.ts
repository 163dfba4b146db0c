// Records for tests, as shared/ask hands them over once it has checked them.
import type { OwnRecord } from "../shared/ask";
import type { Holder } from "./own";

interface From {
  kind: string;
  position: number;
  holder: Holder;
  as_of: number;
}

export function answered({ kind, position, holder, as_of }: From, data: unknown): OwnRecord {
  const value = { data, as_of, holder };
  return { kind, position, result: { ok: true, value } } as unknown as OwnRecord;
}

// Who it was that did not answer, nobody knows: that stands in an answer only.
export function failed(kind: string, position: number, code: string, detail?: string): OwnRecord {
  const problem = detail === undefined ? { code } : { code, detail };
  return { kind, position, result: { ok: false, problem } };
}
