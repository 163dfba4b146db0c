// The page as a person meets it: in every state, in each language, by keyboard.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TestBrowser, expect_accessible } from "../../shared/test_browser";
import { states } from "./test_documents";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("portal/checkups/harness.tsx", "特定健診結果");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

test("the newest in full, and its chart by item", async () => {
  const page = await browser.open();
  const rows = await page.locator("#newest").getByRole("row").allTextContents();
  expect(rows[5]).toContain("126");
  await page.getByLabel("グラフにする項目").selectOption({ label: "腹囲" });
  await page.getByRole("heading", { name: "腹囲" }).waitFor();
});

test("a doubt, by keyboard, and back", async () => {
  const page = await browser.open();
  const button = page.locator(".doubt").first();
  await button.focus();
  await page.keyboard.press("Enter");
  expect(await page.locator("dialog[open] ol").textContent()).toContain("A市立総合病院");
  await page.keyboard.press("Escape");
  await expect.poll(() => button.evaluate((one) => one === document.activeElement)).toBe(true);
});

test("in every state nothing scrolls sideways at 320 pixels", async () => {
  const page = await browser.open("", 320);
  for (const state of Object.keys(states)) {
    await browser.go(page, `state=${state}`);
    await page.locator(".checkups").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), state).toBe(320);
  }
});

test.each(["ja", "en", "easy"])("everything open in %s", async (language) => {
  const page = await browser.open(`language=${language}`, 320);
  await page.locator(".checkups .facts").first().waitFor();
  await expect_accessible(page, 320);
});
