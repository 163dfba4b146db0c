// The window of an office, as the issuer serves it.
import { now_of } from "../shared/country";
import { fetch_for_page } from "../site/session";
import { page } from "../site/shell";
import { Office } from "./office";
import { Window } from "./page";

const { ask: ask_at } = document.getElementById("page")!.dataset;
const office = new Office(fetch_for_page);

// No `sign` yet: the agent signs a document for a site by a page of its own (docs/protocols/
// agent.md, "A document"), which does not come back to this case.
await page(["window"], ({ country, session }) => (
  <Window
    desk={{
      office,
      now: () => now_of(session),
      name_of: (id) => country.name_of(id),
      leave_for: (address) => location.assign(address),
      ...(ask_at === undefined ? {} : { ask_at }),
    }}
  />
));
