// What only a browser shows: the page in every state at 320 pixels with large text, its names for
// assistive technology, its dialog, its choices, its paper.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TestBrowser, drawn, expect_nothing_of_axe } from "../../shared/test_browser";
import { states } from "./test_documents";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("portal/pension/harness.tsx", "年金情報の閲覧");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

interface Visit {
  state?: string;
  language?: string;
  width?: number;
  huge?: boolean; // text of 200 %
  dark?: boolean;
}

const query_of = ({ state = "hanako", language = "ja" }: Visit) =>
  `state=${state}&language=${language}`;

async function shown(page: Page, { huge }: Visit): Promise<Page> {
  await page.waitForSelector(".pension");
  if (huge) await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await drawn(page);
  return page;
}

async function open(visit: Visit = {}): Promise<Page> {
  const colours = { colorScheme: visit.dark ? "dark" : "light" };
  return shown(await browser.open(query_of(visit), visit.width, colours), visit);
}

const unfold = (page: Page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));

test("in every state nothing scrolls sideways at 320 pixels with text of 200 %", async () => {
  const page = await open({ width: 320 });
  for (const [i, state] of Object.keys(states).entries()) {
    const visit = { state, language: ["ja", "en", "easy"][i % 3]!, huge: true };
    await browser.go(page, query_of(visit));
    await shown(page, visit);
    await unfold(page);
    const add = page.locator(".fund-choice input");
    if (await add.count()) await add.check();
    await drawn(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, state).toBe(320);
    expect((await page.locator(".pension").innerText()).length, state).toBeGreaterThan(20);
  }
}, 120_000);

test("what nobody knows is said in words, and is not 0 yen", async () => {
  const paid = (await open({ state: "no_amounts" })).locator("#contributions");
  await paid.getByText("1966年度〜1967年度の納付額は分かりません。").waitFor();
  expect(await paid.locator(".chart").count()).toBe(0);
  expect(await paid.textContent()).not.toContain("0円");
  const fund = await open({ state: "unknown_premium" });
  const said = fund.locator(".result [role=status]").first();
  expect(await said.textContent()).not.toContain("国民年金基金");
  await fund.locator(".fund-choice input").check();
  expect(await said.textContent()).toContain("加入したときの額は分かりません");
});

test("the months that a pension needs are met, or so many are lacking", async () => {
  const enough = await open();
  await enough.getByText("受け取りに必要な120か月を満たしています").waitFor();
  const lacking = await open({ state: "too_few" });
  await lacking.getByText("受け取るには120か月が必要です。あと36か月です").waitFor();
});

test.each([
  { state: "hanako", language: "ja" },
  { state: "member", language: "easy" },
  { state: "state_silent", language: "en", dark: true },
])("axe finds nothing: $state, $language", async (visit) => {
  const page = await open({ ...visit, width: 320 });
  await unfold(page);
  await page.locator(".doubt").first().click();
  await expect_nothing_of_axe(page);
});

test("charts are laid out for their width, not scaled; their text is the page's size", async () => {
  for (const visit of [{ width: 1280 }, { width: 320 }, { width: 320, huge: true }]) {
    const page = await open(visit);
    const charts = await page.locator(".chart svg[role=img]").evaluateAll((all) =>
      all.map((svg) => ({
        scale: svg.getBoundingClientRect().width / Number(svg.getAttribute("width")),
        type: parseFloat(getComputedStyle(svg.querySelector("text")!).fontSize),
        label: svg.getAttribute("aria-label")!.length,
      })),
    );
    expect(charts).toHaveLength(3);
    for (const chart of charts) {
      expect(chart.scale).toBe(1);
      expect(chart.type).toBe("huge" in visit ? 32 : 16);
      expect(chart.label).toBeGreaterThan(10);
    }
  }
});

test("a doubt names its line and its office; Esc closes it and the focus goes back", async () => {
  const page = await open();
  const buttons = page.locator(".doubt");
  const names = await buttons.evaluateAll((all) => all.map((one) => one.textContent));
  expect(names.length).toBeGreaterThan(30); // spans, years, rows of months, pay
  expect(new Set(names).size).toBe(names.length); // each names its own line
  const pay = buttons.nth(1);
  await pay.focus();
  await page.keyboard.press("Enter");
  const dialog = page.locator("dialog[open]");
  expect(await dialog.innerText()).toContain("0990-00-1165");
  expect(await dialog.locator(".saying").innerText()).toContain("2009年4月〜2012年3月");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator("dialog").count()).toBe(0);
  const has_focus = () => pay.evaluate((one) => one === document.activeElement);
  await expect.poll(has_focus).toBe(true);
});

test("choices change the figures: age, course, national pension fund", async () => {
  const page = await open();
  const result = page.locator(".result [role=status]");
  // 62,340 + 19,820 + 14,250 + 1,130
  await expect.poll(() => result.innerText()).toContain("97,540円");
  await page.getByRole("button", { name: "1歳遅くする" }).click();
  expect(await page.locator("#claim-age").inputValue()).toBe("66");
  await page.locator("#claim-age").selectOption("65");
  await page.getByLabel("これまでの納付だけの場合").check();
  await expect.poll(() => result.innerText()).toContain("65,070円"); // 29,870 + …
  await page.locator(".fund-choice input").check();
  await expect.poll(() => result.innerText()).toContain("80,070円"); // + 15,000
  expect(await page.locator("#expected .chart-legend").innerText()).toContain("国民年金基金");
  // Of the choice one line is read out, not the terms below it.
  const said = await page.locator(".fund [role=status]").allInnerTexts();
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^掛金は1か月 [\d,]+円、受け取る額は1か月 15,000円（65歳から一生）$/);
  await page.locator("#expected .chart .target").nth(3).hover();
  const readout = page.locator("#expected .chart-readout");
  await expect.poll(() => readout.innerText()).toContain("68歳");
  // What was chosen says something of the person.
  const kept = await page
    .locator(".pension select")
    .evaluateAll((all) => all.map((one) => one.getAttribute("autocomplete")));
  expect(kept).toEqual(["off", "off", "off", "off"]);
});

test("what may be earned is the state's figures, where there are any", async () => {
  const section = async (visit: Visit) => (await open(visit)).locator("#working");
  const expecting = await section({});
  expect(await expecting.innerText()).toContain("630,180円 までなら");
  expect(await expecting.innerText()).toContain("669,820円 以上");
  expect(await expecting.innerText()).toContain("今のまま続け、65歳から");
  expect(await (await section({ state: "receiving" })).innerText()).toContain("いま受け取っている");
  expect(await (await section({ state: "not_known" })).innerText()).toContain("表がありません");
  const page = await open({ state: "too_few" });
  expect(await page.locator("#working").count()).toBe(1);
  await browser.go(page, query_of({ state: "state_silent" }));
  await shown(page, {});
  expect(await page.locator('#working, nav.contents [href="#working"]').count()).toBe(0);
});

test("paper has the tables unfolded and charts of its width; the screen its own back", async () => {
  const page = await open({ width: 320 });
  const seen = () =>
    page.evaluate(() => ({
      open: document.querySelectorAll("details.data[open]").length,
      width: Number(document.querySelector(".chart svg")!.getAttribute("width")),
    }));
  const before = await seen();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect.poll(seen).toEqual({ open: 4, width: 780 });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await expect.poll(seen).toEqual(before);
});

test("who is missing is said above the figures and beside the sum", async () => {
  const one_silent = await open({ state: "one_silent" });
  expect(await one_silent.locator(".missing").innerText()).toContain("1か所");
  const result = one_silent.locator(".result").filter({ has: one_silent.getByRole("status") });
  expect(await result.innerText()).toContain("入っていません");
  expect(await one_silent.locator("#answered li").count()).toBe(3);
  const state_silent = await open({ state: "state_silent" });
  expect(await state_silent.locator(".missing").innerText()).toContain("国の年金");
  const asking = await open({ state: "asking" });
  const status = asking.getByRole("status").first();
  expect(await status.innerText()).toContain("1か所から届きました");
});
