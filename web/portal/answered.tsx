// Who answered, as of when; who did not, and what that means; and the parts of a page around what
// was answered. On every page the same words.
import type { ComponentChildren, JSX } from "preact";
import { time_text } from "../shared/dates";
import { Say, has_words, type Values } from "../shared/words";
import type { Answers } from "./own";

export function Answered({ as_of }: { as_of: number }): JSX.Element {
  return (
    <small class="as-of">
      <Say of="shell.as_of" time={time_text(as_of)} />
    </small>
  );
}

// `kind`: of whom nobody knows the name before there is an answer.
export function Silent({ kind, code }: { kind: string; code: string }): JSX.Element {
  const why = has_words(`shell.silent_${code}`) ? `shell.silent_${code}` : "shell.silent";
  return (
    <li class="silent">
      <strong>
        <Say of={`shell.kind_${kind}`} />
      </strong>{" "}
      <Say of={why} />
    </li>
  );
}

function progress_key(answered: number, asked: number, done: boolean): string {
  if (!done) return asked === 0 ? "shell.progress_begins" : "shell.progress_asking";
  return answered < asked ? "shell.progress_done_partly" : "shell.progress_done";
}

interface ProgressProps {
  read: Answers<unknown>;
  done: boolean; // nobody is left to ask
  nobody: string; // words for when nobody is to be asked
}

// May take the focus: from a button that asked anew and is gone then.
export function Progress({ read, done, nobody }: ProgressProps): JSX.Element {
  const answered = read.answers.length;
  const asked = answered + read.silent.length;
  return (
    <p role="status" class={done ? "progress" : "progress asking"} id="progress" tabIndex={-1}>
      {done && asked === 0 ? (
        <Say of={nobody} />
      ) : (
        <Say of={progress_key(answered, asked, done)} {...{ answered, asked }} />
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
