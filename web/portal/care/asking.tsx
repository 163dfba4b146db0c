// The page with its questions: to the care insurers only, today, and day before day as the person
// wants to know what was before.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../../shared/ask";
import { day_before } from "../../shared/dates";
import { insured_of } from "../eligibility/insured";
import { use_own } from "../own";
import type { Context } from "../../site/shell";
import { add_earlier, no_history, type History } from "./history";
import { Care } from "./page";

const kind = "care-insurer";

export function CarePage({ context }: { context: Context }): JSX.Element {
  const { records, done } = use_own(context, "eligibility", { kinds: [kind] });
  const [histories, set] = useState<Record<number, History>>({});
  const ask_before = async (position: number, first_day: string) => {
    const change = (to: (history: History) => History) =>
      set((before) => ({ ...before, [position]: to(before[position] ?? no_history) }));
    change((history) => ({ ...history, state: "asking" }));
    const result = await ask(context.country, context.session, {
      to: { kind, position },
      service: "eligibility",
      parameters: { on: day_before(first_day) },
    });
    change((history) => add_earlier(history, insured_of({ kind, position, result })));
  };
  const insurers = records.map((record) => ({
    position: record.position,
    insured: insured_of(record),
    history: histories[record.position] ?? no_history,
  }));
  return (
    <Care
      insurers={insurers}
      done={done}
      ask_before={(position, first_day) => void ask_before(position, first_day)}
    />
  );
}
