// The page in a browser, with a country that the test makes: for browser.test.ts only.
import { render } from "preact";
import { Country, load_session } from "../../shared/country";
import { set_utc_offset } from "../../shared/dates";
import { filled, test_now, TestCountry, type Mutable } from "../../shared/test_country";
import { load_words, type Language } from "../../shared/words";
import { Looked } from "./page";
import "../../site/site.css";

const asked = new URLSearchParams(location.search);
const language = (asked.get("language") ?? "ja") as Language;
const day = 86_400;
const care = {
  ...{ holder: "992016", requester: "care-provider-1", purpose: "care" },
  policy: "eligibility.care-provider.care.number",
};

async function fill(world: TestCountry): Promise<void> {
  const now = test_now();
  await world.grow(5);
  await world.order({ time: now - 40 * day });
  await world.order({ ...care, time: now - 12 * day });
  await world.add_refused("clinic-1", now - 10 * day);
  await world.add_opened({ time: now - 6 * day });
  await world.order({ time: now - 3 * day, outcome: "no_match" });
  const hidden = asked.has("hide") ? { hidden_from: "list" as const } : {};
  await world.order({ ...care, time: now - 2 * day, ...hidden });
  world.cosigned_size = world.tree.leaves.length;
  await world.order({ time: now - 60, outcome: null });
}

// What the relay was told, and what it holds: also what nobody told it, or without saying what.
async function tell(world: TestCountry): Promise<void> {
  const number = { scheme: "basic-pension-number", fields: { number: "1234567890" } };
  if (asked.has("told") || asked.has("untold")) {
    const entry = await world.tell("link", "start", { numbers: [number] });
    world.numbers.push({ ...number, current: true, index: entry.index });
    if (asked.has("untold")) delete entry.payload;
    if (asked.has("untold")) delete entry.payload_key;
    world.cosigned_size = world.tree.leaves.length;
  }
  if (!asked.has("behind")) return;
  const use = { use: "signing", state: "active", not_after: test_now() + day };
  world.more_cards.push({ certificate: filled(77), ...use, index: 3 });
}

// Whom the staff of the issuing centre were shown, as it says: `staff` is how many looks.
function staff(world: TestCountry): void {
  world.links.issuer = ["issuer"];
  const ways = ["record", "list", "found", "paper", "known"];
  const looks = Array.from({ length: Number(asked.get("staff")) }, (_, i) => ({
    at: test_now() - i * 3_000,
    office: i % 2 ? "発行センター" : "A市",
    what: ways[i % ways.length]!,
  }));
  world.data["staff-looks"] = { from: "2025-12", to: "2026-11", more: looks.length > 5, looks };
}

async function show(): Promise<void> {
  document.documentElement.lang = language === "en" ? "en" : "ja";
  document.documentElement.dataset.language = language;
  await load_words(language, ["shell", "looked"]);
  const world = await TestCountry.make();
  await fill(world);
  await tell(world);
  if (asked.has("staff")) staff(world);
  if (asked.has("silent")) {
    world.lie.problem = (body) =>
      body.to.kind === "care-insurer" && body.to.position === 1
        ? { code: "unavailable", reason: "absent" }
        : undefined;
  }
  if (asked.has("bad")) {
    world.lie.page = (page) => (page.entries[1].salt = page.entries[0].salt);
  }
  if (asked.has("unwitnessed")) world.cosigned_size = 0;
  if (asked.has("forged")) {
    world.lie.receipt = (receipt) => (receipt.salt = receipt.proof[0]);
  }
  if (asked.has("bad_later")) {
    let count = 0;
    world.lie.page = (page) => {
      if (++count === 2) page.entries[1].salt = page.entries[0].salt;
    };
  }
  if (asked.has("only_said")) {
    world.lie.problem = (body) =>
      body.service === "entries" ? { code: "receipt_invalid" } : undefined;
  }
  const country = await Country.load(world.fetcher);
  if (!country.ok) throw new Error(country.problem.detail);
  const session = await load_session(country.value);
  if (!session.ok) throw new Error(session.problem.detail);
  set_utc_offset(country.value.policy.utc_offset_s);
  (window as unknown as Mutable).world = world;
  const root = document.getElementById("page")!;
  render(<Looked country={country.value} session={session.value} />, root);
}

void show();
