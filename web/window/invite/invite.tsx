// ①: many people are invited from a file. It is read here, whole; what is wrong is said before
// anything is sent, and what was sent is said with whom it found.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { day_phrase } from "../../shared/dates";
import type { Problem } from "../../shared/result";
import { Ja, Read, Say, has_words, in_japanese, phrase, text_of } from "../../shared/words";
import { problem_text, type Desk } from "../desk";
import { Asked, Mistakes, type Wrong } from "../parts";
import type { Application } from "../record";
import { example, file_bytes_max, most, read_file } from "./file";
import type { InvitationFile, OfPerson } from "./file";
import type { Invited } from "./invited";
import "./invite.css";

const field = "invite-file";
const shown_max = 20; // people with something to mend

// Where in the file, and who it is.
function person_phrase(place: number, name: string): string {
  if (name === "") return phrase("window.file_place", { place });
  return phrase("window.file_person", { place, name: in_japanese(name) });
}

function ToMend({ all }: { all: OfPerson[] }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current!.focus(), [all]);
  return (
    <div class="mistake to-mend" tabIndex={-1} ref={box} role="group" aria-labelledby="to-mend">
      <p id="to-mend">
        <Say of="window.invite_mend" count={all.length} />
      </p>
      <ul>
        {all.slice(0, shown_max).map(({ place, name, texts }) => (
          <li key={place}>
            <Read text={person_phrase(place, name)} />
            <ul>
              {texts.map((text, i) => (
                <li key={i}>{text}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {all.length > shown_max && (
        <p>
          <Say of="window.invite_mend_more" count={all.length - shown_max} />
        </p>
      )}
    </div>
  );
}

function FileField({ wrong, to_mend }: { wrong: Wrong[]; to_mend: boolean }): JSX.Element {
  const [own] = wrong;
  const described = [own && `${field}-wrong`, to_mend && "to-mend", `${field}-hint`];
  return (
    <p class="entry">
      <label for={field}>
        <Say of="window.invite_file" />
      </label>
      <span class="hint" id={`${field}-hint`}>
        <Say of="window.hint_invite_file" most={most} />
      </span>
      {own && (
        <strong class="wrong" id={`${field}-wrong`}>
          {own.text}
        </strong>
      )}
      <input
        id={field}
        type="file"
        accept=".json,application/json"
        aria-invalid={own || to_mend ? "true" : undefined}
        aria-describedby={described.filter(Boolean).join(" ")}
      />
    </p>
  );
}

function Form(): JSX.Element {
  return (
    <details>
      <summary>
        <Say of="window.invite_form" />
      </summary>
      <ul>
        {["person", "claims", "signing"].map((member) => (
          <li key={member}>
            <Say of={`window.invite_form_${member}`} />
          </li>
        ))}
      </ul>
      <pre class="document" lang="ja">
        {JSON.stringify(example, null, 2)}
      </pre>
    </details>
  );
}

interface Looked {
  name: string; // of the file
  people: Application[];
}

function Review({ looked, close, send }: { looked: Looked; close: () => void; send: () => void }) {
  const { name, people } = looked;
  const numberless = people.filter(({ claims }) => claims[0]?.role !== "resident").length;
  return (
    <Asked title="window.invite_title" yes="window.invite_send" close={close} act={send}>
      <p>
        <Say of="window.invite_check" />
      </p>
      <dl class="facts">
        <div>
          <dt>
            <Say of="window.invite_file_name" />
          </dt>
          <dd class="file-name">{name}</dd>
        </div>
        <div>
          <dt>
            <Say of="window.invite_people" />
          </dt>
          <dd>
            <strong>
              <Say of="window.invite_count" count={people.length} />
            </strong>
          </dd>
        </div>
      </dl>
      {numberless > 0 && (
        <p class="note">
          <Say of="window.invite_numberless" count={numberless} />
        </p>
      )}
      <details class="invited">
        <summary>
          <Say of="window.invite_who" />
        </summary>
        <ol>
          {people.map(({ person }, i) => (
            <li key={i}>
              <Ja>{person.name}</Ja>{" "}
              <Read text={phrase("window.born", { day: day_phrase(person.birth_date) })} />
            </li>
          ))}
        </ol>
      </details>
    </Asked>
  );
}

// Of many people at once it is said in its own words.
function refused_text(problem: Problem): string {
  // After a fault of the issuer's nobody knows whether they are there.
  const code = problem.code === "internal" ? "unavailable" : problem.code;
  const own = `window.invite_problem_${code}`;
  return has_words(own) ? text_of(own) : problem_text(problem);
}

interface Done {
  people: Application[];
  invited: Invited;
}

// A file that was changed after it was chosen, or is gone, the browser does not read.
async function read_chosen(desk: Desk): Promise<InvitationFile & { name: string }> {
  const chosen = (document.getElementById(field) as HTMLInputElement).files?.[0];
  const wrong = (key: string) => ({ name: "", whole: text_of(`window.wrong_file_${key}`) });
  if (!chosen) return wrong("none");
  if (chosen.size > file_bytes_max) return wrong("large");
  const { name } = chosen;
  try {
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    return { name, ...read_file(bytes, desk) };
  } catch (error) {
    if (error instanceof DOMException) return wrong("unread");
    throw error;
  }
}

function use_inviting(desk: Desk) {
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const [to_mend, set_to_mend] = useState<OfPerson[]>();
  const [looked, set_looked] = useState<Looked>();
  const [done, set_done] = useState<Done>();
  const [problem, set_problem] = useState<string>();
  const [busy, set_busy] = useState(false);
  const look = async () => {
    if (busy) return;
    set_problem(undefined);
    const read = await read_chosen(desk);
    set_wrong("whole" in read ? [{ id: field, text: read.whole }] : []);
    set_to_mend("of_people" in read ? read.of_people : undefined);
    set_looked("people" in read ? read : undefined);
  };
  const send = async () => {
    const { people } = looked!;
    set_looked(undefined);
    set_busy(true);
    const answer = await desk.office.invite(people);
    set_busy(false);
    if (answer.ok) set_done({ people, invited: answer.value });
    else set_problem(refused_text(answer.problem));
  };
  const again = () => {
    set_done(undefined);
    requestAnimationFrame(() => document.getElementById(field)?.focus());
  };
  const close = () => set_looked(undefined);
  return { wrong, to_mend, looked, done, problem, busy, look, send, close, again };
}

// Who is known has had something to do with this centre, maybe elsewhere.
function Known({ people, known }: { people: Application[]; known: number[] }): JSX.Element {
  return (
    <>
      <p class="warning">
        <Say of="window.invite_known" count={known.length} />
      </p>
      <ul>
        {known.map((place) => (
          <li key={place}>
            <Read text={person_phrase(place, people[place - 1]!.person.name)} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface OutcomeProps {
  done: Done;
  letters: (batch: number) => void;
  again: () => void;
}

function Outcome({ done, letters, again }: OutcomeProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current!.focus(), []);
  const { people, invited } = done;
  const { batch, cases, known } = invited;
  return (
    <section aria-labelledby="invited">
      <h3 id="invited" tabIndex={-1} ref={heading}>
        {batch === undefined ? (
          <Say of="window.invite_nobody" />
        ) : (
          <Say of="window.invite_done" count={cases.length} />
        )}
      </h3>
      {known.length > 0 && <Known {...{ people, known }} />}
      <div class="choices">
        {batch !== undefined && (
          <button type="button" onClick={() => letters(batch)}>
            <Say of="window.invite_letters" />
          </button>
        )}
        <button type="button" class="quiet" onClick={again}>
          <Say of="window.invite_again" />
        </button>
      </div>
    </section>
  );
}

interface Props {
  desk: Desk;
  letters: (batch: number) => void; // of that batch
}

export function InviteView({ desk, letters }: Props): JSX.Element {
  const inviting = use_inviting(desk);
  const { wrong, to_mend, looked, done, problem, busy, again } = inviting;
  const submit = (event: Event) => {
    event.preventDefault();
    void inviting.look();
  };
  if (done) return <Outcome {...{ done, letters, again }} />;
  return (
    <>
      <p>
        <Say of="window.invite_text" />
      </p>
      <form onSubmit={submit} noValidate autocomplete="off" class="search-form invite">
        <Mistakes all={wrong} />
        {to_mend && <ToMend all={to_mend} />}
        <FileField wrong={wrong} to_mend={to_mend !== undefined} />
        <button type="submit">
          <Say of="window.invite_look" />
        </button>
        <Form />
      </form>
      {looked && (
        <Review looked={looked} close={inviting.close} send={() => void inviting.send()} />
      )}
      <p role="status">{busy && <Say of="window.busy" />}</p>
      <div role="alert">{problem !== undefined && <p class="mistake">{problem}</p>}</div>
    </>
  );
}
