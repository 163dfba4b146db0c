// WCAG 2.2, 2.2.1: a warning in time, and a last one. `left_s`: seconds until the log-in's end.
const warn_before_s = 120;
const last_before_s = 60;

export type Step = "quiet" | "warn" | "last" | "over";
export function step_of(left_s: number): Step {
  if (left_s <= 0) return "over";
  if (left_s <= last_before_s) return "last";
  return left_s <= warn_before_s ? "warn" : "quiet";
}
