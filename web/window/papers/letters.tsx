// ①: a letter to each person of a batch that was invited (./mado issue invite): who it is for, what
// to bring, the case's number, until when, and where. No number stands on it that opens anything:
// with the case's number alone nobody is told what is in the case.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { day_of, day_phrase, time_phrase } from "../../shared/dates";
import { Ja, Read, Say, in_japanese, phrase } from "../../shared/words";
import { grouped, problem_text, type Desk } from "../desk";
import { due } from "../progress";
import type { Case, Person, Summary } from "../record";
import "./papers.css";

export interface Letter {
  number: string;
  person: Person;
  until: number;
}
export interface Batch {
  at: number;
  numbers: string[];
}

const waits_for_application = ({ kind, todo }: Summary) =>
  kind === "first" && todo.some(({ step }) => step === "apply");

// What was opened in one act has one time; the newest first. Whether somebody was invited, or came
// by themselves, each case says.
export function batches_of(cases: Summary[]): Batch[] {
  const found = new Map<number, string[]>();
  for (const one of cases.filter(waits_for_application)) {
    found.set(one.opened_at, [...(found.get(one.opened_at) ?? []), one.number]);
  }
  return [...found]
    .map(([at, numbers]) => ({ at, numbers }))
    .sort((one, other) => other.at - one.at);
}

export function letter_of(one: Case): Letter | undefined {
  const todo = due(one.todo);
  if (!one.invited || !todo || !waits_for_application(one)) return undefined;
  return { number: one.number, person: one.invited.person, until: todo.until };
}

// The report's page 5, ②: the health insurance of everybody, the others of whoever has them.
const to_bring = ["letter", "identity", "medical", "pension", "care"] as const;

function OneLetter({ letter, desk }: { letter: Letter; desk: Desk }): JSX.Element {
  const { number, person, until } = letter;
  const id = `letter-${number}`;
  return (
    <article class="letter" aria-labelledby={id}>
      <div class="to">
        <p>
          <Ja>{person.address}</Ja>
        </p>
        <p class="name">
          {person.kana !== "" && (
            <span class="kana">
              <Ja>{person.kana}</Ja>
            </span>
          )}
          <Read text={phrase("window.letter_to", { name: in_japanese(person.name) })} />
        </p>
      </div>
      <h3 id={id}>
        <Say of="window.letter_title" />
      </h3>
      <p>
        <Say of="window.letter_text" />
      </p>
      <dl class="facts">
        <div>
          <dt>
            <Say of="window.slip_number" />
          </dt>
          <dd class="big">{grouped(number)}</dd>
        </div>
        <div>
          <dt>
            <Say of="window.letter_until" />
          </dt>
          <dd>
            <Read text={day_phrase(day_of(until))} />
          </dd>
        </div>
        <div>
          <dt>
            <Say of="window.letter_where" />
          </dt>
          <dd>
            {desk.ask_at === undefined ? (
              <Say of="window.letter_where_here" />
            ) : (
              <Ja>{desk.ask_at}</Ja>
            )}
          </dd>
        </div>
        <div>
          <dt>
            <Say of="window.letter_bring" />
          </dt>
          <dd>
            <ul>
              {to_bring.map((what) => (
                <li key={what}>
                  <Say of={`window.letter_bring_${what}`} />
                </li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
      <p class="hint">
        <Say of="window.letter_number_alone" />
      </p>
    </article>
  );
}

interface Made {
  letters: Letter[];
  of: number; // cases that were looked at
}

function use_letters(desk: Desk) {
  const [made, set_made] = useState<Made>();
  const [problem, set_problem] = useState<string>();
  const [done, set_done] = useState<number>();
  const heading = useRef<HTMLHeadingElement>(null);
  const make = async ({ numbers }: Batch) => {
    set_made(undefined);
    set_problem(undefined);
    const letters: Letter[] = [];
    for (const [i, number] of numbers.entries()) {
      set_done(i);
      const read = await desk.office.show(number);
      if (!read.ok) {
        set_done(undefined);
        return set_problem(problem_text(read.problem));
      }
      const letter = letter_of(read.value);
      if (letter) letters.push(letter);
    }
    set_done(undefined);
    set_made({ letters, of: numbers.length });
    requestAnimationFrame(() => heading.current?.focus());
  };
  return { made, problem, done, heading, make };
}

function Which(props: { all: Batch[]; busy: boolean; make: (batch: Batch) => void }): JSX.Element {
  const { all, busy, make } = props;
  const [chosen, set_chosen] = useState(all[0]!.at);
  const send = (event: Event) => {
    event.preventDefault();
    const batch = all.find(({ at }) => at === chosen) ?? all[0]!;
    if (!busy) make(batch);
  };
  return (
    <form onSubmit={send} class="no-print" autocomplete="off">
      <fieldset class="plain-set">
        <legend>
          <Say of="window.letters_which" />
        </legend>
        {all.map(({ at, numbers }) => (
          <label class="choice" key={at}>
            <input
              type="radio"
              name="batch"
              value={at}
              checked={chosen === at}
              onChange={() => set_chosen(at)}
            />{" "}
            <Say of="window.letters_batch" at={time_phrase(at)} count={numbers.length} />
          </label>
        ))}
      </fieldset>
      <button type="submit">
        <Say of="window.letters_make" />
      </button>
    </form>
  );
}

export function LettersView({ desk, cases }: { desk: Desk; cases: Summary[] }): JSX.Element {
  const all = batches_of(cases);
  const { made, problem, done, heading, make } = use_letters(desk);
  return (
    <>
      <p class="no-print">
        <Say of="window.letters_text" />
      </p>
      {all.length === 0 ? (
        <p>
          <Say of="window.letters_none" />
        </p>
      ) : (
        <Which all={all} busy={done !== undefined} make={(batch) => void make(batch)} />
      )}
      <p role="status" class="no-print">
        {done !== undefined && <Say of="window.letters_busy" count={done} />}
      </p>
      <div role="alert" class="no-print">
        {problem !== undefined && <p class="mistake">{problem}</p>}
      </div>
      {made && (
        <>
          <div class="no-print">
            <h3 tabIndex={-1} ref={heading}>
              <Say of="window.letters_made" count={made.letters.length} />
            </h3>
            {made.letters.length < made.of && (
              <p class="hint">
                <Say of="window.letters_not_invited" count={made.of - made.letters.length} />
              </p>
            )}
            {made.letters.length > 0 && (
              <button type="button" onClick={() => window.print()}>
                <Say of="window.print" />
              </button>
            )}
          </div>
          {made.letters.map((letter) => (
            <OneLetter key={letter.number} {...{ letter, desk }} />
          ))}
        </>
      )}
    </>
  );
}

// In the day's list.
export function ToLetters({ cases, go }: { cases: Summary[]; go: () => void }): JSX.Element | null {
  const count = batches_of(cases).reduce((sum, { numbers }) => sum + numbers.length, 0);
  if (count === 0) return null;
  return (
    <p class="no-print">
      <button type="button" class="quiet" onClick={go}>
        <Say of="window.to_letters" />
      </button>
    </p>
  );
}
