// What comes from outside is either checked or a problem. Readers and verifiers in this folder
// throw Refused: a result that somebody forgets to look at would go on as if it were good, and
// TypeScript has no [[nodiscard]]. What other folders call returns a Result.
export interface Problem {
  code: string; // docs/protocols/errors.md
  detail?: string; // what did not fit, or a further code; never input
  request_id?: string;
  // What was signed and does not fit: to show to others.
  signed?: SignedPage;
}
// A head as the portal signed it, and what was signed as answer to it.
export interface SignedPage {
  head: string;
  answer: string;
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

// What `work` refuses is a problem of that code; anything else is a fault of ours and goes on.
export async function checked<T>(code: string, work: () => T | Promise<T>): Promise<Result<T>> {
  try {
    return good(await work());
  } catch (error) {
    if (error instanceof Refused) return bad(code, error.message);
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
