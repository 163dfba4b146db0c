// A person: by a number, or by birth date and reading; their cards and cases, and what can be begun
// for them. What was typed stays on this page.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { day_of, day_phrase } from "../shared/dates";
import { Ja, Read, Say, phrase, text_of } from "../shared/words";
import { Begin } from "./begin";
import { parse_day } from "./days";
import { office_name, type Desk } from "./desk";
import { CaseTable } from "./list";
import { normalised } from "./numbers";
import type { Opening, Search } from "./office";
import { Choice, Field, Mistakes, type Wrong } from "./parts";
import type { IssuedCard, KnownPerson } from "./record";

interface FormProps {
  search: (search: Search) => void;
}

// Both have 12 digits, so it is said which one it is.
const number_kinds = ["slip_number", "health_care_number"] as const;

function ByNumber({ search }: FormProps): JSX.Element {
  const [typed, set_typed] = useState("");
  const [which, set_which] = useState<(typeof number_kinds)[number]>("slip_number");
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const send = (event: Event) => {
    event.preventDefault();
    const number = normalised(typed);
    const is_good = /^\d{12}$/.test(number);
    set_wrong(is_good ? [] : [{ id: "search-number", text: text_of(`window.wrong_${which}`) }]);
    if (is_good) search(which === "slip_number" ? { number } : { health_care_number: number });
  };
  return (
    <form onSubmit={send} noValidate autocomplete="off" class="search-form">
      <h3>
        <Say of="window.by_number" />
      </h3>
      <Mistakes all={wrong} />
      <Choice
        {...{ name: "which-number", legend: "window.which_number", all: number_kinds }}
        chosen={which}
        set={set_which}
        label={(one) => <Say of={`window.${one}`} />}
      />
      <Field
        id="search-number"
        label={phrase("window.number_12")}
        hint={phrase("window.hint_number_12")}
        value={typed}
        set={set_typed}
        wrong={wrong}
        numeric
        short
      />
      <button type="submit">
        <Say of="window.search_number" />
      </button>
    </form>
  );
}

function ByWho({ search }: FormProps): JSX.Element {
  const [born, set_born] = useState("");
  const [kana, set_kana] = useState("");
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const send = (event: Event) => {
    event.preventDefault();
    const birth_date = parse_day(born);
    const mistakes: Wrong[] = [];
    if (!birth_date) mistakes.push({ id: "search-born", text: text_of("window.wrong_born") });
    if (kana.trim() === "") {
      mistakes.push({ id: "search-kana", text: text_of("window.wrong_kana_missing") });
    }
    set_wrong(mistakes);
    if (birth_date && mistakes.length === 0) search({ birth_date, kana: kana.trim() });
  };
  return (
    <form onSubmit={send} noValidate autocomplete="off" class="search-form">
      <h3>
        <Say of="window.by_who" />
      </h3>
      <Mistakes all={wrong} />
      <Field
        id="search-born"
        label={phrase("window.attribute_birth_date")}
        hint={phrase("window.hint_born")}
        value={born}
        set={set_born}
        wrong={wrong}
        short
      />
      <Field
        id="search-kana"
        label={phrase("window.attribute_kana")}
        hint={phrase("window.hint_search_kana")}
        value={kana}
        set={set_kana}
        wrong={wrong}
        short
      />
      <button type="submit">
        <Say of="window.search_who" />
      </button>
    </form>
  );
}

function Card({ desk, card }: { desk: Desk; card: IssuedCard }): JSX.Element {
  const is_over = card.status !== "revoked" && card.not_after < desk.now();
  const status = is_over ? "over" : card.status;
  return (
    <li class={status}>
      <span class="what">
        <Say of={`window.use_${card.use}`} />
      </span>{" "}
      <strong class="status">
        <Say of={`window.card_${status}`} />
      </strong>{" "}
      <span class="hint">
        <Say of="window.card_until" day={day_phrase(day_of(card.not_after))} />
        {card.foreign && <Say of="window.in_brackets" what={phrase("window.card_foreign")} />}{" "}
        <Say of="window.card_place" place={card.card} />
        {card.chip !== undefined && (
          <>
            {" "}
            <Say of="window.card_chip" number={card.chip} />
          </>
        )}
      </span>
    </li>
  );
}

interface PersonProps {
  desk: Desk;
  one: KnownPerson;
  place: number;
  open: (number: string) => void;
  begin: (asked: Opening) => void;
}

function Person({ desk, one, place, open, begin }: PersonProps): JSX.Element {
  const id = `person-${place}`;
  return (
    <article class="known" aria-labelledby={id}>
      <h4 id={id}>
        {one.name === undefined ? <Say of="window.nobody_yet" /> : <Ja>{one.name}</Ja>}
        {one.kana !== undefined && one.kana !== "" && (
          <span class="kana">
            <Ja>{one.kana}</Ja>
          </span>
        )}
        {one.birth_date !== undefined && (
          <span class="born">
            <Read text={phrase("window.born", { day: day_phrase(one.birth_date) })} />
          </span>
        )}
      </h4>
      {one.cards.length === 0 ? (
        <p>
          <Say of="window.no_cards" />
        </p>
      ) : (
        <ul class="held" aria-label={text_of("window.cards")}>
          {one.cards.map((card, i) => (
            <Card key={i} desk={desk} card={card} />
          ))}
        </ul>
      )}
      {one.cards.some(({ foreign, status }) => foreign && status !== "revoked") && (
        <p class="hint">
          <Say of="window.card_foreign_stop" />
        </p>
      )}
      {one.elsewhere !== undefined && (
        <p class="hint">
          <Say of="window.lives_elsewhere" name={office_name(desk, one.elsewhere)} />
        </p>
      )}
      <Begin {...{ desk, one, begin }} />
      <CaseTable {...{ desk, open }} cases={one.cases} caption={phrase("window.cases_of_person")} />
    </article>
  );
}

interface Props extends FormProps {
  desk: Desk;
  found: KnownPerson[] | undefined;
  open: (number: string) => void;
  begin: (asked: Opening) => void;
}

export function PeopleView({ desk, found, search, open, begin }: Props): JSX.Element {
  return (
    <>
      <div class="searches">
        <ByNumber search={search} />
        <ByWho search={search} />
      </div>
      {found && (
        <section aria-labelledby="found" class="found">
          <h3 id="found" tabIndex={-1}>
            <Say of="window.found" count={found.length} />
          </h3>
          {found.length === 0 && (
            <p>
              <Say of="window.found_nothing" />
            </p>
          )}
          {found.length > 1 && (
            <p>
              <Say of="window.found_several" />
            </p>
          )}
          {found.map((one, place) => (
            <Person key={one.person} {...{ desk, one, place, open, begin }} />
          ))}
        </section>
      )}
    </>
  );
}
