// What of a case waits and since when, and what became of it. How far it is on the way that its
// kind takes the issuing centre says, to the person as well (apps/issuer/progress.hpp).
import { day_of } from "../shared/dates";
import type { Case, Line, ShownStep, Step, Todo } from "./record";

export function shown_as(step: Step): Exclude<Step, "settle"> {
  return step === "settle" ? "confirm" : step;
}
export function todo_at(step: ShownStep, { todo }: Case): Todo[] {
  return todo.filter((what) => shown_as(what.step) === step);
}

const is_any = (...whats: string[]) => ({ what }: Line) => whats.includes(what);

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

// Another authority's card is registered, and nothing made.
export function is_foreign({ kind }: Pick<Case, "kind">): boolean {
  return kind === "existing" || kind === "exchange";
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
