// ⑨⑩: with the person there. What has to be so before card or slip are theirs is ticked one by one.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Say, text_of } from "../shared/words";
import { Mistakes, Tick, handed_key, type CasePart, type Wrong } from "./parts";
import { hands_card } from "./progress";
import type { Case } from "./record";

type TickName = "identity" | "pin" | "told";

// A PIN is set only where a card of this centre's is written.
function ticks_of(one: Case): TickName[] {
  return hands_card(one) ? ["identity", "pin", "told"] : ["identity", "told"];
}

export function HandOver({ one, act }: CasePart): JSX.Element {
  const [ticked, set_ticked] = useState<Partial<Record<TickName, boolean>>>({});
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const ticks = ticks_of(one);
  const key = (name: string) => handed_key(`window.${name}`, one);
  const send = (event: Event) => {
    event.preventDefault();
    const missing = ticks
      .filter((name) => !ticked[name])
      .map((name) => ({ id: `tick-${name}`, text: text_of(key(`wrong_tick_${name}`)) }));
    set_wrong(missing);
    if (missing.length === 0) act({ what: "handed_over" }, key("said_handed_over"));
  };
  return (
    <form class="hand-over" onSubmit={send} noValidate autocomplete="off">
      <Mistakes all={wrong} />
      <fieldset>
        <legend>
          <Say of={key("hand_over_legend")} />
        </legend>
        {ticks.map((name) => (
          <Tick
            key={name}
            id={`tick-${name}`}
            of={key(`tick_${name}`)}
            checked={ticked[name] ?? false}
            set={(checked) => set_ticked((before) => ({ ...before, [name]: checked }))}
            wrong={wrong}
          />
        ))}
      </fieldset>
      <button type="submit">
        <Say of={key("hand_over")} />
      </button>
    </form>
  );
}
