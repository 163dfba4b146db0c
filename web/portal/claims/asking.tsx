// The page with its questions: which months are asked, and again.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { now_of } from "../../shared/country";
import { day_of } from "../../shared/dates";
import { use_own } from "../own";
import type { Context } from "../../site/shell";
import { Claims } from "./page";
import { period_of } from "./sums";

// A shorter period than was asked before needs no further question, which would stand in the
// access record.
export function ClaimsPage({ context }: { context: Context }): JSX.Element {
  const [today] = useState(() => day_of(now_of(context.session)));
  const [months, set_months] = useState(12);
  const [asked_months, set_asked_months] = useState(12);
  const [attempt, set_attempt] = useState(0);
  const asked = period_of(today, asked_months);
  const { records, done } = use_own(context, "claims", { parameters: { ...asked }, attempt });
  const choose = (count: number) => {
    set_months(count);
    set_asked_months(Math.max(asked_months, count));
  };
  const ask_again = () => set_attempt(attempt + 1);
  return <Claims {...{ records, done, asked, today, months, choose, ask_again }} />;
}
