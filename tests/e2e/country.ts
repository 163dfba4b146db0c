// The running country, its card reader, and a person's browser, for the tests in this folder.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "vitest";
import { start_browser } from "../../web/shared/chromium.mjs";

export { start_browser };

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: tests/my_page_test.cpp sets it`);
  return value;
}
const root = setting("MADO_ROOT");
export const portal = setting("MADO_PORTAL"); // https://127.0.0.1:…/
const agent = setting("MADO_AGENT");
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

export async function visit(browser: Browser, options = {}): Promise<Visit> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, // the demo's certificates are its own
    viewport: { width: 1280, height: 900 },
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
    const own = [portal, agent, "data:", "blob:"].some((start) => url.startsWith(start));
    if (!own) complaints.push(`a request to elsewhere: ${url}`);
  });
  return { context, page, complaints };
}

export type Language = "ja" | "en" | "easy";

// By card and PIN, through the agent; then on `path`.
export async function log_in(page: Page, path = "", language: Language = "ja"): Promise<void> {
  await page.goto(`${portal}?lang=${language}`);
  await page.click("form[action='/login'] button");
  await page.fill("#pin", "1234");
  await page.click("main button");
  await page.waitForURL(portal);
  await page.waitForSelector(".menu");
  if (path !== "") await page.goto(portal + path);
}

// Every holder has answered, or will not: nothing says any more that it is being asked.
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector("#page > :not(noscript)");
  const asking =
    /(います…|Asking….*|Asking those|Loading…|Loading and|Comparing…)/;
  await expect
    .poll(async () => asking.test((await page.textContent("#page")) ?? ""), { timeout: 20_000 })
    .toBe(false);
}

// WCAG 2.2, 1.4.10: no sideways scrolling at 320 CSS pixels.
export async function expect_no_sideways(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    innerWidth,
  ]);
  expect(content, page.url()).toBeLessThanOrEqual(window!);
}

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
export async function expect_accessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).withTags(rules).analyze();
  expect(
    found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html)}`),
    page.url(),
  ).toEqual([]);
}

export async function picture(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}
