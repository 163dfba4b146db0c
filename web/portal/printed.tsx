// What stands on paper only: whose records these are, where the page knows, and when they were
// printed.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { time_text } from "../shared/dates";
import { use_unfolded_on_paper } from "../shared/paper";
import { Say } from "../shared/words";
import "./printed.css";

function now(): number {
  return Math.floor(Date.now() / 1000);
}

// Once a page: it also unfolds what is folded away.
export function Printed({ name = "" }: { name?: string }): JSX.Element {
  use_unfolded_on_paper();
  const [time, set_time] = useState(now);
  useEffect(() => {
    const look = () => set_time(now());
    addEventListener("beforeprint", look);
    return () => removeEventListener("beforeprint", look);
  }, []);
  const of = name === "" ? "shell.printed" : "shell.printed_of";
  return (
    <p class="printed">
      <Say of={of} name={name} time={time_text(time)} />
    </p>
  );
}
