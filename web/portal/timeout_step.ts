// WCAG 2.2, 2.2.1: a warning in time. `left_s`: seconds until the log-in's end.
const warn_before_s = 120;

export type Step = "quiet" | "warn" | "over";
export function step_of(left_s: number): Step {
  if (left_s <= 0) return "over";
  return left_s <= warn_before_s ? "warn" : "quiet";
}
