// The window in a browser, with an issuer that the test makes: `window.office` has its cases, what
// it was asked, and what it refuses.
import { render } from "preact";
import { load_words, type Language } from "../shared/words";
import "../site/site.css";
import type { Mutable } from "../shared/test_country";
import { Office } from "./office";
import { Window } from "./page";
import { TestOffice } from "./test_office";

const asked = new URLSearchParams(location.search);
const language = (asked.get("language") ?? "ja") as Language;
document.documentElement.lang = language === "en" ? "en" : "ja";
document.documentElement.className = asked.has("large") ? "window large" : "window";
document.title = "発行窓口";

const test_office = new TestOffice();
const returned = asked.get("returned");
if (returned !== null) test_office.back = { number: returned };
(window as unknown as Mutable).office = test_office;
if (asked.has("back")) {
  test_office.back = { number: "100000000009", outcome: asked.get("back") };
  if (asked.has("registers")) test_office.back.registers = true;
}
const names = new Map([
  ["992011", "A市"],
  ["06990014", "まどか電機健康保険組合"],
  ["nenkin", "年金機構"],
  ["992016", "A市 介護保険"],
]);
const municipality = asked.get("municipality");
const root = document.getElementById("page")!;
if (asked.has("ask")) root.dataset.ask = "A市役所 市民課 電話 00-0000-0000";

await load_words(language, ["shell", "window"]);
render(
  <Window
    desk={{
      office: new Office(test_office.fetcher),
      now: () => test_office.now,
      name_of: (id) => names.get(id) ?? id,
      to_agent: test_office.to_agent,
      roles: new Set((asked.get("roles") ?? "window approver").split(" ")),
      ...(municipality === null ? {} : { municipality }),
      leave_for: (address) => void (test_office.left_for = address),
      stop_at: "https://issuer.example/stop",
      status_at: "https://issuer.example/status",
      ...(root.dataset.ask === undefined ? {} : { ask_at: root.dataset.ask }),
    }}
  />,
  root,
);
