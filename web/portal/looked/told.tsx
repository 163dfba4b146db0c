// What the relay was told about the person's numbers and cards, and what it and the card
// authorities hold about them, in words.
import type { JSX } from "preact";
import { time_text } from "../../shared/dates";
import { hides_what_was_told, type PersonEntry } from "../../shared/entries";
import type { Difference, HeldCheck, Unproven } from "../../shared/held";
import { is_lie } from "../../shared/result";
import type { Numbered, Told } from "../../shared/told";
import { Say, has_words, phrase } from "../../shared/words";

// The number's fields in the order of their names, as they are compared.
export function number_phrase({ scheme, fields }: Numbered): string {
  const key = `looked.scheme_${scheme}`;
  const name = has_words(key) ? phrase(key) : phrase("looked.scheme_other", { code: scheme });
  const values = Object.entries(fields).sort().map(([, value]) => value);
  return `${name} ${values.join("-")}`;
}

// So much of the certificate's hash that two cards of one person are told apart.
const card_text = (certificate: string) => `${certificate.slice(0, 8)}…`;

function ToldLines({ told }: { told: Told }): JSX.Element {
  if (told.what === "card") {
    return (
      <ul>
        {told.certificates.map((one) => (
          <li key={one}>
            <Say of={`looked.told_card_${told.act}`} card={card_text(one)} />
          </li>
        ))}
      </ul>
    );
  }
  const { act, numbers, was } = told;
  const words = was ? "told_correct" : act === "end" ? "told_end" : "told_link";
  return (
    <ul>
      {numbers.map((one, i) => (
        <li key={i}>
          <Say
            of={`looked.${words}`}
            number={number_phrase(one)}
            {...(was ? { was: number_phrase(was) } : {})}
          />
        </li>
      ))}
    </ul>
  );
}

export function ToldOf({ entry }: { entry: PersonEntry }): JSX.Element | null {
  if (entry.told) return <ToldLines told={entry.told} />;
  return hides_what_was_told(entry) ? (
    <strong>
      <Say of="looked.told_hidden" />
    </strong>
  ) : null;
}

function order_phrase(act: string): string {
  const keys = [`looked.act_certificate_${act}`, `looked.act_certificate-status_${act}`];
  const key = keys.find(has_words);
  return key === undefined ? act : phrase(key);
}

function what_of({ kind, number, what }: Difference): string {
  if (number) return number_phrase(number);
  return kind.startsWith("order_") ? order_phrase(what) : card_text(what);
}

export function Different({ difference }: { difference: Difference }): JSX.Element {
  return (
    <li>
      <Say of={`looked.difference_${difference.kind}`} what={what_of(difference)} />
    </li>
  );
}

// Whose word is a lie counts as what does not fit.
export function wrong_of_held({ differences, problems }: HeldCheck): number {
  return differences.length + problems.filter((one) => is_lie(one.problem)).length;
}

const is_empty = ({ numbers, cards, orders }: Unproven) =>
  numbers.length + cards.length + orders.length === 0;

function UnprovenList({ of, why }: { of: Unproven; why: string }): JSX.Element | null {
  if (is_empty(of)) return null;
  return (
    <details class="data">
      <summary>
        <Say of={`looked.held_${why}`} />
      </summary>
      <p>
        <Say of={`looked.held_${why}_why`} />
      </p>
      <ul>
        {of.numbers.map((one, i) => (
          <li key={i}>
            <Say
              of={one.current ? "looked.held_number" : "looked.held_number_ended"}
              number={number_phrase(one.number)}
            />
          </li>
        ))}
        {of.cards.map((one) => (
          <li key={one.certificate}>
            <Say of={`looked.held_card_${one.state}`} card={card_text(one.certificate)} />
          </li>
        ))}
        {of.orders.map((one) => (
          <li key={one.entry}>
            <Say of="looked.held_order" time={time_text(one.received)} />
          </li>
        ))}
      </ul>
    </details>
  );
}

// Numbers, cards and certificates against the list; what does not fit stands in the alarm.
export function HeldResult({ held }: { held: HeldCheck }): JSX.Element {
  const { numbers, cards, certificates, problems } = held;
  return (
    <>
      {problems.length > 0 && (
        <p>
          <Say of="looked.held_incomplete" />
        </p>
      )}
      {problems.length === 0 && wrong_of_held(held) === 0 && (
        <p>
          <span aria-hidden="true">✓ </span>
          <Say of="looked.held_good" {...{ numbers, cards, certificates }} />
        </p>
      )}
      <UnprovenList of={held.taken_on} why="taken_on" />
      <UnprovenList of={held.erased} why="erased" />
    </>
  );
}
