// Two minutes before the log-in's end, and again one minute before: a dialog, in all tabs at once.
// What the card signed cannot be made longer; whoever wants to stay lets the card sign again.
import { useEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import { Say } from "../shared/words";
import { now_of, type Session } from "../shared/country";
import { leave, place_here } from "./session";
import { step_of, type Step } from "./timeout_step";

// Which warning somebody has answered, in whichever tab.
const channel = new BroadcastChannel("mado-timeout");

function use_step(session: Session): Step {
  const step_now = () => step_of(session.expires - now_of(session));
  const [step, set_step] = useState(step_now);
  useEffect(() => {
    const look = () => set_step(step_now());
    const every = setInterval(look, 1000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(every);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return step;
}

function Choices(): JSX.Element {
  return (
    <div class="choices">
      <form method="dialog">
        <button type="submit" class="quiet">
          <Say of="shell.timeout_stay" />
        </button>
      </form>
      <form method="post" action="/login">
        <input type="hidden" name="to" value={place_here()} />
        <button type="submit">
          <Say of="shell.timeout_again" />
        </button>
      </form>
      <form method="post" action="/logout">
        <button type="submit" class="quiet">
          <Say of="shell.log_out" />
        </button>
      </form>
    </div>
  );
}

export function Timeout({ session }: { session: Session }): JSX.Element {
  const step = use_step(session);
  const dialog = useRef<HTMLDialogElement>(null);
  const answered = useRef(new Set<Step>());
  const now = useRef(step);
  now.current = step;
  useEffect(() => {
    channel.onmessage = ({ data }: MessageEvent<Step>) => {
      answered.current.add(data);
      if (data === now.current) dialog.current?.close();
    };
  }, []);
  useEffect(() => {
    if (step === "over") leave("time_over");
    const warns = step === "warn" || step === "last";
    if (warns && !answered.current.has(step) && !dialog.current?.open) dialog.current?.showModal();
  }, [step]);
  const stay = () => {
    answered.current.add(now.current);
    channel.postMessage(now.current);
  };
  return (
    <dialog
      ref={dialog}
      class="timeout"
      role="alertdialog"
      aria-labelledby="timeout-title"
      aria-describedby="timeout-text"
      onClose={stay}
    >
      <h2 id="timeout-title">
        <Say of={step === "last" ? "shell.timeout_title_last" : "shell.timeout_title"} />
      </h2>
      <p id="timeout-text">
        <Say of="shell.timeout_text" />
      </p>
      <Choices />
      {/* Open since the first warning, it says the second one aloud. */}
      <p role="alert" class="visually-hidden">
        {step === "last" && <Say of="shell.timeout_title_last" />}
      </p>
    </dialog>
  );
}
