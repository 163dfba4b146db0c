// The first page as a person meets it: who answered and who did not, what is spoken in Japanese,
// the search, paper, and the end of the log-in.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TestBrowser, expect_accessible } from "../../shared/test_browser";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("portal/home/harness.tsx", "マイページ");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

const open = (query = "", width = 1280) => browser.open(query, width);
const insurance = (page: Page) => page.locator("#insurance-progress");

test("who answered, and the person's name as everywhere", async () => {
  const page = await open();
  await page.getByText("問い合わせた2か所のうち2か所から、すべて届きました。").first().waitFor();
  expect(await page.textContent("h1")).toBe("厚労ハルさんのマイページ");
  expect(await page.title()).toBe("未読 2件 – マイページ");
  expect(await page.locator("#notices-name").innerText()).toMatch(/お知らせ\s+未読 2件/);
  const row = page.locator(".notices button").last();
  expect(await row.textContent()).toBe(
    "未読 国民年金基金加入のご案内 A市 保険年金課 2026年4月10日 期限：2026年4月30日（過ぎました） 納める額 52,300円",
  );
});

test("insured by nobody any more: it is said, and the name is that of before", async () => {
  const page = await open("ended");
  await page.getByText("いまは加入している医療保険がありません。").waitFor();
  await expect.poll(() => page.textContent("h1")).toBe("厚労ハルさんのマイページ");
});

test("the relay cannot be reached: once, and of no kind of holder", async () => {
  const page = await open("away");
  await page.getByText("中継センターにつながりません").first().waitFor();
  await expect.poll(() => page.locator("#page .asking").count()).toBe(0);
  expect(await page.locator(".silent", { hasText: "保険者" }).count()).toBe(0);
  expect(await insurance(page).textContent()).not.toContain("保険者");
});

test("a notice that was opened is not counted as unread any more", async () => {
  const page = await open();
  await page.getByText("未読 2件").waitFor();
  await page.locator(".notices button").last().click();
  await expect.poll(() => page.locator("#notices-name").innerText()).toMatch(/未読 1件/);
  expect(await page.title()).toBe("未読 1件 – マイページ");
});

test("who did not answer is named in the end", async () => {
  const page = await open("silent");
  await page.getByText("答えがないところ：医療保険の保険者。").first().waitFor();
  expect(await insurance(page).getAttribute("role")).toBe("status");
  expect(await insurance(page).textContent()).toContain("2か所のうち、1か所から");
  await page.getByText("お知らせがすべて出ていないことがあります。").waitFor();
});

test("nobody to ask: no empty lists, and no 0 of 0", async () => {
  const page = await open("nobody");
  await page.getByText("つながっている保険がありません").waitFor();
  await page.getByText("お知らせを問い合わせるところがありません").waitFor();
  expect(await page.locator("ul:empty").count()).toBe(0);
  expect(await page.textContent("body")).not.toMatch(/0か所/);
});

test("Japanese parts of the English page are marked, and codes are in words", async () => {
  const page = await open("language=en");
  await page.getByText("Care level 2").waitFor();
  await page.getByText("(you left your job)").waitFor();
  const unmarked = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const out: string[] = [];
    while (walker.nextNode()) {
      const { textContent, parentElement } = walker.currentNode;
      const is_japanese = /[\u3041-\u30FA\u4E00-\u9FFF]/.test(textContent ?? "");
      if (is_japanese && !parentElement!.closest("[lang=ja]:not(html)")) out.push(textContent!);
    }
    return out;
  });
  expect(unmarked).toEqual([]);
});

test("a hit of the search says in words of its own where it stands", async () => {
  const page = await open();
  await page.getByText("特定健診のご案内").waitFor();
  await page.fill("#search", "年金");
  const hit = page.locator(".search li");
  await expect.poll(() => hit.count()).toBe(1);
  expect(await hit.textContent()).toBe(
    "国民年金基金加入のご案内 （お知らせ、A市 保険年金課、2026年4月10日）",
  );
  expect(await hit.getByRole("button").textContent()).toBe("国民年金基金加入のご案内");
});

test("on paper: what was said, and no buttons to press", async () => {
  const page = await open();
  await page.getByText("特定健診のご案内").waitFor();
  await page.emulateMedia({ media: "print" });
  expect(await page.getByText("特定健診のご案内").isVisible()).toBe(true);
  expect(await page.locator(".search").isVisible()).toBe(false);
  expect(await page.getByText("あなたの記録を見た人をすべて見る").isVisible()).toBe(false);
});

test("the end is announced two minutes before, and one minute before again", async () => {
  const page = await open("left=62");
  const dialog = page.getByRole("alertdialog");
  await dialog.waitFor();
  expect(await dialog.textContent()).toContain("あと2分でログアウトします");
  await page.keyboard.press("Escape");
  expect(await dialog.count()).toBe(0);
  await dialog.waitFor({ timeout: 10_000 });
  expect(await page.locator("dialog h2").textContent()).toBe("あと1分でログアウトします");
  expect(await page.locator("dialog [role=alert]").textContent()).toContain("あと1分");
});

test.each(["ja", "en", "easy"])(
  "accessible at 320 pixels: %s",
  async (language) => {
    const page = await open(`language=${language}`, 320);
    await page.locator(".notices li").first().waitFor();
    await page.locator(".card").last().waitFor();
    await expect_accessible(page, 320);
  },
  120_000,
);
