// The numbers of an application, each with the register that answered, and what a clerk can do
// about it: compare, correct the number, take it out, ask again.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Read, Say } from "../shared/words";
import { Compare } from "./compare";
import { register_phrase, role_phrase } from "./desk";
import { NumberFields, mistakes_of } from "./number_fields";
import { number_of, type Typed } from "./numbers";
import { Asked, Mistakes, type CasePart, type Wrong } from "./parts";
import type { Case, Claim, Todo } from "./record";

interface OfClaim extends CasePart {
  place: number;
}

function Number_({ claim }: { claim: Claim }): JSX.Element {
  return (
    <dl class="number">
      {Object.entries(claim.number.fields).map(([name, value]) => (
        <div key={name}>
          <dt>
            <Say of={`window.field_${claim.role}_${name}`} />
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Correct({ desk, one, act, place, close }: OfClaim & { close: () => void }): JSX.Element {
  const { role, number } = one.claims[place]!;
  const [typed, set_typed] = useState<Typed>(number.fields);
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const prefix = `correct-${place}`;
  const send = () => {
    const mistakes = mistakes_of(prefix, role, typed);
    set_wrong(mistakes);
    if (mistakes.length > 0) return;
    close();
    const happening = { what: "corrected", claim: place, number: number_of(role, typed) } as const;
    act(happening, "window.said_corrected");
  };
  return (
    <Asked title="window.correct_title" yes="window.correct_send" close={close} act={send}>
      <p>
        <Read text={register_phrase(desk, { role, number })} />
      </p>
      <Mistakes all={wrong} />
      <NumberFields {...{ prefix, role, typed, wrong }} set={set_typed} />
      <p class="hint">
        <Say of="window.correct_text" />
      </p>
    </Asked>
  );
}

function TakeOut({ one, act, place, close }: OfClaim & { close: () => void }): JSX.Element {
  const is_end = one.kind === "end"; // of a death a clerk may know before a register does
  const take_out_key = is_end ? "window.take_out_text_end" : "window.take_out_text";
  const send = () => {
    close();
    act({ what: "taken_out", claim: place }, "window.said_taken_out");
  };
  return (
    <Asked title="window.take_out_title" yes="window.take_out" close={close} act={send}>
      <p>
        <Say of={take_out_key} what={role_phrase(one.claims[place]!.role)} />
      </p>
    </Asked>
  );
}

// What a clerk has to decide about this number; also when no links could be made with all of them,
// and when its register is silent.
function trouble_with(place: number, { todo }: Case): Todo | undefined {
  return todo.find(({ claim, order, step, refused, late }) => {
    if (claim !== place) return order?.kind === "link" && refused !== undefined;
    return step === "settle" || (step === "confirm" && (refused !== undefined || late));
  });
}

// Only then something of a number can be changed.
function Settle(props: OfClaim): JSX.Element | null {
  const { desk, one, act, place } = props;
  const [asked, set_asked] = useState<"correct" | "take_out">();
  const todo = trouble_with(place, one);
  const { finding, role } = one.claims[place]!;
  if (!todo || finding === "not_applied" || !desk.roles.has("window")) return null;
  const close = () => set_asked(undefined);
  const is_asked = todo.step === "confirm" && todo.refused === undefined;
  const may_take_out = role !== "resident" || one.kind === "end";
  if (is_asked && !may_take_out) return null;
  const about = (
    <span class="visually-hidden">
      <Say of="window.about" what={role_phrase(role)} />
    </span>
  );
  return (
    <>
      <div class="choices">
        {todo.order && todo.step === "confirm" && !is_asked && (
          <button
            type="button"
            onClick={() => act({ what: "try_again", order: todo.order! }, "window.said_again")}
          >
            <Say of="window.try_again" />
            {about}
          </button>
        )}
        {!is_asked && (
          <button type="button" class="quiet" onClick={() => set_asked("correct")}>
            <Say of="window.correct" />
            {about}
          </button>
        )}
        {may_take_out && (
          <button type="button" class="quiet" onClick={() => set_asked("take_out")}>
            <Say of="window.take_out" />
            {about}
          </button>
        )}
      </div>
      {asked === "correct" && <Correct {...props} close={close} />}
      {asked === "take_out" && <TakeOut {...props} close={close} />}
    </>
  );
}

// An end waits until the register has the person no more; `otherwise` is that it has them still, or
// writes them otherwise.
function finding_key({ kind, claims, todo, lines }: Case, place: number): string {
  const is_refused = todo.some(
    ({ claim, step, refused }) => claim === place && step === "confirm" && refused !== undefined,
  );
  const { finding } = claims[place]!;
  if (is_refused) return "window.finding_refused";
  const last = lines.findLast(
    ({ what, claim }) => claim === place && (what === "decided" || what === "corrected"),
  );
  if (finding === "same" && last?.what === "decided") return "window.finding_decided";
  const is_of_end = kind === "end" && ["not_applied", "otherwise", "gone"].includes(finding);
  return `window.finding_${finding}${is_of_end ? "_end" : ""}`;
}

export function Claims(props: CasePart): JSX.Element {
  const { desk, one } = props;
  return (
    <ul class="claims">
      {one.claims.map((claim, place) => (
        <li key={place} class={`claim ${claim.finding}`}>
          <h4>
            <Read text={register_phrase(desk, claim)} />
          </h4>
          <p class="finding">
            <Say of={finding_key(one, place)} />
          </p>
          <Number_ claim={claim} />
          <Compare {...props} place={place} />
          <Settle {...props} place={place} />
        </li>
      ))}
    </ul>
  );
}
