// One look at the person's records, in plain words: when, who, why; the rest on demand.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { clock_text, time_phrase } from "../../shared/dates";
import { month_text } from "../../shared/phrases";
import type { Hash } from "../../shared/bytes";
import type { Head } from "../../shared/order";
import type { QuestionOfPerson } from "../../shared/questions";
import { save } from "../../shared/files";
import { Ja, Read, Say, in_japanese } from "../../shared/words";
import type { Country } from "../../shared/country";
import { proof_of } from "./files";
import { number_of, type Look } from "./list";
import { AskAbout, Asked, type SendQuestion, type Sent } from "./question";
import { ToldOf } from "./told";
import { act_phrase, outcome_phrase, presence_phrase, purpose_phrase } from "./words";
import { service_phrase } from "./words";

export interface Around {
  country: Country;
  now: number;
  questions: Map<Hash, QuestionOfPerson>; // by the order's entry
  confirmed: Set<Hash>; // the holder says the same
  send: SendQuestion;
}

function Fact({ name, children }: { name: string; children: JSX.Element | string }): JSX.Element {
  return (
    <>
      <dt>
        <Say of={`looked.${name}`} />
      </dt>
      <dd>{children}</dd>
    </>
  );
}

function Outcome({ look, confirmed }: { look: Look; confirmed: boolean }): JSX.Element {
  if (look.entry.outcome === "") return <Read text={outcome_phrase(look)} />;
  return (
    <>
      <Read text={outcome_phrase(look)} />{" "}
      <small class="hint">
        <Say of={confirmed ? "looked.word_of_both" : "looked.word_of_relay"} />
      </small>
    </>
  );
}

// What was done, of a service that does several things.
function Act({ head }: { head: Head }): JSX.Element | null {
  const act = act_phrase(head);
  return act === "" ? null : (
    <>
      {" "}
      <Read text={act} />
    </>
  );
}

function Facts({ look, around }: { look: Look; around: Around }): JSX.Element | null {
  const { entry, basis, holder } = look;
  if (!entry.head) return null;
  return (
    <dl>
      <Fact name="why">
        <Read text={purpose_phrase(look)} />
      </Fact>
      <Fact name="what">
        <>
          <Read text={service_phrase(entry.head.service)} />
          <Act head={entry.head} />
        </>
      </Fact>
      {entry.order?.holder === entry.order?.relay && (
        <Fact name="told">
          <ToldOf entry={entry} />
        </Fact>
      )}
      <Fact name="where">
        <Ja>{holder}</Ja>
      </Fact>
      <Fact name="result">
        <Outcome look={look} confirmed={around.confirmed.has(entry.order_entry)} />
      </Fact>
      <Fact name="basis">
        {basis === undefined ? <Say of="looked.basis_unknown" /> : <Ja>{basis}</Ja>}
      </Fact>
      <Fact name="how">
        <Read text={presence_phrase(look)} />
      </Fact>
    </dl>
  );
}

function SaveProof({ look }: { look: Look }): JSX.Element {
  const { witnessed } = look.entry;
  const seq = number_of(look.entry);
  return (
    <>
      <p class="hint">
        <Say of="looked.proof_hint" />
        {!witnessed && <Say of="looked.proof_waiting" />}
      </p>
      <p>
        <button
          type="button"
          class="quiet"
          onClick={() => save(`mado-${seq}.tlog-proof`, "text/plain", proof_of(look.entry))}
        >
          <Say of="looked.proof_button" />{" "}
          <span class="visually-hidden">
            <Say of="looked.of_number" seq={seq} />
          </span>
        </button>
      </p>
    </>
  );
}

function Sentence({ look, around }: { look: Look; around: Around }): JSX.Element {
  const { entry, who, own } = look;
  if (entry.refused_try) return <Say of="looked.refused_try_sentence" who={in_japanese(who)} />;
  if (entry.kind === "refused") return <Say of="looked.refused_sentence" who={in_japanese(who)} />;
  if (entry.joins) return <Say of="looked.joined_sentence" count={entry.joins.last_seq} />;
  const answered = entry.outcome === "answered";
  const words = own ? "looked_own" : answered ? "sentence" : "sentence_asked";
  return (
    <>
      <strong>
        {own ? (
          <Say of="looked.looked_own" />
        ) : (
          <Say of={`looked.${words}`} who={in_japanese(who)} />
        )}
      </strong>
      {entry.kind === "named" && (
        <span class="sealing">
          <Say of="looked.named_sentence" />
        </span>
      )}
      {entry.was_sealed && (
        <span class="sealing">
          <Say
            of="looked.sealed_sentence"
            authority={in_japanese(around.country.name_of(entry.was_sealed.authority))}
            time={time_phrase(entry.was_sealed.until)}
          />
        </span>
      )}
    </>
  );
}

function Erased({ look }: { look: Look }): JSX.Element {
  const { erased } = look.entry;
  const seq = number_of(look.entry);
  const until = month_text(erased!.kept_until, "short");
  return (
    <li class="look">
      <p>
        <Say of="looked.erased" seq={seq} until={until} time={time_phrase(erased!.at)} />
      </p>
    </li>
  );
}

// `day`: shown with the time when the group does not say it.
export function Entry(props: { look: Look; around: Around; whole_time: boolean }): JSX.Element {
  const { look, around, whole_time } = props;
  const { entry } = look;
  const [sent, set_sent] = useState<Sent>();
  if (entry.erased) return <Erased look={look} />;
  const question = around.questions.get(entry.order_entry);
  const iso = new Date(entry.time * 1000).toISOString();
  const time = whole_time ? time_phrase(entry.time) : clock_text(entry.time);
  return (
    <li class="look" id={`look-${number_of(entry)}`}>
      <h4>
        <time dateTime={iso}>
          <Read text={time} />
        </time> <Sentence look={look} around={around} />
      </h4>
      <p class="gist">
        {entry.head && (
          <>
            <Read text={`${purpose_phrase(look)}・${service_phrase(entry.head.service)}`} />
          </>
        )}
        {look.tags.map((tag) => (
          <>
            {" "}
            <span key={tag} class={`tag ${tag}`}>
              <Say of={`looked.tag_${tag}`} />
            </span>
          </>
        ))}
      </p>
      <details class="data">
        <summary>
          <span aria-hidden="true">
            <Say of="looked.details" />
          </span>
          <span class="visually-hidden">
            <Say of="looked.details_of" seq={number_of(entry)} who={in_japanese(look.who)} />
          </span>
        </summary>
        <p class="hint">
          <Say of="looked.number" seq={number_of(entry)} />
        </p>
        <Facts look={look} around={around} />
        {question ? (
          <Asked
            question={question}
            now={around.now}
            who={look.who}
            sent={sent}
            {...(entry.head ? { head: entry.head } : {})}
          />
        ) : (
          entry.order && !look.own && (
            <AskAbout look={look} send={around.send} sent={set_sent} />
          )
        )}
        <SaveProof look={look} />
      </details>
    </li>
  );
}
