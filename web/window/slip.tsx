// What the person takes home: the case's number, until when something is promised, where to ask.
// On paper it names nobody. Health-care number and stop code stand on it only after the card was
// handed over. For a braille display or a voice there is the same as a text file, made here, and in
// six-dot braille; a phone reads it from a code beside it (papers/spoken.tsx).
import type { JSX } from "preact";
import { day_of, day_phrase, day_text } from "../shared/dates";
import { save } from "../shared/files";
import { Ja, Read, Say, phrase, text_of, without_readings } from "../shared/words";
import { grouped, type Desk } from "./desk";
import { BrailleFile, SlipCode } from "./papers/spoken";
import { end_key, handed_key, type CasePart } from "./parts";
import { due, has_slip, is_foreign, shown_as, stop_code_of } from "./progress";
import type { Case, Todo } from "./record";

// イチ ニ サン: for whoever writes it in braille, which has no Chinese characters, or reads it out.
export function spoken(number: string): string {
  const digits = [...number].map((digit) => phrase(`window.digit_${digit}`));
  const groups: string[] = [];
  for (let i = 0; i < digits.length; i += 4) groups.push(digits.slice(i, i + 4).join(" "));
  return groups.join(phrase("window.between_items"));
}

// What the person is told of a step.
function step_key(one: Case, { step }: Todo): string {
  const key = `window.slip_${shown_as(step)}`;
  return step === "hand_over" ? handed_key(key, one) : key;
}

function Promised({ one }: { one: Case }): JSX.Element {
  const todo = due(one.todo);
  if (!todo) return <Say of={end_key(one, one.lines)} />;
  const step = phrase(step_key(one, todo));
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

// Nothing that a program for braille or speech stumbles over: one thing a line, digits in groups.
// As on paper it names nobody, and a voice reads digits by itself.
export function slip_text(desk: Desk, one: Case, as: "file" | "paper" = "file"): string {
  const who = as === "file" ? (one.person ?? one.known) : undefined;
  const line = (key: string, value: string) =>
    text_of("window.slip_line", { name: text_of(key), value });
  const number = (key: string, digits: string | undefined) =>
    digits === undefined ? [] : [line(key, grouped(digits) + read_out(digits))];
  const read_out = (digits: string) => (as === "file" ? ` (${text_spoken(digits)})` : "");
  const todo = due(one.todo);
  const code = stop_code_of(one);
  const lines = [
    text_of("window.title_slip"),
    ...(who ? [line("window.attribute_name", who.name)] : []),
    ...(who && who.kana !== "" ? [line("window.attribute_kana", who.kana)] : []),
    ...number("window.slip_number", one.number),
    ...number("window.health_care_number", one.health_care_number),
    ...number("window.stop_code", code),
    ...(code === undefined ? [] : stop_texts(desk, one)),
    ...(todo ? [line("window.slip_next", promised_text(one, todo))] : []),
    line("window.how_far", text_of("window.how_far_text", { address: desk.status_at })),
    line("window.slip_ask", desk.ask_at ?? text_of("window.slip_ask_here")),
    text_of("window.slip_made", { day: day_text(day_of(desk.now())) }),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

function text_spoken(digits: string): string {
  return without_readings(spoken(digits));
}
// Nobody is told to call where no telephone is said. A card of another authority's is stopped
// there, too.
function stop_keys({ ask_at }: Desk, one: Case): string[] {
  const here = ask_at === undefined ? "window.stop_code_text_here" : "window.stop_code_text";
  return is_foreign(one) ? [here, "window.stop_code_foreign"] : [here];
}
function stop_texts(desk: Desk, one: Case): string[] {
  return stop_keys(desk, one).map((key) => text_of(key, { address: desk.stop_at }));
}
function promised_text(one: Case, todo: Todo): string {
  const step = text_of(step_key(one, todo));
  return text_of("window.promised", { step, day: day_text(day_of(todo.until)) });
}

interface StopCodeProps {
  desk: Desk;
  one: Case;
  code: string;
}

function StopCode({ desk, one, code }: StopCodeProps): JSX.Element {
  return (
    <>
      <NumberRow of="window.stop_code" number={code} />
      <div>
        <dt>
          <Say of="window.if_lost" />
        </dt>
        <dd>
          {stop_keys(desk, one).map((key) => (
            <Say key={key} of={key} address={desk.stop_at} />
          ))}
        </dd>
      </div>
    </>
  );
}

// A code that was not kept is nobody's any more: the person gets another one.
function NewCode({ desk, one, act }: CasePart): JSX.Element | null {
  if (!desk.roles.has("window") || one.stop_code !== undefined || !has_slip(one)) return null;
  return (
    <>
      <p class="hint">
        <Say of="window.new_slip_text" />
      </p>
      <p>
        <button
          type="button"
          class="quiet"
          onClick={() => act({ what: "new_slip" }, "window.said_new_slip")}
        >
          <Say of="window.new_slip" />
        </button>
      </p>
    </>
  );
}

export function Slip(props: CasePart & { back: () => void }): JSX.Element {
  const { desk, one, back } = props;
  const code = stop_code_of(one);
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
          <div>
            <dt>
              <Say of="window.how_far" />
            </dt>
            <dd>
              <Say of="window.how_far_text" address={desk.status_at} />
            </dd>
          </div>
          {one.health_care_number !== undefined && (
            <NumberRow of="window.health_care_number" number={one.health_care_number} />
          )}
          {code !== undefined && <StopCode {...{ desk, one, code }} />}
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
        <SlipCode text={slip_text(desk, one, "paper")} />
        <p class="hint">
          <Say of="window.slip_printed" day={day_phrase(day_of(desk.now()))} />
        </p>
      </div>
      <div class="no-print">
        <p class="hint">
          <Say of="window.slip_braille" /> <Say of="window.save_text_what" />
        </p>
        {one.health_care_number === undefined && (
          <p class="hint">
            <Say of={handed_key("window.slip_no_number_yet", one)} />
          </p>
        )}
        <NewCode {...props} />
        <div class="choices">
          <button type="button" onClick={() => window.print()}>
            <Say of="window.print" />
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => save("slip.txt", "text/plain;charset=utf-8", slip_text(desk, one))}
          >
            <Say of="window.save_text" />
          </button>
          <button type="button" class="quiet" onClick={back}>
            <Say of="window.to_case" />
          </button>
        </div>
        <BrailleFile {...{ desk, one }} />
      </div>
    </>
  );
}
