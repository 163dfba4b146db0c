// The page as a person meets it: answers as they come, choices, doubts, files, and who is silent.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TestBrowser, expect_accessible, saved } from "../../shared/test_browser";
import type { Mutable } from "../../shared/test_country";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("portal/claims/harness.tsx", "レセプト情報");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

const open = (query = "", width = 1280) => browser.open(query, width);
const settled = (page: Page) => page.getByText(/か所から、すべて届きました/).waitFor();
const asked = (page: Page) =>
  page.evaluate(() => {
    const { world } = window as unknown as Mutable;
    return world.asked.map((body: Mutable) => `${body.to.position} ${body.parameters.from}`);
  });
const first_month = () => {
  const now = new Date(Date.now() + 9 * 3_600_000);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 59, 1)).toISOString();
};

test("each insurer by itself, and what has not come in yet", async () => {
  const page = await open();
  await settled(page);
  const cards = await page.locator("#insurers .card").allTextContents();
  expect(cards[0]).toMatch(/^A市国民健康保険.*2026年9月分まで届いています。/);
  expect(cards[1]).toMatch(/^まどか電機健康保険組合.*2026年7月分まで届いています。/);
  // Nor does the page know whether there is more to come.
  expect(cards.join("")).not.toMatch(/遅れ|まだ、届いて/);
  // Nothing in the documents says why the later months are missing.
  expect(await page.textContent("main")).not.toContain("告示");
});

test("a longer period asks again, a shorter one does not", async () => {
  const page = await open();
  await settled(page);
  await page.getByLabel("期間").selectOption("60");
  await settled(page);
  await page.locator(".claim", { hasText: "上山歯科医院" }).waitFor();
  const questions = await asked(page);
  expect(questions).toHaveLength(6); // two insurers and the end of the links, twice
  expect(questions.at(-1)).toContain(first_month().slice(0, 7));
  await page.getByLabel("期間").selectOption("12");
  await expect.poll(() => page.getByText("上山歯科医院").count()).toBe(0);
  expect(await asked(page)).toHaveLength(6);
});

test("one institution: list, sums and files are of it", async () => {
  const page = await open();
  await settled(page);
  await page.getByLabel("期間").selectOption("60");
  await settled(page);
  await page.getByLabel("医療機関・薬局").selectOption({ label: "ひまわり薬局" });
  await page.getByText("ひまわり薬局の1件だけを表示しています（全部で9件）。").waitFor();
  expect(await page.locator(".claim").count()).toBe(1);
  expect(await page.locator(".totals dd").first().textContent()).toBe("430円");
  const counts = await page.locator("#insurers .card dd:first-of-type").allTextContents();
  expect(counts.sort()).toEqual(["0件", "1件"]);
  const csv = await saved(page, "内訳まで保存する（CSV）");
  expect(csv.startsWith("\ufeff")).toBe(true);
  expect(csv.split("\r\n")).toHaveLength(1 + 4 + 1);
});

test("a withheld claim says what to do, and shows nothing", async () => {
  const page = await open();
  await settled(page);
  const claim = page.locator(".claim", { hasText: "本町こころの診療所" });
  expect(await claim.textContent()).toContain("内訳は、医師に確認のうえ開示します。");
  expect(await claim.textContent()).toContain("まどか電機健康保険組合の窓口に");
  expect(await claim.locator("details").count()).toBe(0);
});

test("doubts: the institution first, then the insurer; by keyboard, and back", async () => {
  const page = await open();
  await settled(page);
  const claim = page.locator(".claim", { hasText: "花みずき内科クリニック" });
  await claim.getByRole("button").focus();
  await page.keyboard.press("Enter");
  const steps = await page.getByRole("dialog").locator("ol > li").allTextContents();
  expect(steps[0]).toContain("花みずき内科クリニックの窓口");
  expect(steps[1]).toContain("A市国民健康保険に");
  expect(steps[1]).toContain("払った額 1,050円」となっていますが");
  await page.keyboard.press("Escape");
  const back = () => claim.getByRole("button").evaluate((one) => one === document.activeElement);
  await expect.poll(back).toBe(true);
});

test("one insurer silent: the other's claims are there, and one can ask again", async () => {
  const page = await open("silent");
  await page.getByText("1か所から届きました。").waitFor();
  expect(await page.locator(".claim").count()).toBe(4);
  expect(await page.locator(".silent").textContent()).toContain("医療保険の保険者");
  await page.evaluate(() => {
    (window as unknown as Mutable).world.lie = {};
  });
  await page.getByRole("button", { name: "もう一度問い合わせる" }).click();
  await settled(page);
  expect(await page.locator(".claim").count()).toBe(7);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("progress");
});

test("a document that contradicts itself is not shown", async () => {
  const page = await open("wrong");
  await page.getByText("1か所から届きました。").waitFor();
  expect(await page.locator(".silent").textContent()).toContain("形が読めない");
  expect(await page.getByText("花みずき内科クリニック").count()).toBe(0);
  expect(await page.locator(".claim").count()).toBe(3);
});

test("nobody insures, or nothing was treated", async () => {
  const nobody = await open("nobody");
  await nobody.getByText("つながっている医療保険がありません。").waitFor();
  const healthy = await open("healthy");
  await healthy.getByText("この期間に届いている記録はありません。").waitFor();
});

test("nothing of it stays in the browser, in the address or in the title", async () => {
  const page = await open();
  await settled(page);
  await page.getByLabel("医療機関・薬局").selectOption({ label: "ひまわり薬局" });
  const kept = await page.evaluate(() => [
    ...[localStorage.length, sessionStorage.length, document.cookie, document.title],
    ...[location.search + location.hash, history.state],
  ]);
  expect(kept).toEqual([0, 0, "", "マイページ", "", null]);
});

const looks: [language: string, width: number][] = [
  ["ja", 1280],
  ["ja", 320],
  ["en", 320],
  ["easy", 320],
];
test.each(looks)(
  "everything open in %s at %i pixels",
  async (language, width) => {
    const page = await open(`language=${language}`, width);
    await page.locator(".claim").nth(6).waitFor();
    await expect_accessible(page, width);
  },
  120_000,
);
