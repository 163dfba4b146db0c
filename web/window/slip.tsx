// What the person takes home: the case's number, until when something is promised, where to ask.
// It names nobody. The health-care number stands on it only after the card was handed over.
import type { JSX } from "preact";
import { day_of, day_phrase } from "../shared/dates";
import { Ja, Read, Say, phrase } from "../shared/words";
import { grouped, type Desk } from "./desk";
import { end_key } from "./parts";
import { due, shown_as } from "./progress";
import type { Case } from "./record";

// イチ ニ サン: for whoever writes it in braille, which has no Chinese characters, or reads it out.
export function spoken(number: string): string {
  const digits = [...number].map((digit) => phrase(`window.digit_${digit}`));
  const groups: string[] = [];
  for (let i = 0; i < digits.length; i += 4) groups.push(digits.slice(i, i + 4).join(" "));
  return groups.join(phrase("window.between_items"));
}

function Promised({ one }: { one: Case }): JSX.Element {
  const todo = due(one.todo);
  if (!todo) return <Say of={end_key(one)} />;
  const step = phrase(`window.slip_${shown_as(todo.step)}`);
  return <Say of="window.promised" step={step} day={day_phrase(day_of(todo.until))} />;
}

function NumberRow({ of, number }: { of: string; number: string }): JSX.Element {
  return (
    <div>
      <dt>
        <Say of={of} />
      </dt>
      <dd>
        <span class="big">{grouped(number)}</span>
        <span class="spoken">
          <Read text={spoken(number)} />
        </span>
      </dd>
    </div>
  );
}

interface SlipProps {
  desk: Desk;
  one: Case;
  back: () => void;
}

export function Slip({ desk, one, back }: SlipProps): JSX.Element {
  return (
    <>
      <div class="slip">
        <dl>
          <NumberRow of="window.slip_number" number={one.number} />
          <div>
            <dt>
              <Say of="window.slip_next" />
            </dt>
            <dd>
              <Promised one={one} />
            </dd>
          </div>
          {one.health_care_number !== undefined && (
            <NumberRow of="window.health_care_number" number={one.health_care_number} />
          )}
          <div>
            <dt>
              <Say of="window.slip_ask" />
            </dt>
            <dd>
              {desk.ask_at === undefined ? (
                <Say of="window.slip_ask_here" />
              ) : (
                <Ja>{desk.ask_at}</Ja>
              )}
            </dd>
          </div>
        </dl>
        <p class="hint">
          <Say of="window.slip_printed" day={day_phrase(day_of(desk.now()))} />
        </p>
      </div>
      <div class="no-print">
        <p class="hint">
          <Say of="window.slip_braille" />
        </p>
        {one.health_care_number === undefined && (
          <p class="hint">
            <Say of="window.slip_no_number_yet" />
          </p>
        )}
        <div class="choices">
          <button type="button" onClick={() => window.print()}>
            <Say of="window.print" />
          </button>
          <button type="button" class="quiet" onClick={back}>
            <Say of="window.to_case" />
          </button>
        </div>
      </div>
    </>
  );
}
