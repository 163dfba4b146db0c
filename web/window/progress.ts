// Where a case is on its way through the report's steps ① to ⑪: what is done and since when, what
// waits, and what comes later. The issuer says what is to do; the rest is read from what happened.
import type { Case, Line, Step, Todo } from "./record";

// As a window shows them: settling is a part of being confirmed.
export const shown_steps = [
  "invite",
  "apply",
  "confirm",
  "link",
  "make_keys",
  "certify",
  "write",
  "hand_over",
  "activate",
  "tell",
] as const;
// Steps of other kinds of cases stand beside those of a card.
type OtherStep = Exclude<Step, (typeof shown_steps)[number] | "settle">;
export type ShownStep = (typeof shown_steps)[number] | OtherStep;

interface About {
  report: string; // the report's number
  online: boolean; // nobody has to go anywhere
}
export const about: Record<ShownStep, About> = {
  invite: { report: "①", online: true },
  apply: { report: "②", online: false },
  confirm: { report: "③④⑤", online: true },
  link: { report: "⑧-1", online: true },
  make_keys: { report: "⑥", online: false },
  certify: { report: "⑥⑦", online: true },
  write: { report: "⑧-1", online: false },
  hand_over: { report: "⑨⑩", online: false },
  activate: { report: "⑧-2", online: true },
  tell: { report: "⑪", online: true },
  take_back: { report: "", online: true },
  stop: { report: "", online: true },
  look_for: { report: "", online: false },
  resume: { report: "", online: true },
  end_signing: { report: "", online: true },
  end_old: { report: "", online: true },
  approve: { report: "", online: false },
  record: { report: "", online: true },
  reset: { report: "", online: false },
};

export type State = "done" | "waits" | "later" | "not_needed" | "given_up";
export interface Progress {
  step: ShownStep;
  state: State;
  at?: number; // done since
  todo: Todo[]; // what waits
}

export function shown_as(step: Step): ShownStep {
  return step === "settle" ? "confirm" : step;
}

const is_of: Partial<Record<ShownStep, (line: Line) => boolean>> = {
  invite: ({ what }) => what === "opened",
  apply: ({ what }) => what === "applied",
  confirm: ({ what }) => what === "confirmed" || what === "taken_out",
  link: ({ what, order }) => what === "done" && order?.kind === "link",
  make_keys: ({ what }) => what === "keys_made",
  certify: ({ what }) => what === "certified",
  write: ({ what }) => what === "written",
  hand_over: ({ what }) => what === "handed_over",
  activate: ({ what, order }) => what === "done" && order?.kind === "activate",
  tell: ({ what, order }) => (what === "done" || what === "waived") && order?.kind === "tell",
  take_back: ({ what, order }) => what === "done" && order?.kind === "take_back",
};

// Who had a card before is known, and nobody is asked again.
const of_the_unknown: ShownStep[] = ["apply", "confirm", "link"];

export function progress_of(one: Case): Progress[] {
  const is_known = one.lines.some(({ known }) => known === true);
  const last_at = (step: ShownStep) => one.lines.findLast(is_of[step]!)?.at;
  const first_waiting = shown_steps.findIndex((step) =>
    one.todo.some((what) => shown_as(what.step) === step),
  );
  const is_over = one.todo.length === 0 && one.cancelled === undefined;
  // Something of a later step may have happened before what comes first is over: only what lies
  // before the one that waits is done.
  const is_past = (place: number) => is_over || place < first_waiting;
  const out = shown_steps.map((step, place): Progress => {
    const todo = one.todo.filter((what) => shown_as(what.step) === step);
    const at = last_at(step);
    if (todo.length > 0) return { step, state: "waits", todo };
    if (is_known && of_the_unknown.includes(step)) return { step, state: "not_needed", todo };
    const is_done = one.cancelled === undefined ? is_past(place) : at !== undefined;
    if (is_done && at !== undefined) return { step, state: "done", at, todo };
    if (is_done) return { step, state: "not_needed", todo };
    return { step, state: one.cancelled === undefined ? "later" : "given_up", todo };
  });
  const is_other = ({ step }: Todo) =>
    step !== "take_back" && !out.some((shown) => shown.step === shown_as(step));
  for (const step of new Set(one.todo.filter(is_other).map((what) => shown_as(what.step)))) {
    out.push({ step, state: "waits", todo: one.todo.filter((what) => what.step === step) });
  }
  if (one.cancelled === undefined) return out;
  const todo = one.todo.filter(({ step }) => step === "take_back");
  const at = last_at("take_back");
  const back: Progress = { step: "take_back", state: "not_needed", todo };
  if (todo.length > 0) back.state = "waits";
  else if (at !== undefined) Object.assign(back, { state: "done", at });
  return [...out, back];
}

// Until when what waits is promised; the one that is due first.
export function due(todo: Todo[]): Todo | undefined {
  return [...todo].sort((one, other) => one.until - other.until)[0];
}

// Whole days between two times, as a clerk counts: the third day since Monday is Wednesday.
export function days_since(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / 86_400));
}

// Nothing of it is done on this page: programs do it, or the command line with the card. It goes on
// by itself.
export function goes_on_elsewhere(todo: Todo[]): boolean {
  const is_elsewhere = ({ actor, step }: Todo) =>
    step === "make_keys" || step === "write" || (actor !== "clerk" && actor !== "person");
  return todo.length > 0 && todo.every(is_elsewhere);
}

// A card that is active, or may be, is stopped, not taken back: docs/protocols/issuer.md.
export function may_be_active({ lines }: Case): boolean {
  let is_open = false;
  let may_be_done = false; // nobody knows
  for (const { what, order } of lines) {
    if (order?.kind !== "activate") continue;
    if (what === "done" || what === "lapsed") may_be_done = true;
    if (what !== "try_again") is_open = what === "sent";
  }
  return is_open || may_be_done;
}
