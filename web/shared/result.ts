// What comes from outside is either checked or a problem. Readers and verifiers in this folder
// throw Refused: a result that somebody forgets to look at would go on as if it were good, and
// TypeScript has no [[nodiscard]]. What other folders call returns a Result.
import type { JsonObject } from "./json";

export interface Problem {
  code: string; // docs/protocols/errors.md
  detail?: string; // what did not fit, or a further code; never input
  request_id?: string;
  // This page has looked, and it does not fit: no other's word.
  found_here?: true;
  // What was signed and does not fit: to show to others.
  signed?: SignedPage;
}
// A head as the portal signed it, and what came as answer to it. Of an answer that is refused, as
// much as could be read.
export interface SignedPage {
  head: string;
  receipt?: JsonObject;
  answer?: string; // signed by the one who was asked, or said to be
}
export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export class Refused extends Error {
  constructor(why: string) {
    super(why);
    this.name = "Refused";
  }
}

export function refuse(why: string): never {
  throw new Refused(why);
}

export function good<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function bad(code: string, detail?: string): { ok: false; problem: Problem } {
  return { ok: false, problem: detail === undefined ? { code } : { code, detail } };
}

// A problem that somebody tells is not believed of what was signed: only what was found here is.
export function is_lie({ code, found_here }: Problem): boolean {
  return found_here === true && (code === "receipt_invalid" || code === "answer_invalid");
}

// What `work` refuses is a problem of that code; anything else is a fault of ours and goes on.
export async function checked<T>(code: string, work: () => T | Promise<T>): Promise<Result<T>> {
  try {
    return good(await work());
  } catch (error) {
    if (error instanceof Refused) {
      return { ok: false, problem: { code, detail: error.message, found_here: true } };
    }
    throw error;
  }
}

// WebCrypto and jose throw for what does not verify, open or import: all of that is bad input.
export async function or_refuse<T>(why: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    return refuse(why);
  }
}
