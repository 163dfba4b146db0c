// A first card by a clerk who uses the keyboard alone, on the page in English: from the application
// to the slip, by Tab, Shift+Tab, Space, Enter, arrows and typing.
import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  agent,
  cli,
  come,
  each_test_has_a_visit,
  picture,
  root,
  window_page,
} from "./country";
import { expect_in_order, expect_visible, tab_to, walk } from "./keyboard";
import { grouped, type Application } from "./window";

const clerk = "sato-1";
const municipality = "992011"; // whose window it is
const card = "without-mouse";
const pins = { fresh: "2468", again: "2468", fresh_password: "ABC987", again_password: "ABC987" };

each_test_has_a_visit();

interface Known {
  key: string | null;
  issued: boolean;
  resident: Record<string, string>;
  identifiers: { scheme: string; state: string; fields: Record<string, string> }[];
}

// Somebody of the many who have no card yet: no test calls them by a name.
function nobodys(): Application {
  const lines = readFileSync(`${root}/state/country/people.ndjson`, "utf8").trim().split("\n");
  const known = lines
    .map((line) => JSON.parse(line) as Known & Application["person"])
    .find((one) => one.key === null && !one.issued && one.resident.municipality === municipality);
  if (!known) throw new Error("everybody who lives there has a card");
  const { name, kana, sex, address, birth_date } = known;
  const claims = [{ role: "resident", number: { fields: known.resident } }];
  for (const [role, scheme] of [
    ["medical", "insured-number"],
    ["pension", "basic-pension-number"],
  ] as const) {
    const current = known.identifiers.filter(({ state }) => state === "current");
    const one = current.find((each) => each.scheme === scheme);
    if (one) claims.push({ role, number: { fields: one.fields } });
  }
  return { person: { name, kana, sex, address, birth_date }, claims, signing: true };
}

async function press(page: Page, selector: string, key: "Enter" | "Space"): Promise<void> {
  await tab_to(page, selector);
  await page.keyboard.press(key);
}
async function type(page: Page, selector: string, text: string): Promise<void> {
  await tab_to(page, selector);
  await page.keyboard.type(text);
}
// By arrows, from the one that Tab comes to.
async function choose(page: Page, group: string, wanted: Locator): Promise<void> {
  await tab_to(page, group);
  const is_chosen = () => wanted.isChecked();
  const count = await page.locator(group).count();
  if (!(await is_chosen())) await page.keyboard.press("Space");
  for (let i = 0; i < count && !(await is_chosen()); ++i) await page.keyboard.press("ArrowDown");
  expect(await is_chosen(), group).toBe(true);
}
async function expect_walk(page: Page): Promise<void> {
  const stops = await walk(page);
  expect(stops.length).toBeGreaterThan(2);
  expect_visible(stops);
  expect_in_order(stops, "columns");
}

async function log_in(page: Page): Promise<void> {
  await page.goto(`${window_page}?lang=en`);
  await press(page, "form[action='/login'] button", "Enter");
  await page.waitForURL(`${agent}**`);
  await type(page, "#pin", "1234");
  await page.keyboard.press("Enter");
  await page.waitForURL(window_page);
  await page.getByRole("heading", { name: "Today’s list" }).waitFor();
}

async function apply(page: Page, { person, claims, signing }: Application): Promise<void> {
  await type(page, "#apply-name", person.name);
  // One letter was wrong: back, and anew.
  await type(page, "#apply-kana", `${person.kana}ア`);
  await tab_to(page, "#apply-born");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.type(person.kana); // what was there is selected
  await type(page, "#apply-born", person.birth_date);
  await choose(page, "input[name='apply-sex']", page.locator(`#apply-sex-${person.sex}`));
  await type(page, "#apply-address", person.address);
  for (const { role, number } of claims) {
    for (const [name, value] of Object.entries(number.fields)) {
      await type(page, `#apply-${role}-${name}`, value);
    }
  }
  const is_insured = claims.some(({ role }) => role === "medical");
  if (!is_insured) await press(page, "#apply-no-insurance", "Space");
  if (signing) await press(page, "#apply-signing", "Space");
  await expect_walk(page);
  await press(page, "form.apply > button[type='submit']", "Enter");
  await page.getByRole("dialog", { name: "Apply with this?" }).waitFor();
  const said = await page.getByRole("dialog").innerText();
  for (const text of [person.name, person.kana, person.address]) expect(said).toContain(text);
  await press(page, "dialog button[type='submit']", "Enter");
  await page.getByText("The application is taken.").first().waitFor();
}

// Once the registers have answered, which the page sees by itself.
async function write(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Write the card" }).waitFor({ timeout: 60_000 });
  await expect_walk(page);
  cli("card", "blank", card);
  cli("card", "insert", card, "--reader", "1");
  await press(page, ".chip button", "Enter");
  await page.waitForURL(`${agent}card?**`);
  const readers = "input[name='reader']";
  await choose(page, readers, page.locator(readers).last());
  for (const [field, value] of Object.entries(pins)) {
    if ((await page.locator(`#${field}`).count()) > 0) await type(page, `#${field}`, value);
  }
  await press(page, "main form button[type='submit']", "Space");
  await page.waitForURL(window_page, { timeout: 30_000 });
}

async function hand_over(page: Page): Promise<void> {
  await page.locator(".hand-over").waitFor({ timeout: 60_000 });
  for (const name of ["identity", "pin", "told"]) await press(page, `#tick-${name}`, "Space");
  expect(await page.locator(".hand-over input:not(:checked)").count()).toBe(0);
  await expect_walk(page);
  await press(page, ".hand-over button", "Enter");
  await page.getByText("All done. The person has the card").waitFor({ timeout: 60_000 });
}

test("a first card, from the application to the slip", async () => {
  const what = nobodys();
  const page = await come(clerk);
  await log_in(page);
  await press(page, ".work .begin button", "Enter");
  await page.locator("#apply-name").waitFor();
  const number = (await page.locator(".case-number").innerText()).replace(/ /g, "");
  await apply(page, what);
  await write(page);
  await hand_over(page);
  expect(await page.locator(".case-name").innerText()).toBe(what.person.name);
  await press(page, ".choices.bar button", "Enter");
  const slip = page.locator(".slip");
  await slip.getByText("Stop code", { exact: true }).waitFor();
  expect(await slip.innerText()).toContain(grouped(number));
  await expect_walk(page);
  await picture(page, "window-without-mouse");
}, 300_000);
