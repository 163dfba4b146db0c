// Small parts of the window's page: what waits, a question before something that cannot be undone,
// a list of mistakes.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { day_of, day_phrase } from "../shared/dates";
import { Read, Say, has_words, phrase, text_of } from "../shared/words";
import { refusal_phrase, register_phrase, role_phrase, type Desk } from "./desk";
import { days_late, days_since, handed_of, stop_outcome, type Handed } from "./progress";
import type { Happening } from "./office";
import { card_place, type Case, type Line, type Progress } from "./record";
import type { Summary, Todo } from "./record";

function numbered(report: string, name: string): string {
  return report === "" ? name : phrase("window.step_numbered", { report, name });
}
export function step_phrase({ step, report }: Progress): string {
  return numbered(report, phrase(`window.step_${step}`));
}
// Words of their own for what is handed over, the closest first; else those of a card.
const own_words: Record<Handed, readonly string[]> = {
  card: [],
  newborn_card: ["newborn"],
  newborn_slip: ["newborn_slip", "newborn", "slip"],
  either: ["either", "newborn"],
  number: ["number", "slip"],
  existing: ["existing", "slip"],
};
export function handed_key(key: string, one: Pick<Case, "kind" | "newborn">): string {
  return own_words[handed_of(one)].map((own) => `${key}_${own}`).find(has_words) ?? key;
}

// What was refused is for a clerk to decide, whosever it was to do.
function what_phrase({ step, refused, claim }: Todo, one: Summary): string {
  const key = `window.todo_${step}${claim === card_place ? "_card" : ""}`;
  const what = phrase(step === "hand_over" ? handed_key(key, one) : key);
  return refused === undefined ? what : phrase("window.todo_refused", { what });
}
export function todo_phrase(todo: Todo, one: Summary): string {
  return numbered(todo.report, what_phrase(todo, one));
}

// In how a step is done people differ: from a desk elsewhere, or with the person here.
export function Place({ online }: Pick<Progress, "online">): JSX.Element {
  if (online === undefined) return <span />;
  return (
    <span class="place">
      <Say of={online ? "window.online" : "window.here"} />
    </span>
  );
}

export function who_phrase({ who }: Progress): string {
  const all = who.map((each) => phrase(`window.actor_${each}`));
  return phrase("window.step_who", { who: all.join(phrase("window.between_who")) });
}

// For a newborn a parent acts.
export function actor_key({ actor }: Todo, { kind }: Pick<Case, "kind">): string {
  return `window.actor_${actor === "person" && kind === "birth" ? "parent" : actor}`;
}
// Who has to do something: a register by its name, where a claim says which.
function actor_phrase(desk: Desk, todo: Todo, one: Case): string {
  const of = todo.claim === undefined ? undefined : one.claims[todo.claim];
  if (todo.actor === "register" && of) return register_phrase(desk, of);
  return phrase(actor_key(todo, one));
}

interface SinceProps {
  since: number;
  now: number;
  cell?: boolean; // of a table, whose head says what it is
}

export function Since({ since, now, cell }: SinceProps): JSX.Element {
  const days = days_since(since, now);
  const day = day_phrase(day_of(since));
  const key = cell ? "window.cell_since" : "window.since";
  if (days === 0) return <Say of={`${key}_today`} day={day} />;
  return <Say of={key} day={day} days={days + 1} />;
}

// Until when it is promised; in words when that is over, or near.
export function Until({ todo, now, cell }: { todo: Todo } & Omit<SinceProps, "since">) {
  const day = day_phrase(day_of(todo.until));
  const key = cell ? "window.cell_until" : "window.until";
  const days = days_late(todo, now);
  if (days > 0) {
    return (
      <strong class="late">
        <Say of={`${key}_late`} day={day} days={days} />
      </strong>
    );
  }
  if (day_of(todo.until) === day_of(now)) {
    return (
      <strong>
        <Say of={`${key}_today`} day={day} />
      </strong>
    );
  }
  return <Say of={key} day={day} />;
}

interface WaitingProps {
  desk: Desk;
  todo: Todo;
  one: Case;
}

// One thing that is to do, in a sentence each.
export function Waiting({ desk, todo, one }: WaitingProps): JSX.Element {
  const now = desk.now();
  const { claims } = one;
  const of = todo.claim === undefined ? undefined : claims[todo.claim];
  return (
    <>
      <span class="who">
        <Read text={actor_phrase(desk, todo, one)} />
        <Say of="window.between" />
        <Read text={what_phrase(todo, one)} />
        {of && todo.actor !== "register" && (
          <Say of="window.in_brackets" what={role_phrase(of.role)} />
        )}
      </span>{" "}
      <span class="when">
        <Since since={todo.since} now={now} /> <Until todo={todo} now={now} />
      </span>
      {todo.refused !== undefined && (
        <span class="refused">
          <Read text={refusal_phrase(todo.refused)} />
        </span>
      )}
    </>
  );
}

// What became of a case that nothing waits for.
export function end_key({ cancelled, kind }: Summary, lines: Line[] = []): string {
  if (cancelled !== undefined) return "window.ended_given_up";
  const outcome = kind === "stop" ? stop_outcome(lines) : undefined;
  return outcome ? `window.ended_stop_${outcome}` : `window.ended_${kind}`;
}

// Of a kind, and why: "一時停止（紛失）".
export function kind_phrase({ kind, reason }: Pick<Case, "kind" | "reason">): string {
  const name = phrase(`window.kind_${kind}`);
  if (reason === undefined) return name;
  const why = has_words(`window.reason_${reason}`) ? phrase(`window.reason_${reason}`) : reason;
  return name + phrase("window.in_brackets", { what: why });
}

interface AskedProps {
  title: string; // words
  yes: string; // words of the button that does it
  close: () => void;
  act: () => void;
  children?: ComponentChildren;
}

// Modal: Esc closes it, and the focus goes back to the button that opened it.
export function Asked({ title, yes, close, act, children }: AskedProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current!.showModal();
    heading.current!.focus();
  }, []);
  const do_it = (event: Event) => {
    event.preventDefault();
    act();
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={close}>
      <form onSubmit={do_it} noValidate>
        <h2 id={id} ref={heading} tabIndex={-1}>
          <Say of={title} />
        </h2>
        {children}
        <div class="choices">
          <button type="submit">
            <Say of={yes} />
          </button>
          <button type="button" class="quiet" onClick={() => dialog.current!.close()}>
            <Say of="window.go_back" />
          </button>
        </div>
      </form>
    </dialog>
  );
}

export interface Wrong {
  id: string; // of the field
  text: string;
}

// All of them at once, above what is to be mended; it takes the focus. Links go to the fields.
export function Mistakes({ all }: { all: Wrong[] }): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (all.length > 0) box.current!.focus();
  }, [all]);
  if (all.length === 0) return null;
  const go = (event: Event, id: string) => {
    event.preventDefault(); // no trace of it in the address
    document.getElementById(id)?.focus();
  };
  return (
    <div class="mistake" tabIndex={-1} ref={box} role="group" aria-label={text_of("window.mend")}>
      <p>
        <Say of="window.mend" />
      </p>
      <ul>
        {all.map(({ id, text }) => (
          <li key={id}>
            <a href={`#${id}`} onClick={(event) => go(event, id)}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface FieldProps {
  id: string;
  label: string; // a phrase
  hint?: string; // a phrase
  value: string;
  set: (value: string) => void;
  wrong?: Wrong[];
  numeric?: boolean;
  short?: boolean;
  note?: string | undefined; // a phrase: where the value is from
  beside?: ComponentChildren; // below the field: how it was understood
}

export function Field(props: FieldProps): JSX.Element {
  const { id, label, hint, value, set, wrong = [], numeric, short, note, beside } = props;
  const own = wrong.find((one) => one.id === id);
  const described = [own && `${id}-wrong`, hint && `${id}-hint`, note && `${id}-note`]
    .filter(Boolean)
    .join(" ");
  return (
    <p class={short ? "entry short" : "entry"}>
      <label for={id}>
        <Read text={label} />
      </label>
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          <Read text={hint} />
        </span>
      )}
      {own && (
        <strong class="wrong" id={`${id}-wrong`}>
          {own.text}
        </strong>
      )}
      <input
        id={id}
        value={value}
        autocomplete="off"
        spellcheck={false}
        inputMode={numeric ? "numeric" : undefined}
        aria-invalid={own ? "true" : undefined}
        aria-describedby={described === "" ? undefined : described}
        onInput={(event) => set(event.currentTarget.value)}
      />
      {note && (
        <span class="note" id={`${id}-note`}>
          <Read text={note} />
        </span>
      )}
      {beside}
    </p>
  );
}

// One of several.
export function Choice<T extends string | number>(props: {
  name: string; // of the group; the id of a choice begins with it
  legend: string; // words
  all: readonly T[];
  chosen: T | undefined;
  set: (one: T) => void;
  label: (one: T) => ComponentChildren;
  wrong?: Wrong[];
  note?: string | undefined; // a phrase: where the choice is from
  bar?: boolean; // side by side, and the legend is only read out
}): JSX.Element {
  const { name, legend, all, chosen, set, label, wrong = [], note, bar } = props;
  const own = wrong.find(({ id }) => id.startsWith(`${name}-`));
  return (
    <fieldset class={bar ? "which plain-set" : "plain-set"}>
      <legend class={bar ? "visually-hidden" : undefined}>
        <Say of={legend} />
      </legend>
      {own && <strong class="wrong">{own.text}</strong>}
      {all.map((one) => (
        <label class="choice" key={one}>
          <input
            type="radio"
            name={name}
            id={`${name}-${one}`}
            checked={chosen === one}
            aria-invalid={own ? "true" : undefined}
            onChange={() => set(one)}
          />{" "}
          {label(one)}
        </label>
      ))}
      {note && (
        <span class="note">
          <Read text={note} />
        </span>
      )}
    </fieldset>
  );
}

// The same for what somebody ticks.
export function Tick(props: {
  id: string;
  of: string; // words
  checked: boolean;
  set: (checked: boolean) => void;
  wrong?: Wrong[];
}): JSX.Element {
  const { id, of, checked, set, wrong = [] } = props;
  const own = wrong.find((one) => one.id === id);
  return (
    <p class="tick">
      <label class="choice">
        <input
          id={id}
          type="checkbox"
          checked={checked}
          aria-invalid={own ? "true" : undefined}
          onChange={(event) => set(event.currentTarget.checked)}
        />{" "}
        <Say of={of} />
      </label>
    </p>
  );
}

export type Act = (happening: Happening, said: string) => void;
export interface CasePart {
  desk: Desk;
  one: Case;
  act: Act;
}
