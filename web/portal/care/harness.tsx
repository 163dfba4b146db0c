// The page in a browser, with a country that the test makes: for browser.test.ts only.
import { render } from "preact";
import { Country, load_session } from "../../shared/country";
import { set_utc_offset } from "../../shared/dates";
import { TestCountry, type Mutable } from "../../shared/test_country";
import { load_words, type Language } from "../../shared/words";
import { CarePage } from "./asking";
import { document_on } from "./test_documents";
import "../portal.css";

const asked = new URLSearchParams(location.search);
const language = (asked.get("language") ?? "ja") as Language;

async function show(): Promise<void> {
  document.documentElement.lang = language === "en" ? "en" : "ja";
  document.documentElement.dataset.language = language;
  if (asked.has("large")) document.documentElement.classList.add("large");
  await load_words(language, ["shell", "home", "care"]);
  const world = await TestCountry.make();
  if (asked.has("nobody")) world.links = {};
  const today = asked.has("ended") ? "2030-01-01" : "2026-11-26";
  world.answers = (_, { parameters }) => document_on(parameters.on ?? today);
  if (asked.has("silent")) {
    world.lie.problem = ({ to }) =>
      to.position === 1 ? { code: "unavailable", reason: "absent" } : undefined;
  }
  const country = await Country.load(world.fetcher);
  if (!country.ok) throw new Error(country.problem.detail);
  const session = await load_session(country.value);
  if (!session.ok) throw new Error(session.problem.detail);
  set_utc_offset(country.value.policy.utc_offset_s);
  (window as unknown as Mutable).world = world;
  const context = { country: country.value, session: session.value };
  render(<CarePage context={context} />, document.getElementById("page")!);
}

void show();
