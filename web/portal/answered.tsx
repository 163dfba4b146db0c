// Who answered, as of when; who did not, and what that means; and the parts of a page around what
// was answered. On every page the same words.
import type { ComponentChildren, JSX } from "preact";
import { time_phrase } from "../shared/dates";
import { Ja, Say, has_words, language, phrase, type Values } from "../shared/words";

export function Answered({ as_of }: { as_of: number }): JSX.Element {
  return (
    <small class="as-of">
      <Say of="shell.as_of" time={time_phrase(as_of)} />
    </small>
  );
}

function silent_key(code: string): string {
  return has_words(`shell.silent_${code}`) ? `shell.silent_${code}` : "shell.silent";
}

interface SilentProps {
  kind: string;
  code: string; // as read_answers gives it
  name?: string; // of the holder, where it is known
  count?: number; // of holders that nobody knows the name of
}

export function Silent({ kind, code, name, count = 1 }: SilentProps): JSX.Element {
  if (code === "unreached") {
    return (
      <li class="silent">
        <Say of="shell.unreached" />
      </li>
    );
  }
  const is_several = name === undefined && count > 1;
  return (
    <li class="silent">
      <strong>
        {name === undefined ? <Say of={`shell.kind_${kind}`} /> : <Ja>{name}</Ja>}
        {is_several && <Say of="shell.silent_count" count={count} />}
      </strong>
      {language() === "en" && " "}
      <Say of={silent_key(code)} />
    </li>
  );
}

function progress_key(answered: number, asked: number, done: boolean): string {
  if (!done) return answered === 0 ? "shell.progress_begins" : "shell.progress_asking";
  return answered < asked ? "shell.progress_done_partly" : "shell.progress_done";
}

// Each kind once; who of them it was is not known.
function kinds_text(silent: { kind: string }[]): string {
  const kinds = [...new Set(silent.map(({ kind }) => kind))];
  return kinds.map((kind) => phrase(`shell.missing_${kind}`)).join(phrase("shell.missing_between"));
}

interface ProgressProps {
  read: { answers: unknown[]; silent: { kind: string; code?: string }[] };
  done: boolean; // nobody is left to ask
  waiting?: number; // of those who were asked
  nobody: string; // words for when nobody is to be asked
  id?: string;
}

// May take the focus: from a button that asked anew and is gone then.
export function Progress(props: ProgressProps): JSX.Element {
  const { read, done, waiting = 0, nobody, id = "progress" } = props;
  const answered = read.answers.length;
  const silent = read.silent.filter(({ code }) => code !== "unreached");
  const is_unreached = silent.length < read.silent.length;
  const asked = answered + silent.length + waiting;
  return (
    <p
      role="status"
      class={done ? "progress" : "progress asking"}
      id={id}
      tabIndex={-1}
    >
      {done && is_unreached ? (
        <Say of="shell.unreached" />
      ) : done && asked === 0 ? (
        <Say of={nobody} />
      ) : (
        <Say of={progress_key(answered, asked, done)} {...{ answered, asked }} />
      )}
      {done && silent.length > 0 && (
        <>
          {" "}
          <Say of="shell.progress_missing" who={kinds_text(silent)} />
        </>
      )}
    </p>
  );
}

interface SectionProps {
  id: string;
  title: string; // words
  name?: string; // of the person, in the title
  children: ComponentChildren;
}

export function Section({ id, title, name, children }: SectionProps): JSX.Element {
  return (
    <section id={id} aria-labelledby={`${id}-name`}>
      <h2 id={`${id}-name`}>
        {name === undefined ? <Say of={title} /> : <Say of={title} name={name} />}
      </h2>
      {children}
    </section>
  );
}

interface EntryProps {
  of: string; // words
  values?: Values; // of their places
  children: ComponentChildren;
}

// Of a list of terms.
export function Entry({ of, values, children }: EntryProps): JSX.Element {
  return (
    <>
      <dt>
        <Say of={of} {...values} />
      </dt>
      <dd>{children}</dd>
    </>
  );
}

// The same in a box of its own.
export function Fact(props: EntryProps): JSX.Element {
  return (
    <div>
      <Entry {...props} />
    </div>
  );
}
