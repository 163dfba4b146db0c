// The running country, its card reader, and a person's browser, for the tests in this folder.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { start_browser } from "../../web/shared/chromium.mjs";

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: tests/in_chromium.cpp sets it`);
  return value;
}
export const root = setting("MADO_ROOT");
export const portal = setting("MADO_PORTAL"); // https://127.0.0.1:…/
export const agent = setting("MADO_AGENT");
export const window_page = setting("MADO_WINDOW"); // the issuing centre's, for clerks
// A folder for whoever looks at the pictures; none by default.
const pictures = process.env.MADO_PICTURES;

// ---- the country ----

export function cli(...words: string[]): string {
  return execFileSync(setting("MADO_CLI"), ["--root", root, ...words], { encoding: "utf8" });
}
export function insert_card(person: string): void {
  cli("card", "insert", person);
}
// Also when somebody has done so already.
export function remove_card(): void {
  const readers = cli("card", "list").split("\n").filter((line) => line.startsWith("Virtual"));
  if (readers.some((line) => !line.endsWith(": empty"))) cli("card", "remove");
}
// A look by somebody else, for the access record.
export function clinic_checks_hanako(): void {
  cli("check", "--health-number", "621874998319", "--birth-date", "1986-05-01");
}
// Stops a program where it is, or lets it go on: it is there, and silent.
export function signal(program: string, name: "SIGSTOP" | "SIGCONT"): void {
  process.kill(Number.parseInt(readFileSync(`${root}/run/${program}.pid`, "utf8"), 10), name);
}
// What somebody does who can write into the relay's store.
export function alter_relay(sql: string): void {
  execFileSync("sqlite3", ["-cmd", ".timeout 5000", `${root}/state/relay/relay.sqlite`, sql]);
}

// ---- the browser ----

export interface Visit {
  context: BrowserContext;
  page: Page;
  // What the browser complained of: nothing may be there in the end.
  complaints: string[];
}

export const wide = { width: 1280, height: 900 };

let browser: Browser;
// Of the test that runs.
export let own: Visit;

export async function visit(options = {}): Promise<Visit> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, // the demo's certificates are its own
    viewport: wide,
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    const known = [portal, agent, window_page, "data:", "blob:"];
    const own = known.some((start) => url.startsWith(start));
    if (!own) complaints.push(`a request to elsewhere: ${url}`);
  });
  return { context, page, complaints };
}

// The browser names each answer 401 or 403: of a log-in that has ended they are right.
export function forgive_refusals(): void {
  const others = own.complaints.splice(0).filter((text) => !/ status of 40[13] /.test(text));
  own.complaints.push(...others);
}

// Puts the person's card in the reader; the visit is `own`.
export async function come(person: string): Promise<Page> {
  insert_card(person);
  own = await visit();
  return own.page;
}
export async function go_away(): Promise<void> {
  await own.context.close();
  remove_card();
}

// Of every file: one browser, and after no test anything that it complained of.
beforeAll(async () => {
  browser = await start_browser();
});
afterAll(() => browser.close());
afterEach(() => expect(own.complaints.splice(0)).toEqual([]));

// A file, or each `describe` of it, calls one of these.
// Each test has a visit of its own: of this person, or whom the test lets come.
export function each_test_has_a_visit(of?: string): void {
  if (of !== undefined) beforeEach(() => come(of));
  afterEach(go_away);
}
// For tests that only look.
export function tests_share_a_visit(of: string): void {
  beforeAll(() => come(of));
  afterAll(go_away);
}
export function tests_share_a_log_in(of: string): void {
  tests_share_a_visit(of);
  beforeAll(() => log_in(own.page));
}

export const languages = ["ja", "en", "easy"];

// By card and PIN, through the agent; then on `path`.
export async function log_in(page: Page, path = ""): Promise<void> {
  await page.goto(`${portal}?lang=ja`);
  await page.click("form[action='/login'] button");
  await page.fill("#pin", "1234");
  await page.click("main button");
  await page.waitForURL(portal);
  await page.waitForSelector(".menu");
  if (path !== "") await page.goto(portal + path);
}

// In the page. Two frames later too, for one question may follow another.
async function still_asks(): Promise<boolean> {
  const asks = () => document.querySelector("#page .asking") !== null;
  if (asks()) return true;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return asks();
}

// Until every holder has answered, or will not: what still waits has the class "asking".
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector("#page > :not(noscript)");
  await expect.poll(() => page.evaluate(still_asks), { timeout: 20_000 }).toBe(false);
}

// While somebody is silent a page says so by what `settled` waits for; directly in #page stands
// only that the page is loading.
export async function asking(page: Page): Promise<void> {
  await page.waitForSelector("#page * .asking");
}

// The pages behind the log-in, each of somebody who has much there.
export const places: Record<string, string[]> = {
  hanako: ["", "pension", "claims", "eligibility", "looked", "sessions", "procedures"],
  taro: ["checkups"],
  haru: ["care"],
};
// Those that the portal makes; the others are filled by their script.
const made_by_portal = ["sessions", "procedures"];

// Returns the page as it was served.
export async function go_to(page: Page, path: string): Promise<string> {
  const reply = (await page.goto(portal + path))!;
  if (!made_by_portal.includes(path)) await settled(page);
  return reply.text();
}

export async function picture(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}
