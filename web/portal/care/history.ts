// What was before: a holder answers for one day, so the day before a state began is asked for the
// state before it.
import type { Cover, Insured } from "../eligibility/insured";

export interface History {
  covers: Cover[]; // the newest first
  state: "" | "asking" | "begun" | "failed"; // begun: before the last one there was nothing
}

export const no_history: History = { covers: [], state: "" };

export function add_earlier(history: History, answered: Insured): History {
  if (answered.problem) return { ...history, state: "failed" };
  const { covers } = answered;
  if (covers.length === 0) return { ...history, state: "begun" };
  return { covers: [...history.covers, ...covers], state: "" };
}

// The day on which the earliest state that is known began.
export function first_day_of(insured: Insured, history: History): string {
  const days = [...insured.covers, ...history.covers].map(({ from }) => from);
  return days.reduce((a, b) => (b < a ? b : a));
}
