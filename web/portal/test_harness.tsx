// A page in a browser, with a country that the test makes: for each harness.tsx, which
// browser.test.ts builds. The address asks for a language and for what the harness offers.
import { render, type JSX } from "preact";
import { Country, load_session } from "../shared/country";
import { set_utc_offset } from "../shared/dates";
import { TestCountry, type Mutable } from "../shared/test_country";
import { load_words, type Language } from "../shared/words";
import type { Context } from "../site/shell";
import "../site/site.css";

export const asked = new URLSearchParams(location.search);

async function show(words: string[], make: () => JSX.Element | Promise<JSX.Element>) {
  const language = (asked.get("language") ?? "ja") as Language;
  document.documentElement.lang = language === "en" ? "en" : "ja";
  document.documentElement.dataset.language = language;
  if (asked.has("large")) document.documentElement.classList.add("large");
  await load_words(language, ["shell", ...words]);
  render(await make(), document.getElementById("page")!);
}

// Of answers alone.
export function harness(words: string[], make: () => JSX.Element): void {
  void show(words, make);
}

async function context_of(world: TestCountry): Promise<Context> {
  const country = await Country.load(world.fetcher);
  if (!country.ok) throw new Error(country.problem.detail);
  const session = await load_session(country.value);
  if (!session.ok) throw new Error(session.problem.detail);
  set_utc_offset(country.value.policy.utc_offset_s);
  return { country: country.value, session: session.value };
}

// `fill`: what there is in the country, and who lies.
export function country_harness(
  words: string[],
  fill: (world: TestCountry) => void,
  make: (context: Context) => JSX.Element,
): void {
  void show(words, async () => {
    const world = await TestCountry.make();
    fill(world);
    (window as unknown as Mutable).world = world;
    return make(await context_of(world));
  });
}
