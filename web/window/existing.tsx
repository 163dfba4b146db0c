// A card of another authority's: the person signs with it by way of the agent, first with the PIN
// and then with the signing password. The issuing centre says which of the two comes next.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Say } from "../shared/words";
import { problem_text } from "./desk";
import type { CasePart } from "./parts";

export function SignExisting({ desk, one }: Pick<CasePart, "desk" | "one">): JSX.Element {
  const [mistake, set_mistake] = useState<string>();
  const begin = async () => {
    set_mistake(undefined);
    const next = await desk.office.sign_with_existing(one.number);
    if (!next.ok) set_mistake(problem_text(next.problem));
    else if (typeof next.value === "string") desk.leave_for(next.value);
    else desk.to_agent(next.value);
  };
  return (
    <div class="chip">
      <p>
        <Say of="window.sign_existing_text" />
      </p>
      <button type="button" onClick={() => void begin()}>
        <Say of="window.sign_existing" />
      </button>
      <div role="alert">{mistake && <p class="mistake">{mistake}</p>}</div>
    </div>
  );
}
