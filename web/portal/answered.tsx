// Who answered, as of when; who did not, and what that means. On every page the same words.
import type { JSX } from "preact";
import { time_text } from "../shared/dates";
import { Say, has_words } from "../shared/words";

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
