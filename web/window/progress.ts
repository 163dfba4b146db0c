// Where a case is on the way that its kind takes: what is done and since when, what waits, and what
// comes later. The issuer says what is to do; the rest is read from what happened.
import { day_of } from "../shared/dates";
import { actors, type Case, type CaseKind, type Line, type Step, type Todo } from "./record";

// As a window shows them: settling is a part of being confirmed.
export type ShownStep = "invite" | "opened" | Exclude<Step, "settle">;

const to_the_card: ShownStep[] = ["make_keys", "certify", "write"];
const handed: ShownStep[] = ["hand_over", "activate"];
const of_kind: Record<CaseKind, ShownStep[]> = {
  // The report's steps ① to ⑪.
  first: ["invite", "apply", "confirm", "link", ...to_the_card, ...handed, "tell"],
  replacement: ["opened", "confirm", "approve", ...to_the_card, ...handed, "end_old"],
  stop: ["opened", "stop", "look_for"],
  unlock: ["opened", "approve", "record", "reset"],
  change: [
    ...(["opened", "apply", "confirm", "link", "end_signing", "approve"] as const),
    ...[...to_the_card, "activate" as const],
  ],
  return: [
    ...(["opened", "apply", "confirm", "link", "approve"] as const),
    ...[...to_the_card, ...handed],
    ...(["tell", "end_old"] as const),
  ],
  end: ["opened", "confirm", "end_old"],
  renewal: ["opened", "sign", "confirm", ...to_the_card, "activate", "end_old"],
  existing: ["opened", "apply", "sign", "confirm", "link", ...handed, "tell"],
  number: ["opened", "link", "end_number", "hand_over", "tell"],
  birth: [
    ...(["opened", "apply", "sign", "notify", "file", "confirm", "link"] as const),
    ...[...to_the_card, ...handed],
    ...(["tell", "decide"] as const),
  ],
};

// Whose a step is, nearer than what is to do says it.
const nearer = ["parent", "other_clerk", "insurer", "medical_insurer", "municipality"] as const;
export const all_who = [...actors, ...nearer] as const;
export type Who = (typeof all_who)[number];

interface About {
  report: string; // the report's number
  who: readonly Who[]; // docs/protocols/issuer.md has the same table
  online?: boolean; // nobody has to go anywhere; not said of what may be done anywhere
}
export const about: Record<ShownStep, About> = {
  invite: { report: "①", who: ["clerk"] }, // by letter, or somebody has come
  opened: { report: "", who: ["clerk"] },
  apply: { report: "②", who: ["person"], online: false },
  confirm: { report: "③④⑤", who: ["register"], online: true },
  link: { report: "⑧-1", who: ["relay"], online: true },
  make_keys: { report: "⑥", who: ["clerk"], online: false },
  certify: { report: "⑥⑦", who: ["authority"], online: true },
  write: { report: "⑧-1", who: ["clerk"], online: false },
  hand_over: { report: "⑨⑩", who: ["person", "clerk"], online: false },
  activate: { report: "⑧-2", who: ["relay"], online: true },
  tell: { report: "⑪", who: ["insurer"], online: true },
  take_back: { report: "", who: ["authority"], online: true },
  stop: { report: "", who: ["relay", "authority"], online: true },
  look_for: { report: "", who: ["person"] },
  resume: { report: "", who: ["relay", "authority"], online: true },
  end_signing: { report: "", who: ["relay", "authority"], online: true },
  end_old: { report: "", who: ["relay", "authority"], online: true },
  approve: { report: "", who: ["other_clerk"] },
  record: { report: "", who: ["relay"], online: true },
  reset: { report: "", who: ["clerk"], online: false },
  sign: { report: "②", who: ["person"], online: false },
  end_number: { report: "", who: ["relay"], online: true },
  notify: { report: "", who: ["municipality"], online: true },
  file: { report: "", who: ["medical_insurer"], online: true },
  decide: { report: "", who: ["medical_insurer"], online: true },
  file_elsewhere: { report: "", who: ["clerk"] },
};

// At home, with the card in a reader of their own.
const at_home: ShownStep[] = ["sign", "make_keys", "write"];

// Whose it is in this case: a renewal is its person's alone, a newborn's parent acts for it, and a
// stop may have been asked for on the page for whoever has lost a card.
export function who_of(step: ShownStep, { kind, lines }: Case): readonly Who[] {
  if (kind === "renewal" && at_home.includes(step)) return ["person"];
  if (step === "opened" && lines.find(is_any("opened"))?.clerk === undefined) return ["person"];
  const as_parent = (who: Who) => (who === "person" ? "parent" : who);
  return kind === "birth" ? about[step].who.map(as_parent) : about[step].who;
}
export function is_online(step: ShownStep, { kind }: Case): boolean | undefined {
  return kind === "renewal" && at_home.includes(step) ? true : about[step].online;
}

export type State = "done" | "waits" | "later" | "not_needed" | "given_up";
export interface Progress {
  step: ShownStep;
  state: State;
  at?: number; // done since
  todo: Todo[]; // what waits
}

export function shown_as(step: Step): Exclude<Step, "settle"> {
  return step === "settle" ? "confirm" : step;
}

const is_done_of = (...kinds: string[]) => ({ what, order }: Line) =>
  what === "done" && order !== undefined && kinds.includes(order.kind);
const is_any = (...whats: string[]) => ({ what }: Line) => whats.includes(what);

const is_of: Record<ShownStep, (line: Line) => boolean> = {
  invite: is_any("opened"),
  opened: is_any("opened"),
  apply: is_any("applied"),
  confirm: is_any("confirmed", "taken_out", "gone"),
  link: is_done_of("link"),
  make_keys: is_any("keys_made"),
  certify: is_any("certified"),
  write: is_any("written"),
  hand_over: is_any("handed_over"),
  activate: is_done_of("activate"),
  tell: ({ what, order }) => (what === "done" || what === "waived") && order?.kind === "tell",
  take_back: is_done_of("take_back"),
  stop: is_done_of("stop", "suspend"),
  look_for: is_any("found", "given_up", "overtaken"),
  resume: is_done_of("resume_card", "resume"),
  end_signing: is_done_of("revoke_card", "end_old"),
  end_old: is_done_of("revoke_card", "end_old"),
  approve: is_any("approved"),
  record: is_done_of("reset"),
  reset: is_any("pin_set"),
  sign: is_any("requested", "signed"),
  end_number: is_done_of("end_number"),
  notify: ({ what, order }) => what === "given" && order?.kind === "notify",
  file: ({ what, order }) => what === "given" && order?.kind === "file",
  decide: is_any("accepted", "declined"),
  file_elsewhere: is_any("filed_elsewhere"),
};

// What became of a card that was stopped.
export function stop_outcome(lines: Line[]): "found" | "ended" | undefined {
  const last = lines.findLast(is_any("found", "stopped_again", "given_up", "overtaken"));
  if (!last || last.what === "stopped_again") return undefined;
  return last.what === "found" ? "found" : "ended";
}

// What is handed over: a card of this centre's, or the slip alone, for another health-care number,
// a card of another authority's, a newborn without a card. Of a newborn a parent takes it.
export type Handed =
  | "card"
  | "newborn_card"
  | "newborn_slip"
  | "either" // of a newborn, in a list
  | "number"
  | "existing";
export function handed_of({ kind, newborn }: Pick<Case, "kind" | "newborn">): Handed {
  if (kind === "number" || kind === "existing") return kind;
  if (kind !== "birth") return "card";
  if (!newborn) return "either";
  return newborn.card ? "newborn_card" : "newborn_slip";
}

// Of this centre's: then a PIN was set in it.
export function hands_card(one: Pick<Case, "kind" | "newborn">): boolean {
  return ["card", "newborn_card"].includes(handed_of(one));
}

// Of a card: a newborn without one has nothing to stop.
export function stop_code_of(one: Case): string | undefined {
  return handed_of(one) === "newborn_slip" ? undefined : one.stop_code;
}

// The person has got a slip with a stop code, or gets one now.
export function has_slip(one: Case): boolean {
  const { lines } = one;
  if (handed_of(one) === "newborn_slip") return false;
  return lines.some(is_any("handed_over", "taken_on")) || stop_outcome(lines) === "found";
}

// A renewal makes its keys in the chip that has the former ones, which are gone from then on.
export function has_new_keys({ kind, lines }: Case): boolean {
  return kind === "renewal" && lines.some(is_any("keys_made"));
}

function steps_of({ kind, lines }: Case): ShownStep[] {
  const outcome = kind === "stop" ? stop_outcome(lines) : undefined;
  if (outcome === undefined) return of_kind[kind];
  return [...of_kind.stop, outcome === "found" ? "resume" : "end_old"];
}

export function progress_of(one: Case): Progress[] {
  const steps = steps_of(one);
  const last_at = (step: ShownStep) => one.lines.findLast(is_of[step])?.at;
  const first_waiting = steps.findIndex((step) =>
    one.todo.some((what) => shown_as(what.step) === step),
  );
  const is_over = one.todo.length === 0 && one.cancelled === undefined;
  // Something of a later step may have happened before what comes first is over: only what lies
  // before the one that waits is done.
  const is_past = (place: number) => is_over || place < first_waiting;
  const out = steps.map((step, place): Progress => {
    const todo = one.todo.filter((what) => shown_as(what.step) === step);
    const at = last_at(step);
    if (todo.length > 0) return { step, state: "waits", todo };
    const is_done = one.cancelled === undefined ? is_past(place) : at !== undefined;
    if (is_done && at !== undefined) return { step, state: "done", at, todo };
    if (is_done) return { step, state: "not_needed", todo };
    return { step, state: one.cancelled === undefined ? "later" : "given_up", todo };
  });
  if (one.cancelled === undefined || !steps.includes("certify")) return out;
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

// As a clerk counts, by the country's calendar: what came on Monday night came yesterday on Tuesday
// morning.
export function days_since(since: number, now: number): number {
  const [first, last] = [since, now].map((time) => Date.parse(`${day_of(time)}T00:00:00Z`));
  return Math.max(0, Math.round((last! - first!) / 86_400_000));
}

// What is promised until a day is so until that day is over.
export function days_late({ late, until }: Todo, now: number): number {
  return late ? days_since(until, now) : 0;
}

// Nothing is typed into this page for it: programs do it, or the agent with the card. It goes on by
// itself.
export function goes_on_elsewhere(todo: Todo[]): boolean {
  const is_elsewhere = ({ actor, step }: Todo) =>
    ["make_keys", "write", "reset", "approve"].includes(step) ||
    (actor !== "clerk" && actor !== "person");
  return todo.length > 0 && todo.every(is_elsewhere);
}
