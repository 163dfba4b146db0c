// What a clerk does at a window, for the tests in this folder.
import { spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Page } from "playwright-core";
import { agent, cli, languages, root, window_page } from "./country";
import { expect_mistake, expect_page, send_unchecked } from "./pages";

export interface Application {
  person: { name: string; kana: string; sex: string; address: string; birth_date: string };
  claims: { role: string; number: { fields: Record<string, string> } }[];
  signing: boolean;
}
// 厚労次郎 has no card yet.
export const application = () =>
  JSON.parse(readFileSync(`${root}/state/country/applications/jiro.json`, "utf8")) as Application;
export const grouped = (number: string) => number.replace(/(.{4})(?=.)/g, "$1 ");

export async function log_in_at_window(page: Page, language = "ja"): Promise<void> {
  await page.goto(`${window_page}?lang=${language}`);
  await page.click("form[action='/login'] button");
  await page.fill("#pin", "1234");
  await page.click("main button");
  await page.waitForURL(window_page);
  await page.locator(".office h2").waitFor();
}

// From the day's list.
export async function open_case(page: Page, number: string): Promise<void> {
  await page.getByRole("button", { name: grouped(number) }).click();
  await page.locator(".steps").waitFor();
}

// As the clerk types it, from the paper.
export async function type_application(page: Page, what: Application): Promise<void> {
  const { person, claims, signing } = what;
  await page.fill("#apply-name", person.name);
  await page.fill("#apply-kana", person.kana);
  await page.fill("#apply-born", person.birth_date);
  await page.check(`#apply-sex-${person.sex}`);
  await page.fill("#apply-address", person.address);
  for (const { role, number } of claims) {
    for (const [name, value] of Object.entries(number.fields)) {
      await page.fill(`#apply-${role}-${name}`, value);
    }
  }
  if (!claims.some(({ role }) => role === "medical")) await page.check("#apply-no-insurance");
  await page.setChecked("#apply-signing", signing);
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("button", { name: "申請する", exact: true }).click();
  await page.getByText("申請を受け付けました。").first().waitFor();
}

// The agent's page in each language; Japanese again in the end.
export async function expect_agent_page(page: Page, name: string): Promise<void> {
  for (const language of [...languages.filter((one) => one !== "ja"), "ja"]) {
    await page.locator(`.languages a[href*="lang=${language}"]`).click();
    await page.waitForSelector(`html[data-language="${language}"]`);
    await expect_page(await (await page.reload())!.text(), `${name}-${language}`);
  }
}

// At the agent; the person types each twice. With a `name` the page is looked at.
interface Choosing {
  name?: string;
  back?: string;
}
export async function choose_pins(page: Page, choosing: Choosing = {}): Promise<void> {
  const { name, back = window_page } = choosing;
  await page.waitForURL(`${agent}card?**`);
  if (name !== undefined) await expect_agent_page(page, name);
  for (const radio of (await page.locator("input[type='radio']").all()).slice(-1)) {
    await radio.check();
  }
  if (name !== undefined) await expect_mistake_in_pins(page, name);
  const [pin, password] = ["2468", "ABC987"];
  const fields = { fresh: pin, again: pin, fresh_password: password, again_password: password };
  for (const [field, value] of Object.entries(fields)) {
    if ((await page.locator(`#${field}`).count()) > 0) await page.fill(`#${field}`, value);
  }
  await page.click("main form button[type='submit']");
  await page.waitForURL(back, { timeout: 30_000 }); // no address says whose card it was
}

async function expect_mistake_in_pins(page: Page, name: string): Promise<void> {
  for (const field of await page.locator("input[type='password']").all()) await field.fill("x");
  const served = await send_unchecked(page, "main form button[type='submit']");
  await expect_mistake(page, ["fresh", "again"], "#fresh");
  await expect_page(served, `${name}-mistake-ja`);
}

// A new card, in the second reader.
export async function write_card(page: Page, card: string): Promise<void> {
  cli("card", "blank", card);
  cli("card", "insert", card, "--reader", "1");
  await page.getByRole("button", { name: "カードに書き込む" }).click();
  await choose_pins(page, { name: "agent-write" });
  await page.getByText("カードを受け取る").first().waitFor({ timeout: 30_000 });
}

// Whose card it is has the first reader: the document's page, what is no password, and the
// signature.
interface Signing {
  name?: string | undefined;
  password?: string;
  back?: string;
}
export async function sign_document(page: Page, signing: Signing): Promise<void> {
  const { name, password = "ABC123", back = window_page } = signing;
  await page.waitForURL(`${agent}sign?**`);
  if (name !== undefined) {
    await expect_agent_page(page, name);
    await page.fill("input[type='password']", "x");
    const served = await send_unchecked(page, "main form button[type='submit']");
    await expect_mistake(page, ["pin"], "#pin");
    await expect_page(served, `${name}-mistake-ja`);
  }
  await page.fill("input[type='password']", password);
  await page.click("main form button[type='submit']");
  await page.waitForURL(back, { timeout: 30_000 });
}

// ---- the issuing centre's program ----

const issuer = { config: `${root}/run/issuer.toml`, pid: `${root}/run/issuer.pid` };

async function end_issuer(): Promise<void> {
  const pid = Number.parseInt(readFileSync(issuer.pid, "utf8"), 10);
  process.kill(pid, "SIGTERM");
  // Of whoever is its parent nothing is known: a program that is waited for is over too.
  const state = () => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "")[0];
  const is_over = () => {
    try {
      return state() === "Z";
    } catch {
      return true;
    }
  };
  for (let looks = 0; !is_over(); ++looks) {
    if (looks === 400) throw new Error("the issuing centre does not end");
    await new Promise((done) => setTimeout(done, 50));
  }
}

// As the demo's launcher does it, whose `up` would write the configuration anew.
export async function renew_from(days: number): Promise<void> {
  await end_issuer();
  const config = readFileSync(issuer.config, "utf8");
  writeFileSync(issuer.config, config.replace(/^renewal_days = .*/m, `renewal_days = ${days}`));
  const log = openSync(`${root}/run/issuer.log`, "a");
  const program = `${dirname(process.env.MADO_CLI!)}/mado-issuer`;
  const child = spawn(program, ["serve", issuer.config], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  // Since when it runs: the twentieth after the name.
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const since = stat.replace(/^.*\) /, "").split(" ")[19];
  writeFileSync(issuer.pid, `${child.pid} ${since}`);
}
export async function renew_as_before(): Promise<void> {
  await end_issuer();
  cli("up");
}
