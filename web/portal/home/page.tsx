// My Page's first page, as the report draws it: records, notices, procedures, links, search. Menu,
// records, procedures and links stand in the page already; the search looks at all of it.
import { render, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetch_bells, fetch_entries, type Bell, type PersonEntries } from "../../shared/entries";
import type { Result } from "../../shared/result";
import { name_text } from "../../shared/phrases";
import { Ja, Say, in_japanese, language } from "../../shared/words";
import { Insurance } from "../eligibility/insurance";
import { insured_of } from "../eligibility/insured";
import { Looks } from "./looks";
import { use_person_name } from "./name";
import { opened_notices } from "./notice_list";
import { Notices } from "./notices";
import { Search } from "./search";
import { known_holders, use_own, type OwnRecords } from "../own";
import { Part, type Context } from "../../site/shell";
import "./home.css";

// The person's own entries say what was opened, and who looked.
interface Access {
  entries?: Result<PersonEntries>;
  bells?: Result<Bell[]>;
}

function use_access(context: Context): Access {
  const [access, set] = useState<Access>({});
  useEffect(() => {
    const { country, session } = context;
    void fetch_entries(country, session).then((entries) =>
      set((before) => ({ ...before, entries })),
    );
    void fetch_bells(country, session).then((bells) => set((before) => ({ ...before, bells })));
  }, []);
  return access;
}

// Whoever answered has records of the person: their links come first, and say so.
function use_own_links({ records, done }: OwnRecords): void {
  useEffect(() => {
    if (!done) return;
    const answered = records.flatMap(({ result }) => (result.ok ? [result.value.holder] : []));
    const own = new Map(answered.map(({ id, name }) => [id, name]));
    const marks: Element[] = [];
    // The last first, so that among themselves they stay as they are.
    for (const link of [...document.querySelectorAll<HTMLElement>("#links li")].reverse()) {
      const name = own.get(link.dataset.holder ?? "");
      if (name === undefined) continue;
      link.parentElement!.prepend(link);
      marks.push(link.appendChild(own_mark(name)));
    }
    return () => marks.forEach((one) => one.remove());
  }, [done]);
}

// With the name that the rest of the page has for it: the link's is another one in English.
function own_mark(name: string): HTMLElement {
  const mark = document.createElement("span");
  mark.className = "hint";
  render(
    <>
      {" "}
      <Say of="home.own_link" />
      {language() === "en" && (
        <>
          {" ("}
          <Ja>{name}</Ja>)
        </>
      )}
    </>,
    mark,
  );
  return mark;
}

function use_name(name: string | undefined): void {
  useEffect(() => {
    const heading = document.querySelector("h1");
    if (!name || !heading) return;
    const inside = document.createElement("span");
    render(<Say of="home.title_of" name={in_japanese(name_text(name))} />, inside);
    heading.replaceChildren(inside);
  }, [name]);
}

// Last on the page, behind what is not made here. After every change of the page it looks anew.
function use_search(): void {
  const place = document.getElementById("search-place");
  useEffect(() => {
    if (place) render(<Search />, place);
  });
  useEffect(() => () => {
    if (place) render(null, place);
  }, []);
}

export function Home({ context }: { context: Context }): JSX.Element {
  const eligibility = use_own(context, "eligibility");
  const notices = use_own(context, "notices");
  const access = use_access(context);
  use_own_links(notices);
  const entries = access.entries?.ok ? access.entries.value.entries : undefined;
  const names = known_holders(
    [...eligibility.records, ...notices.records],
    entries,
    (id) => context.country.name_of(id),
  );
  const insured = eligibility.records.map(insured_of);
  use_name(use_person_name(context, eligibility));
  use_search();
  return (
    <>
      <section aria-labelledby="notices-name"><Part>
        <Notices
          context={context}
          own={notices}
          opened={entries && opened_notices(entries)}
          names={names}
        />
      </Part></section>
      <section aria-labelledby="insurance-name"><Part>
        <h2 id="insurance-name">
          <Say of="eligibility.insurance" />
        </h2>
        <Insurance insured={insured} own={eligibility} names={names} />
      </Part></section>
      <section aria-labelledby="looks-name"><Part>
        <h2 id="looks-name">
          <Say of="home.looks" />
        </h2>
        <Looks context={context} entries={access.entries} bells={access.bells} />
      </Part></section>
    </>
  );
}
