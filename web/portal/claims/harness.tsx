// The page in a browser, with a country that the test makes: for browser.test.ts only.
import { render } from "preact";
import { Country, load_session } from "../../shared/country";
import { set_utc_offset } from "../../shared/dates";
import { TestCountry, type Mutable } from "../../shared/test_country";
import { load_words, type Language } from "../../shared/words";
import { ClaimsPage } from "./asking";
import { document_of, of_city, of_society } from "./test_documents";
import "../portal.css";

const asked = new URLSearchParams(location.search);
const language = (asked.get("language") ?? "ja") as Language;

function answer(holder: string, { service, parameters }: Mutable) {
  if (service !== "claims") return undefined;
  if (holder === "990010") return document_of(of_city, parameters as never);
  const arrived_to = "2026-07";
  return document_of(of_society, { ...parameters, arrived_to } as never);
}

async function show(): Promise<void> {
  document.documentElement.lang = language === "en" ? "en" : "ja";
  document.documentElement.dataset.language = language;
  if (asked.has("large")) document.documentElement.classList.add("large");
  await load_words(language, ["shell", "claims"]);
  const world = await TestCountry.make();
  world.links = { "medical-insurer": asked.has("nobody") ? [] : ["990010", "06990014"] };
  const nothing = (_: string, { parameters }: Mutable) => document_of([], parameters as never);
  world.answers = asked.has("healthy") ? nothing : answer;
  world.lie.problem = (body) =>
    asked.has("silent") && body.to.position === 2
      ? { code: "unavailable", reason: "absent" }
      : undefined;
  if (asked.has("wrong")) {
    world.lie.answer = ({ iss, data }) => iss === "990010" && (data.claims[0].cost_yen += 10);
  }
  const country = await Country.load(world.fetcher);
  if (!country.ok) throw new Error(country.problem.detail);
  const session = await load_session(country.value);
  if (!session.ok) throw new Error(session.problem.detail);
  set_utc_offset(country.value.policy.utc_offset_s);
  (window as unknown as Mutable).world = world;
  const context = { country: country.value, session: session.value };
  render(<ClaimsPage context={context} />, document.getElementById("page")!);
}

void show();
