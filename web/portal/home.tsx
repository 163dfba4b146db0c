// My Page's first page, as the report draws it: notices, and above them who insures the person.
// Menu, procedures and links stand in the page already; the search looks at all of it.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetch_own, type OwnRecord } from "../shared/ask";
import { Say, text_of } from "../shared/words";
import { Insurance } from "./home/insurance";
import { insured_of, name_of_person } from "./home/insured";
import { Notices } from "./home/notices";
import { Search } from "./home/search";
import { page, type Context } from "./shell";
import "./home/home.css";

// Records of one service, as they come.
function use_own(context: Context, service: string): { records: OwnRecord[]; done: boolean } {
  const [state, set] = useState<{ records: OwnRecord[]; done: boolean }>({
    records: [],
    done: false,
  });
  useEffect(() => {
    const kinds = context.country.kinds_for(service, context.session);
    const add = (record: OwnRecord) =>
      set((before) => ({ records: [...before.records, record], done: false }));
    void fetch_own(context.country, context.session, { service, kinds }, add).then(() =>
      set((before) => ({ ...before, done: true })),
    );
  }, []);
  return state;
}

function Home({ context }: { context: Context }): JSX.Element {
  const eligibility = use_own(context, "eligibility");
  const notices = use_own(context, "notices");
  const insured = eligibility.records.map(insured_of);
  const name = name_of_person(insured);
  useEffect(() => {
    const title = document.querySelector("h1");
    if (name && title) title.textContent = text_of("home.title_of", { name });
  }, [name]);
  return (
    <>
      <Search />
      <section aria-labelledby="insurance-name">
        <h2 id="insurance-name">
          <Say of="home.insurance" />
        </h2>
        <Insurance insured={insured} done={eligibility.done} />
      </section>
      <section aria-labelledby="notices-name">
        <Notices context={context} records={notices.records} done={notices.done} />
      </section>
    </>
  );
}

await page(["home"], (context) => <Home context={context} />);
