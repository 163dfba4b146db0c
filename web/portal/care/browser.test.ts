// The page as a person meets it: insured, not insured, and with an insurer that is silent.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TestBrowser, expect_accessible } from "../../shared/test_browser";
import type { Mutable } from "../../shared/test_country";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("portal/care/harness.tsx", "介護情報");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

const open = (query = "", width = 1280) => browser.open(query, width);
const for_whom = (page: Page) => page.getByRole("heading", { name: "介護保険を使う人" });

test("level, share, period; only the care insurer is asked", async () => {
  const page = await open();
  await page.getByText("いま入っている介護保険です。").waitFor();
  const card = (await page.locator(".card").textContent())!;
  for (const words of ["A市介護保険", "要介護2", "1割", "0000012079", "第1号被保険者（65歳以上）"]) {
    expect(card).toContain(words);
  }
  expect(card).toContain("2026年8月1日から2028年8月31日まで");
  expect(await for_whom(page).count()).toBe(0);
  const kinds = await page.evaluate(() =>
    (window as unknown as Mutable).world.asked.map(({ to }: Mutable) => to.kind),
  );
  expect(new Set(kinds)).toEqual(new Set(["care-insurer"]));
});

test("what was before, state after state, by keyboard", async () => {
  const page = await open();
  const button = page.locator(".card button.quiet");
  await button.focus();
  for (const words of ["2025年9月1日から", "2024年9月1日から", "認定なし"]) {
    await page.keyboard.press("Enter");
    await page.getByRole("cell", { name: /割/ }).first().waitFor();
    await page.getByText(words).first().waitFor();
  }
  await page.keyboard.press("Enter");
  await page.getByText("これより前の記録はありません。").waitFor();
  expect(await button.count()).toBe(0);
  const rows = await page.getByRole("row").allTextContents();
  expect(rows).toHaveLength(4);
  expect(rows[2]).toContain("要支援1");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("これより前");
});

test("nobody insures: for whom it is, and where to ask", async () => {
  const page = await open("nobody");
  await for_whom(page).waitFor();
  await page.getByText("地域包括支援センター").waitFor();
});

test("an insurance that ended", async () => {
  const page = await open("ended");
  await page.getByText("2028年8月31日で終わりました。（転出）").waitFor();
  await for_whom(page).waitFor();
});

test("an insurer that is silent is named, and nobody is said to be uninsured", async () => {
  const page = await open("silent");
  await page.getByText("答えがなかったところがあります。").waitFor();
  expect(await page.locator(".silent").textContent()).toContain("介護保険の保険者");
});

const looks: [query: string, width: number][] = [
  ["language=ja", 1280],
  ["language=ja", 320],
  ["language=en", 320],
  ["language=easy", 320],
  ["language=easy&nobody", 320],
];
test.each(looks)(
  "in %s at %i pixels",
  async (query, width) => {
    const page = await open(query, width);
    await page.locator(query.includes("nobody") ? "section h3" : ".card dl").waitFor();
    if (query.includes("nobody")) return expect_accessible(page, width);
    await page.locator(".card button.quiet").click();
    const is_list = width === 320;
    await page.locator(is_list ? ".data-table .rows" : ".data-table table").waitFor();
    expect(await page.getByRole("table").count()).toBe(is_list ? 0 : 1);
    await expect_accessible(page, width);
  },
  120_000,
);
