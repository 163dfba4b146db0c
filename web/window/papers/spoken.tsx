// The slip for ears and fingers: a code that any phone reads, and a file in six-dot braille.
// The code is an ordinary QR code (ISO/IEC 18004); Uni-Voice and the notch that lets fingers find a
// code on paper are others' products.
import type { JSX } from "preact";
import { encode } from "uqr";
import { day_of } from "../../shared/dates";
import { save } from "../../shared/files";
import { Say, text_of } from "../../shared/words";
import type { Desk } from "../desk";
import { due, hands_card, is_foreign, shown_as, stop_code_of } from "../progress";
import type { Case, Todo } from "../record";
import { braille_slip, telephone_in, type Embossed, type ToldStep } from "./braille";
import "./papers.css";

const quiet_zone = 4; // modules on each side, as the standard wants

// Dark modules as squares of one path.
export function code_of(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  const path = data.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`M${x + quiet_zone} ${y + quiet_zone}h1v1h-1z`] : [])),
  );
  return { size: size + 2 * quiet_zone, path: path.join("") };
}

export function SlipCode({ text }: { text: string }): JSX.Element {
  const { size, path } = code_of(text);
  return (
    <div class="slip-code">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={text_of("window.code_name")}
        shape-rendering="crispEdges"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <p class="hint">
        <Say of="window.code_text" />
      </p>
    </div>
  );
}

function told_step(one: Case, { step }: Todo): ToldStep {
  const shown = shown_as(step);
  const is_slip = shown === "hand_over" && !hands_card(one);
  return is_slip ? "hand_over_slip" : shown;
}

function in_braille({ desk, one }: { desk: Desk; one: Case }): Embossed {
  const todo = due(one.todo);
  return braille_slip({
    kana: (one.person ?? one.known)?.kana,
    number: one.number,
    health_care_number: one.health_care_number,
    stop_code: stop_code_of(one),
    foreign: is_foreign(one),
    next: todo && { step: told_step(one, todo), until: day_of(todo.until) },
    telephone: desk.ask_at === undefined ? undefined : telephone_in(desk.ask_at),
    made: day_of(desk.now()),
  });
}

export function BrailleFile(props: { desk: Desk; one: Case }): JSX.Element {
  const { text, without_name } = in_braille(props);
  return (
    <section class="braille" aria-labelledby="braille-name">
      <h3 id="braille-name">
        <Say of="window.braille" />
      </h3>
      <p class="hint">
        <Say of="window.braille_what" /> <Say of="window.braille_long" />{" "}
        <Say of="window.braille_not" />
      </p>
      {without_name && (
        <p class="warning">
          <Say of="window.braille_no_name" />
        </p>
      )}
      <details>
        <summary>
          <Say of="window.braille_look" />
        </summary>
        <pre class="braille-dots" lang="ja-Brai">
          {text}
        </pre>
      </details>
      <p>
        <button
          type="button"
          class="quiet"
          onClick={() => save("slip-braille.txt", "text/plain;charset=utf-8", text)}
        >
          <Say of="window.braille_save" />
        </button>
      </p>
    </section>
  );
}
