// 「ちがうと思ったら」: about one line of a record, whom to ask and what to say. The steps are the page's.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Read, Say, text_of } from "../shared/words";
import "./doubt.css";

export interface DoubtLine {
  subject: string; // a phrase: of which line
  shown: string; // a phrase: what the line says
}

interface ButtonProps {
  subject: string;
  open: () => void;
}

export function OpenDoubt({ subject, open }: ButtonProps): JSX.Element {
  return (
    <button type="button" class="link doubt" onClick={open}>
      <Say of="shell.doubt" />
      <span class="visually-hidden">
        <Say of="shell.doubt_about" subject={subject} />
      </span>
    </button>
  );
}

// The sentence to say, ready to be read out or sent.
export function Saying({ text }: { text: string }): JSX.Element {
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
        <Say of="shell.doubt_copy" />
      </button>
      <p role="status">{outcome && <Say of={`shell.doubt_${outcome}`} />}</p>
    </>
  );
}

interface DialogProps {
  line: DoubtLine;
  close: () => void;
  children: ComponentChildren; // an <ol> of steps
}

export function DoubtDialog({ line, close, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // Modal: Esc closes it, and the focus goes back to the line's button.
  useEffect(() => {
    dialog.current!.showModal();
    heading.current!.focus();
  }, []);
  return (
    <dialog ref={dialog} class="doubt-dialog" aria-label={text_of("shell.doubt")} onClose={close}>
      <h2 ref={heading} tabIndex={-1}>
        <Say of="shell.doubt" />
      </h2>
      <p class="line">
        <Read text={line.subject} />
        <br />
        <Read text={line.shown} />
      </p>
      {children}
      <p class="note">
        <Say of="shell.doubt_not_online" />
      </p>
      <button type="button" onClick={() => dialog.current!.close()}>
        <Say of="shell.doubt_close" />
      </button>
    </dialog>
  );
}
