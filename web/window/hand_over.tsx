// ⑨⑩: with the person there. What has to be so before the card is theirs is ticked one by one.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Say, text_of } from "../shared/words";
import { Mistakes, Tick, type CasePart, type Wrong } from "./parts";

const ticks = ["identity", "pin", "told"] as const;
type Ticked = Partial<Record<(typeof ticks)[number], boolean>>;

export function HandOver({ act }: CasePart): JSX.Element {
  const [ticked, set_ticked] = useState<Ticked>({});
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const send = (event: Event) => {
    event.preventDefault();
    const missing = ticks
      .filter((one) => !ticked[one])
      .map((one) => ({ id: `tick-${one}`, text: text_of(`window.wrong_tick_${one}`) }));
    set_wrong(missing);
    if (missing.length === 0) act({ what: "handed_over" }, "window.said_handed_over");
  };
  return (
    <form class="hand-over" onSubmit={send} noValidate autocomplete="off">
      <Mistakes all={wrong} />
      <fieldset>
        <legend>
          <Say of="window.hand_over_legend" />
        </legend>
        {ticks.map((one) => (
          <Tick
            key={one}
            id={`tick-${one}`}
            of={`window.tick_${one}`}
            checked={ticked[one] ?? false}
            set={(checked) => set_ticked((before) => ({ ...before, [one]: checked }))}
            wrong={wrong}
          />
        ))}
      </fieldset>
      <button type="submit">
        <Say of="window.hand_over" />
      </button>
    </form>
  );
}
