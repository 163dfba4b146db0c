import { beforeEach, describe, expect, test } from "vitest";
import { expect_accessible, expect_nothing_cut } from "./checks";
import {
  asking,
  each_test_has_a_visit,
  forgive_refusals,
  insert_card,
  log_in,
  own,
  picture,
  portal,
  remove_card,
  settled,
  signal,
  tests_share_a_log_in,
  visit,
} from "./country";

// In the page.
function is_in_window(one: Element): boolean {
  const { left, top, right, bottom } = one.getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}

describe("what it shows", () => {
  tests_share_a_log_in("hanako");
  beforeEach(async () => {
    await own.page.goto(portal);
    await settled(own.page);
  });

  test("the page is the person's: name, insurance, notices, procedures, links", async () => {
    const { page } = own;
    expect(await page.textContent("h1")).toBe("厚労花子さんのマイページ");
    const text = (await page.textContent("main"))!;
    for (const words of ["A市国民健康保険", "3割", "2026年3月31日で終わりました"]) {
      expect(text).toContain(words);
    }
    const events = await page.locator("#procedures li").allTextContents();
    expect(events).toEqual([
      ..."妊娠出産 子育て 学校 仕事 結婚 住宅引越 健康 高齢者 余暇文化 ご不幸".split(" "),
    ]);
    expect(await page.locator("#links a").count()).toBeGreaterThan(4);
    await expect
      .poll(async () => (await page.locator("#links li").allTextContents()).slice(0, 4))
      .toEqual([
        "A市 あなたの記録があります",
        "日本年金機構 あなたの記録があります",
        "まどか電機健康保険組合 あなたの記録があります",
        "九十九県",
      ]);
    // Those of the report of 2009, from three holders with today's names.
    for (const [subject, sender] of [
      ["国民年金基金加入のご案内", "全国国民年金基金 九十九支部"],
      ["国民年金の資格取得手続のご案内", "A市 保険年金課"],
      ["厚生年金の資格喪失確認のお知らせ", "日本年金機構 九十九年金事務所"],
    ]) {
      const notice = page.locator(".notices > li").filter({ hasText: subject! });
      expect(await notice.locator(".sender").textContent()).toBe(sender);
    }
    await picture(page, "home");
  });

  test("the insurance: today's with its share, and the one that ended", async () => {
    const { page } = own;
    await page.goto(`${portal}eligibility`);
    await settled(page);
    const cards = page.locator("#page .card");
    expect(await cards.locator("h3").allTextContents()).toEqual([
      "A市国民健康保険",
      "まどか電機健康保険組合",
    ]);
    const today = await cards.nth(0).locator("dd").allTextContents();
    expect(today.map((text) => text.trim())).toEqual(["あいう 0000187 01", "3割（30 %）", "2026年4月1日から"]);
    expect(await cards.nth(1).textContent()).toContain("2026年3月31日で終わりました。（退職）");
    await picture(page, "eligibility");
  });

  test("a notice is unread until it was opened, and that stands in the access record", async () => {
    const { page } = own;
    const subject = await page.locator(".notices > li:has(.new) .subject").first().textContent();
    const notice = page.locator(".notices > li", { hasText: subject! });
    const before = Number(/\d+/.exec((await page.textContent(".count"))!)![0]);
    expect(await notice.locator(".mark").textContent()).toBe("未読");
    await notice.locator("button").click();
    await expect.poll(() => notice.locator(".body p").count()).toBeGreaterThan(1);
    expect(await notice.locator(".mark").textContent()).toBe("既読");
    await page.reload();
    await settled(page);
    await expect.poll(() => page.textContent(".count")).toContain(String(before - 1));
    expect(await notice.locator(".mark").textContent()).toBe("既読");
  });

  test("the search finds notices, procedures and links, and opens them", async () => {
    const { page } = own;
    await page.fill("#search", "ひっこし");
    expect(await page.textContent(".search [role=status]")).toContain("0件");
    await page.fill("#search", "引越");
    const found = page.locator(".search li");
    await expect.poll(() => found.allTextContents()).toEqual(["住宅引越 （各種手続）"]);
    await page.fill("#search", "国民 年金 の 資格");
    await expect.poll(() => page.locator(".search li").count()).toBe(1);
    await page.click(".search li button");
    const text = page.locator(".notices .body:not([hidden]) p");
    await expect.poll(() => text.count()).toBeGreaterThan(1);
    await page.fill("#search", "e-gov");
    await expect.poll(() => page.locator(".search li").count()).toBe(1);
  });

  test("one holder that does not answer costs its own records only", async () => {
    const { page } = own;
    signal("gateway-1", "SIGSTOP"); // A市国保
    try {
      await page.reload();
      await asking(page);
      await settled(page);
      await picture(page, "home-one-silent");
      const text = (await page.textContent("#page"))!;
      expect(text).toContain("から回答がありませんでした");
      expect(text).toContain("まどか電機健康保険組合");
    } finally {
      signal("gateway-1", "SIGCONT");
    }
  });
});

describe("how it ends, and what it refuses", () => {
  each_test_has_a_visit("hanako");

  test("an answer that was tampered with is not shown", async () => {
    const { page } = own;
    await log_in(page);
    // One character of each sealed answer is another one.
    await page.addInitScript(() => {
      const real = globalThis.fetch;
      globalThis.fetch = async (path, init) => {
        const reply = await real(path, init);
        if (path !== "/ask" || reply.status !== 200) return reply;
        const text = await reply.text();
        const at = text.indexOf('"answer":"') + 600;
        const other = text[at] === "A" ? "B" : "A";
        const is_answer = text.includes('"answer":"');
        return new Response(is_answer ? text.slice(0, at) + other + text.slice(at + 1) : text);
      };
    });
    await page.reload();
    await settled(page);
    const text = (await page.textContent("#page"))!;
    expect(text).toContain("確かめられないので、表示を取りやめました");
    expect(text).not.toContain("国民健康保険料");
    await picture(page, "home-tampered");
  });

  test("two minutes before the end a dialog says so, and then the page leaves", async () => {
    const { page } = own;
    await page.clock.install();
    await log_in(page);
    await settled(page);
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await page.focus("#search");
    await page.clock.fastForward("27:50");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await page.clock.fastForward("00:20");
    await page.waitForSelector("dialog[open]");
    await page.waitForSelector("dialog[open] :focus");
    await page.keyboard.press("Escape");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("search");
    // The portal's own clock has not moved: it would show the page anew.
    await page.route("**/?said=time_over**", (route) => route.fulfill({ body: "left" }));
    await page.clock.fastForward("01:00"); // and once more, a minute before
    await page.waitForSelector("dialog[open]");
    await page.clock.fastForward("01:00");
    await page.waitForURL("**/?said=time_over**");
    expect(await page.textContent("body")).not.toContain("花子");
  });

  // Of its own: while somebody looks, the log-in's time goes by.
  test("the dialog that says so is accessible, and whole on a small screen", async () => {
    const { page } = own;
    await page.clock.install();
    await log_in(page);
    await page.clock.fastForward("28:10");
    await page.waitForSelector("dialog[open]");
    await expect_accessible(page);
    await picture(page, "timeout");
    await page.setViewportSize({ width: 320, height: 256 });
    await expect_nothing_cut(page);
    for (const button of await page.locator("dialog[open] button").all()) {
      await button.scrollIntoViewIfNeeded();
      expect(await button.evaluate(is_in_window), await button.innerText()).toBe(true);
    }
  });

  test("a pulled card takes the records away, and going back does not bring them", async () => {
    const { page } = own;
    await log_in(page);
    await settled(page);
    remove_card();
    await page.waitForURL("**/?said=card_removed**", { timeout: 2_000 });
    await page.goBack();
    await page.waitForTimeout(300);
    expect(await page.textContent("body")).not.toContain("花子");
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
    forgive_refusals();
  });

  test("who logs in next on the same computer sees nothing of the one before", async () => {
    const { context, page } = own;
    await log_in(page);
    const tabs = [page];
    for (const path of ["looked", "eligibility", "pension", "claims"]) {
      const tab = await context.newPage();
      await tab.goto(portal + path);
      tabs.push(tab);
    }
    for (const tab of tabs) await settled(tab);
    remove_card();
    insert_card("taro");
    const next = await context.newPage();
    await log_in(next, "eligibility");
    await settled(next);
    expect(await next.textContent("#page")).toContain("21 1042");
    for (const tab of tabs) {
      await expect.poll(() => tab.textContent("body"), { timeout: 7_000 }).not.toContain("花子");
      // Nor does it say that it was all checked.
      expect(await tab.title()).not.toMatch(/\d/);
    }
    forgive_refusals();
  });

  test("log out of another window of the same card", async () => {
    const other = await visit();
    try {
      await log_in(other.page);
      await settled(other.page);
      const { page } = own;
      await log_in(page, "sessions");
      expect(await page.locator(".sessions li").count()).toBe(2);
      await expect_accessible(page);
      await picture(page, "sessions");
      await page.click(".sessions button");
      await expect.poll(() => page.locator(".sessions li").count()).toBe(1);
      await other.page.waitForURL("**/?said=log_out**");
      expect(await page.textContent("h1")).toBe("ログイン中の画面");
    } finally {
      await other.context.close();
    }
  });
});
