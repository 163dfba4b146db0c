// One case: what is to do next, how far it is, who it is about, what the registers say, and what
// happened by whose hand.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { day_of, day_phrase, time_phrase } from "../shared/dates";
import { Ja, Read, Say, has_words, phrase, text_of } from "../shared/words";
import { Approve, LookFor } from "./acts";
import { Apply } from "./apply";
import { BirthForm, FileElsewhere, SignBirth } from "./birth";
import { Claims } from "./claims";
import { Compare } from "./compare";
import { office_name } from "./desk";
import { SignExisting } from "./existing";
import { HandOver } from "./hand_over";
import { History } from "./history";
import { Asked, Field, Mistakes, Place, Waiting } from "./parts";
import { end_key, kind_phrase, step_phrase, who_phrase } from "./parts";
import type { CasePart, Wrong } from "./parts";
import { days_late, has_new_keys, is_foreign, todo_at } from "./progress";
import { attributes, card_place, type Case, type Person } from "./record";
import type { Progress, Todo } from "./record";
import { WriteCard, chip_steps } from "./write_card";

function Section(props: { id: string; title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section id={props.id} aria-labelledby={`${props.id}-name`}>
      <h3 id={`${props.id}-name`} tabIndex={-1}>
        <Say of={props.title} />
      </h3>
      {props.children}
    </section>
  );
}

// ---- what is to do ----

// Of an order that nobody's number is to blame for.
function Refused({ todo, act }: { todo: Todo; act: CasePart["act"] }): JSX.Element | null {
  const [asked, set_asked] = useState(false);
  const { order } = todo;
  if (!order || todo.refused === undefined || order.kind === "confirm") return null;
  const waive = () => {
    set_asked(false);
    act({ what: "waived", order }, "window.said_waived");
  };
  return (
    <div class="choices">
      <button type="button" onClick={() => act({ what: "try_again", order }, "window.said_again")}>
        <Say of="window.try_again" />
        <span class="visually-hidden">
          <Say of="window.about" what={phrase(`window.todo_${todo.step}`)} />
        </span>
      </button>
      {order.kind === "tell" && (
        <button type="button" class="quiet" onClick={() => set_asked(true)}>
          <Say of="window.waive" />
        </button>
      )}
      {asked && (
        <Asked
          title="window.waive_title"
          yes="window.waive"
          close={() => set_asked(false)}
          act={waive}
        >
          <p>
            <Say of="window.waive_text" />
          </p>
        </Asked>
      )}
    </div>
  );
}

function ToDo(props: CasePart): JSX.Element {
  const { desk, one, act } = props;
  if (one.todo.length === 0) {
    return (
      <p class="ended">
        <Say of={end_key(one, one.lines)} />
      </p>
    );
  }
  const works = desk.roles.has("window");
  const is_found_here = works && one.elsewhere === undefined;
  const waits = (step: Todo["step"]) => one.todo.some((todo) => todo.step === step);
  return (
    <>
      {!works && one.elsewhere === undefined && (
        <p class="hint">
          <Say of="window.only_window" />
        </p>
      )}
      <ul class="todo">
        {one.todo.map((todo, i) => (
          <li key={i} class={days_late(todo, desk.now()) > 0 ? "is-late" : undefined}>
            <p>
              <Waiting {...{ desk, todo, one }} />
            </p>
            {todo.step === "settle" && (
              <p>
                <a href={`#${place_of(todo)}`} onClick={to_claims}>
                  <Say of={how_settle(one, todo)} />
                </a>
              </p>
            )}
            {works && !one.approver && <Chip desk={desk} one={one} todo={todo} />}
            {works && <Refused todo={todo} act={act} />}
            {is_found_here && todo.step === "look_for" && <LookFor {...props} />}
            {todo.step === "approve" && <Approve {...props} />}
          </li>
        ))}
      </ul>
      {works && waits("apply") && one.kind === "birth" && <BirthForm {...props} />}
      {works && waits("apply") && one.kind !== "birth" && <Apply {...props} />}
      {works && one.signs !== undefined && <SignBirth {...props} />}
      {works && is_foreign(one) && waits("sign") && <SignExisting {...props} />}
      {works && waits("file_elsewhere") && <FileElsewhere {...props} />}
      {works && !one.approver && waits("hand_over") && <HandOver {...props} />}
      {works && one.approver && (
        <p class="hint">
          <Say of="window.approver_no_card" />
        </p>
      )}
    </>
  );
}

function Chip({ desk, one, todo }: Omit<CasePart, "act"> & { todo: Todo }): JSX.Element | null {
  const step = chip_steps.find((chip) => chip === todo.step);
  return step ? <WriteCard desk={desk} one={one} step={step} /> : null;
}

// Where it is decided: at the numbers, or at what the card says.
function place_of({ claim }: Todo): string {
  return claim === card_place ? "card-name" : "claims-name";
}
function how_settle({ kind }: Case, { claim, actor }: Todo): string {
  if (claim === card_place) return "window.how_settle_card";
  return `window.how_settle_${kind === "end" ? "end" : actor}`;
}

function to_claims(event: Event): void {
  event.preventDefault();
  const { hash } = event.currentTarget as HTMLAnchorElement;
  document.getElementById(hash.slice(1))?.focus();
}

// ---- how far ----

function Row({ desk, one, row }: Omit<CasePart, "act"> & { row: Progress }): JSX.Element {
  const waiting = todo_at(row.step, one);
  return (
    <li class={row.state} aria-current={row.state === "waits" ? "step" : undefined}>
      <p>
        <span class="step">
          <Read text={step_phrase(row)} />
        </span>{" "}
        <Place {...row} />{" "}
        <span class="acts">
          <Read text={who_phrase(row)} />
        </span>{" "}
        <span class="state">
          {row.at === undefined ? (
            <Say of={`window.state_${row.state}`} />
          ) : (
            <Say of="window.state_done_at" time={day_phrase(day_of(row.at))} />
          )}
        </span>
      </p>
      {waiting.length > 0 && (
        <ul>
          {waiting.map((todo, i) => (
            <li key={i}>
              <Waiting {...{ desk, todo, one }} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Steps({ desk, one }: Omit<CasePart, "act">): JSX.Element {
  return (
    <>
      <p class="hint">
        <Say of="window.steps_text" />
      </p>
      <ol class="steps">
        {one.progress.map((row) => (
          <Row key={row.step} {...{ desk, one, row }} />
        ))}
      </ol>
    </>
  );
}

// ---- who ----

function Who({ person, signing }: { person: Person; signing: boolean }): JSX.Element {
  const value = (name: (typeof attributes)[number]) => {
    if (name === "birth_date") return <Read text={day_phrase(person.birth_date)} />;
    if (name === "sex") return <Say of={`window.sex_${person.sex}`} />;
    return person[name] === "" ? <Say of="window.none" /> : <Ja>{person[name]}</Ja>;
  };
  return (
    <dl class="facts">
      {attributes.map((name) => (
        <div key={name}>
          <dt>
            <Say of={`window.attribute_${name}`} />
          </dt>
          <dd>{value(name)}</dd>
        </div>
      ))}
      <div>
        <dt>
          <Say of="window.certificates" />
        </dt>
        <dd>
          <Say of={signing ? "window.with_signing" : "window.without_signing"} />
        </dd>
      </div>
    </dl>
  );
}

// ---- giving it up ----

// A stop is not given up: its card is found, or is not.
function GiveUp({ desk, one, act }: CasePart): JSX.Element | null {
  const [asked, set_asked] = useState(false);
  const [reason, set_reason] = useState("");
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const is_over = one.cancelled !== undefined || one.todo.length === 0;
  if (is_over || one.kind === "stop" || !desk.roles.has("window")) return null;
  if (!one.can_cancel) {
    return (
      <p class="hint">
        <Say of="window.no_giving_up" />
      </p>
    );
  }
  const send = () => {
    const text = reason.trim();
    const is_good = text !== "" && text.length <= 300;
    set_wrong(is_good ? [] : [{ id: "reason", text: text_of("window.wrong_reason") }]);
    if (!is_good) return;
    set_asked(false);
    act({ what: "cancelled", reason: text }, "window.said_given_up");
  };
  return (
    <>
      <button type="button" class="quiet" onClick={() => set_asked(true)}>
        <Say of="window.give_up" />
      </button>
      {asked && (
        <Asked
          title="window.give_up_title"
          yes="window.give_up"
          close={() => set_asked(false)}
          act={send}
        >
          <p>
            <Say of={give_up_key(one)} />
          </p>
          <Mistakes all={wrong} />
          <Field
            id="reason"
            label={phrase("window.reason")}
            hint={phrase("window.hint_reason")}
            value={reason}
            set={set_reason}
            wrong={wrong}
          />
        </Asked>
      )}
    </>
  );
}

function give_up_key(one: Case): string {
  if (has_new_keys(one)) return "window.give_up_text_renewal_keys";
  const own = `window.give_up_text_${one.kind}`;
  return has_words(own) ? own : "window.give_up_text";
}

// ---- all of it ----

function Warnings({ desk, one }: Omit<CasePart, "act">): JSX.Element {
  return (
    <>
      {one.elsewhere !== undefined && (
        <p class="warning">
          <Say
            of={one.kind === "stop" ? "window.elsewhere_stop" : "window.elsewhere"}
            name={office_name(desk, one.elsewhere)}
          />
        </p>
      )}
      {one.cancelled !== undefined && (
        <p class="warning">
          <Say of="window.given_up_because" /> <Ja>{one.cancelled}</Ja>
        </p>
      )}
      {one.cancelled !== undefined && has_new_keys(one) && (
        <p class="warning">
          <Say of="window.keys_gone" />
        </p>
      )}
    </>
  );
}

export interface CaseViewProps extends CasePart {
  to_slip: () => void;
  to_person: () => void;
  again: () => void;
}

export function CaseView(props: CaseViewProps): JSX.Element {
  const { desk, one, to_slip, to_person, again } = props;
  const who = one.person ?? one.known;
  return (
    <>
      <p class="case-kind">
        <Read text={kind_phrase(one)} />
      </p>
      <Warnings {...{ desk, one }} />
      <div class="choices bar">
        <button type="button" class="quiet" onClick={to_slip}>
          <Say of="window.to_slip" />
        </button>
        {who && (
          <button type="button" class="quiet" onClick={to_person}>
            <Say of="window.to_person" />
          </button>
        )}
        <button type="button" class="quiet" onClick={again}>
          <Say of="window.again" />
        </button>
      </div>
      <Section id="next" title="window.next">
        <ToDo {...props} />
      </Section>
      <Section id="steps" title="window.steps">
        <Steps desk={desk} one={one} />
      </Section>
      {who && (
        <Section id="person" title="window.person">
          <Who person={who} signing={one.signing} />
        </Section>
      )}
      {one.card && (
        <Section id="card" title="window.card_words">
          <h4>
            <Say of="window.use_signing" />
          </h4>
          <p class="finding">
            <Say of={`window.card_${one.card.finding}`} />
          </p>
          <Compare {...props} place={card_place} />
        </Section>
      )}
      {one.claims.length > 0 && (
        <Section id="claims" title="window.claims">
          <Claims {...props} />
        </Section>
      )}
      <Section id="history" title="window.history">
        <History one={one} />
      </Section>
      <div class="give-up">
        <GiveUp {...props} />
      </div>
      <p class="hint">
        <Say of="window.opened_at" time={time_phrase(one.opened_at)} />
      </p>
    </>
  );
}
