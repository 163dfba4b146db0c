// The window of an office, as the issuer serves it.
import { now_of } from "../shared/country";
import { fetch_for_page } from "../site/session";
import { page } from "../site/shell";
import { hand_to_agent } from "./desk";
import { Office } from "./office";
import { Window } from "./page";

const { ask: ask_at, roles = "", municipality } = document.getElementById("page")!.dataset;
const office = new Office(fetch_for_page);

await page(["window"], ({ country, session }) => (
  <Window
    desk={{
      office,
      to_agent: hand_to_agent,
      roles: new Set(roles.split(" ")),
      ...(municipality ? { municipality } : {}),
      now: () => now_of(session),
      name_of: (id) => country.name_of(id),
      leave_for: (address) => location.assign(address),
      stop_at: `${location.origin}/stop`,
      status_at: `${location.origin}/status`,
      ...(ask_at ? { ask_at } : {}),
    }}
  />
));
