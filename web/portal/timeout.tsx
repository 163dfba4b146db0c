// Two minutes before the log-in's end: a dialog, in all tabs at once. What the card signed cannot
// be made longer; whoever wants to stay lets the card sign again.
import { useEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import { Say, text_of } from "../shared/words";
import { now_of, type Session } from "../shared/country";
import { leave } from "./session";
import { step_of } from "./timeout_step";


const channel = new BroadcastChannel("mado-timeout");

export function Timeout({ session }: { session: Session }): JSX.Element {
  const seconds_left = () => session.expires - now_of(session);
  const [left_s, set_left] = useState(seconds_left);
  const dialog = useRef<HTMLDialogElement>(null);
  const answered = useRef(false);
  const step = step_of(left_s);
  useEffect(() => {
    const look = () => set_left(seconds_left());
    const every = setInterval(look, 1000);
    document.addEventListener("visibilitychange", look);
    channel.onmessage = () => {
      answered.current = true;
      dialog.current?.close();
    };
    return () => {
      clearInterval(every);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  useEffect(() => {
    if (step === "over") leave("time_over");
    if (step === "warn" && !answered.current && !dialog.current?.open) {
      dialog.current?.showModal();
    }
  }, [step]);
  const stay = () => {
    answered.current = true;
    channel.postMessage("answered");
  };
  const minutes = Math.max(1, Math.ceil(left_s / 60));
  return (
    <dialog ref={dialog} class="timeout" aria-labelledby="timeout-title" onClose={stay}>
      <h2 id="timeout-title">
        <Say of="shell.timeout_title" minutes={minutes} />
      </h2>
      <p>
        <Say of="shell.timeout_text" />
      </p>
      <div class="choices">
        <form method="dialog">
          <button type="submit" class="quiet">
            <Say of="shell.timeout_stay" />
          </button>
        </form>
        <form method="post" action="/login">
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
      <p role="status" class="visually-hidden">
        {step === "warn" ? text_of("shell.timeout_title", { minutes }) : ""}
      </p>
    </dialog>
  );
}
