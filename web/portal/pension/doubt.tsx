// 「ちがうと思ったら」: whom to call about one line of the record, and what to say.
import { createContext, type JSX } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { day_of } from "../../shared/dates";
import { Read, Say, phrase, text_of, without_readings } from "../../shared/words";
import { date_text } from "./format";
import type { Answer } from "./record";

export interface Line {
  subject: string; // a phrase: of which line
  shown: string; // a phrase: what the line says
  answer: Answer;
}

export const DoubtContext = createContext<(line: Line) => void>(() => undefined);

export function DoubtButton(line: Line): JSX.Element {
  const open = useContext(DoubtContext);
  return (
    <button type="button" class="link doubt" onClick={() => open(line)}>
      <Say of="pension.doubt.title" />
      <span class="visually-hidden">
        <Say of="pension.doubt.about" subject={line.subject} />
      </span>
    </button>
  );
}

function saying({ subject, shown, answer }: Line): string {
  return text_of("pension.doubt.saying", {
    holder: answer.holder.name,
    day: date_text(day_of(answer.as_of)),
    subject,
    shown,
  });
}

function Copy({ text }: { text: string }): JSX.Element {
  const [outcome, set_outcome] = useState<"" | "copied" | "not_copied">("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => set_outcome("copied"),
      () => set_outcome("not_copied"),
    );
  return (
    <>
      <p class="saying">{text}</p>
      <button type="button" class="quiet" onClick={copy}>
        <Say of="pension.doubt.copy" />
      </button>
      <p role="status">{outcome && <Say of={`pension.doubt.${outcome}`} />}</p>
    </>
  );
}

function Steps({ line }: { line: Line }): JSX.Element {
  const { office } = line.answer.document;
  return (
    <ol>
      <li>
        <p>
          <Say of="pension.doubt.call" office={office.name} />
        </p>
        <p class="telephone">
          <a href={`tel:${office.telephone.replace(/[^\d+]/g, "")}`}>{office.telephone}</a>
        </p>
      </li>
      <li>
        <p>
          <Say of="pension.doubt.tell" />
        </p>
        <Copy text={saying(line)} />
      </li>
      <li>
        <p>
          <Say of={`pension.doubt.correct_${line.answer.document.body === "state" ? "state" : "fund"}`} />
        </p>
      </li>
    </ol>
  );
}

export function DoubtDialog({ line, close }: { line: Line; close: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // Modal: Esc closes it, and the focus goes back to the line's button.
  useEffect(() => {
    dialog.current!.showModal();
    heading.current!.focus();
  }, []);
  const title = without_readings(phrase("pension.doubt.title"));
  return (
    <dialog ref={dialog} class="doubt-dialog" aria-label={title} onClose={close}>
      <h2 ref={heading} tabIndex={-1}>
        <Say of="pension.doubt.title" />
      </h2>
      <p class="line">
        <Read text={line.subject} />
        <br />
        <Read text={line.shown} />
      </p>
      <Steps line={line} />
      <p class="note">
        <Say of="pension.doubt.not_online" />
      </p>
      <button type="button" onClick={() => dialog.current!.close()}>
        <Say of="pension.doubt.close" />
      </button>
    </dialog>
  );
}
