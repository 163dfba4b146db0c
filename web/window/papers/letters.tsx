// ①: a letter to each person of a batch that was invited (../invite): who it is for, what
// to bring, the case's number, until when, and where. No number stands on it that opens anything:
// with the case's number alone nobody is told what is in the case.
import type { JSX, Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { day_of, day_phrase, time_phrase } from "../../shared/dates";
import type { Result } from "../../shared/result";
import { Ja, Read, Say, in_japanese, phrase } from "../../shared/words";
import { grouped, problem_text, type Desk } from "../desk";
import type { Batches, Letter, Letters } from "../record";
import "./papers.css";

// The report's page 5, ②: the health insurance of everybody, the others of whoever has them.
const to_bring = [
  ...(["letter", "identity", "medical", "pension", "care", "public-expense"] as const),
] as const;

function To({ person }: Pick<Letter, "person">): JSX.Element {
  return (
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
  );
}

function OneLetter({ letter, desk }: { letter: Letter; desk: Desk }): JSX.Element {
  const { number, person, until } = letter;
  const id = `letter-${number}`;
  return (
    <article class="letter" aria-labelledby={id}>
      <To person={person} />
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

// `wanted`: whose are made at once.
function use_letters(desk: Desk, wanted: number | undefined) {
  const [list, set_list] = useState<Batches>();
  const [added, set_added] = useState<number>();
  const [made, set_made] = useState<Letters>();
  const [problem, set_problem] = useState<string>();
  const [busy, set_busy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const asked = async <T,>(question: Promise<Result<T>>, show: (value: T) => void) => {
    set_busy(true);
    set_problem(undefined);
    const read = await question;
    set_busy(false);
    if (read.ok) show(read.value);
    else set_problem(problem_text(read.problem));
  };
  const older = ({ batches }: Batches) => {
    void asked(desk.office.batches(batches.at(-1)), (next) => {
      set_list({ batches: [...batches, ...next.batches], more: next.more });
      set_added(next.batches[0]?.batch);
    });
  };
  const make = async (batch: number) => {
    set_made(undefined);
    await asked(desk.office.letters(batch), (letters) => {
      set_made(letters);
      requestAnimationFrame(() => heading.current?.focus());
    });
  };
  const begin = async () => {
    await asked(desk.office.batches(), set_list);
    if (wanted !== undefined) await make(wanted);
  };
  useEffect(() => void begin(), []);
  return { list, added, made, problem, busy, heading, make, older };
}

interface WhichProps {
  list: Batches;
  added: number | undefined; // the first of those that were asked for last
  busy: boolean;
  wanted: number | undefined;
  make: (batch: number) => Promise<void>;
  older: (list: Batches) => void;
}

function Which({ list, added, busy, wanted, make, older }: WhichProps): JSX.Element {
  const all = list.batches;
  const [chosen, set_chosen] = useState(wanted ?? all[0]!.batch);
  const form = useRef<HTMLFormElement>(null);
  // Where the button was, which is further down now or gone.
  useEffect(() => {
    if (added === undefined) return;
    form.current?.querySelector<HTMLInputElement>(`input[value="${added}"]`)?.focus();
  }, [added]);
  const send = (event: Event) => {
    event.preventDefault();
    const batch = all.find((one) => one.batch === chosen) ?? all[0]!;
    if (!busy) void make(batch.batch);
  };
  return (
    <form onSubmit={send} ref={form} class="no-print" autocomplete="off">
      <fieldset class="plain-set">
        <legend>
          <Say of="window.letters_which" />
        </legend>
        {all.map(({ batch, opened_at, open }) => (
          <label class="choice" key={batch}>
            <input
              type="radio"
              name="batch"
              value={batch}
              checked={chosen === batch}
              onChange={() => set_chosen(batch)}
            />{" "}
            <Say of="window.letters_batch" at={time_phrase(opened_at)} count={open} />
          </label>
        ))}
      </fieldset>
      {list.more && (
        <p>
          <button type="button" class="quiet" onClick={() => !busy && older(list)}>
            <Say of="window.letters_older" />
          </button>
        </p>
      )}
      <button type="submit">
        <Say of="window.letters_make" />
      </button>
    </form>
  );
}

interface MadeProps {
  made: Letters;
  heading: Ref<HTMLHeadingElement>;
  desk: Desk;
}

// How many of how many: who has applied, or whose case was given up, has no letter; nor has whose
// case cannot be read, for whom something is to be done.
function Made({ made, heading, desk }: MadeProps): JSX.Element {
  const others = made.of - made.letters.length - made.unreadable;
  return (
    <>
      <div class="no-print">
        <h3 tabIndex={-1} ref={heading}>
          <Say of="window.letters_made" count={made.letters.length} all={made.of} />
        </h3>
        {others > 0 && (
          <p class="hint">
            <Say of="window.letters_others" count={others} />
          </p>
        )}
        {made.unreadable > 0 && (
          <p class="mistake">
            <Say of="window.letters_unreadable" count={made.unreadable} />
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
  );
}

interface Props {
  desk: Desk;
  batch: number | undefined;
}

export function LettersView({ desk, batch: wanted }: Props): JSX.Element {
  const { list, added, made, problem, busy, heading, make, older } = use_letters(desk, wanted);
  return (
    <>
      <p class="no-print">
        <Say of="window.letters_text" />
      </p>
      {list?.batches.length === 0 && (
        <p>
          <Say of="window.letters_none" />
        </p>
      )}
      {list && list.batches.length > 0 && (
        <Which {...{ list, added, busy, wanted, make, older }} />
      )}
      <p role="status" class="no-print">
        {busy && <Say of="window.busy" />}
      </p>
      <div role="alert" class="no-print">
        {problem !== undefined && <p class="mistake">{problem}</p>}
      </div>
      {made && <Made {...{ made, heading, desk }} />}
    </>
  );
}
