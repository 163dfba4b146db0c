// By the number on the slip, or by birth date and reading. What was typed stays on this page.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Say, phrase, text_of } from "../shared/words";
import { parse_day } from "./days";
import type { Desk } from "./desk";
import { CaseTable } from "./list";
import { normalised } from "./numbers";
import type { Search } from "./office";
import { Field, Mistakes, type Wrong } from "./parts";
import type { Summary } from "./record";

interface FormProps {
  search: (search: Search) => void;
}

function ByNumber({ search }: FormProps): JSX.Element {
  const [typed, set_typed] = useState("");
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const send = (event: Event) => {
    event.preventDefault();
    const number = normalised(typed);
    const is_good = /^\d{12}$/.test(number);
    set_wrong(is_good ? [] : [{ id: "slip-number", text: text_of("window.wrong_slip_number") }]);
    if (is_good) search({ number });
  };
  return (
    <form onSubmit={send} noValidate autocomplete="off" class="search-form">
      <h3>
        <Say of="window.by_number" />
      </h3>
      <Mistakes all={wrong} />
      <Field
        id="slip-number"
        label={phrase("window.slip_number")}
        hint={phrase("window.hint_slip_number")}
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

interface Props extends FormProps {
  desk: Desk;
  found: Summary[] | undefined;
  open: (number: string) => void;
}

export function SearchView({ desk, found, search, open }: Props): JSX.Element {
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
          {found.length === 0 ? (
            <p>
              <Say of="window.found_nothing" />
            </p>
          ) : (
            <CaseTable {...{ desk, open }} cases={found} caption={phrase("window.found_caption")} />
          )}
        </section>
      )}
    </>
  );
}
