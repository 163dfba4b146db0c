// ⑥⑧: the keys are made in the chip and the certificates written into it by the issuing centre,
// through the agent of this computer, which has the reader and asks the person for the PIN.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Problem } from "../shared/result";
import { Say, has_words } from "../shared/words";
import { problem_text, type Desk } from "./desk";
import type { Case } from "./record";

export const chip_steps = ["make_keys", "write", "reset"] as const;

export function WriteCard(props: {
  desk: Desk;
  one: Case;
  step: (typeof chip_steps)[number];
}): JSX.Element {
  const { desk, one, step } = props;
  const own = `window.chip_${step}_${one.kind}`; // who moves has the card in hand already
  const [problem, set_problem] = useState<Problem>();
  const begun = useRef(false); // a second click is not a second session
  const begin = async (anew: boolean) => {
    if (begun.current) return;
    begun.current = true;
    set_problem(undefined);
    const answer = await desk.office.card(one.number, anew);
    begun.current = false;
    if (answer.ok) desk.leave_for(answer.value);
    else set_problem(answer.problem);
  };
  return (
    <div class="chip">
      <p>
        <Say of={has_words(own) ? own : `window.chip_${step}`} />
      </p>
      <button type="button" onClick={() => void begin(false)}>
        <Say of={step === "reset" ? "window.chip_begin_reset" : "window.chip_begin"} />
      </button>
      {one.can_make_anew && (
        <p>
          <Say of="window.chip_anew" />{" "}
          <button type="button" class="quiet" onClick={() => void begin(true)}>
            <Say of="window.chip_begin_anew" />
          </button>
        </p>
      )}
      <div role="alert">{problem && <p class="mistake">{problem_text(problem)}</p>}</div>
      <p class="hint">
        <Say of="window.chip_where" />
      </p>
    </div>
  );
}
