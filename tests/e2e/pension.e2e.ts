import { beforeEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { asking, own, picture, portal, settled, signal, tests_share_a_log_in } from "./country";

async function open(): Promise<void> {
  await own.page.goto(`${portal}pension`);
  await settled(own.page);
}
const text_of = async (page: Page) => (await page.textContent("#page"))!;

describe("hanako", () => {
  tests_share_a_log_in("hanako");
  beforeEach(open);

  test("the report's titles, a table beside each picture, and who answered", async () => {
    const { page } = own;
    const text = await text_of(page);
    expect(await page.textContent("h1")).toBe("年金情報の閲覧");
    for (const title of [
      "厚労花子さんがこれまで加入した制度",
      "厚労花子さんの納付額（年間）",
      "厚労花子さんの年金見込額（１ヶ月あたり）",
      "国民年金基金に加入した場合",
      "日本年金機構",
      "企業年金連合会",
      "加入していません",
      "見込額は試算です",
      "ちがうと思ったら",
      "未納",
    ]) {
      expect(text).toContain(title);
    }
    const charts = await page.getByRole("img").count();
    expect(charts).toBeGreaterThanOrEqual(3);
    expect(await page.locator("table").count()).toBeGreaterThanOrEqual(charts);
    await picture(page, "pension");
  });

  test("claiming later is more a month, by keyboard", async () => {
    const { page } = own;
    const monthly = async () =>
      Number(
        /1か月あたり ([\d,]+)円/.exec((await text_of(page)).split("受け取ると")[1]!)![1]!.replace(
          ",",
          "",
        ),
      );
    const at_65 = await monthly();
    const later = page.getByRole("button", { name: "1歳遅くする" });
    await later.focus();
    for (let i = 0; i < 5; ++i) await page.keyboard.press("Enter");
    const at_70 = await monthly();
    // 0.7 % a month for the state's part (国民年金法施行令4条の5); nothing of it is worked out here.
    expect(at_70 / at_65).toBeGreaterThan(1.35);
    expect(at_70 / at_65).toBeLessThanOrEqual(1.43);
  });

  test("who can join the national pension fund tries out what it costs and brings", async () => {
    const { page } = own;
    const fund = page.locator(".fund");
    expect(await fund.textContent()).toContain("加入できます。");
    await page.locator(".fund-choice input").check();
    expect(await fund.locator("select").count()).toBeGreaterThanOrEqual(3);
    // As 国民年金基金連合会's table has it: the older who joins, the less it brings.
    const brought = async () => {
      const text = (await fund.locator(".figures dd").last().textContent())!;
      return Number(/^([\d,]+)円（65歳から一生）/.exec(text)![1]!.replace(",", ""));
    };
    const at_40 = await brought();
    await page.selectOption("#fund-age", "50");
    expect(await brought()).toBeLessThan(at_40);
    expect(await brought()).toBeGreaterThan(0);
    expect(await page.locator("#expected .chart-legend").textContent()).toContain("国民年金基金");
  });

  test("without the state's record the others are shown, and sums say what they lack", async () => {
    const { page } = own;
    signal("gateway-4", "SIGSTOP"); // 日本年金機構
    try {
      await page.reload();
      await asking(page);
      await settled(page);
      expect(await page.textContent(".missing")).toContain("足りない分があります");
      expect(await page.textContent("#answered")).toContain("企業年金連合会");
      expect(await page.textContent("#answered")).not.toContain("日本年金機構");
      await picture(page, "pension-without-state");
    } finally {
      signal("gateway-4", "SIGCONT");
    }
  });
});

// Of each page only what stands in the part about the fund: its tables have the same words.
describe.each([
  ["taro", "会社などに勤めて厚生年金に入っている（第2号）ためです。"],
  ["haru", "すでに老齢年金を受け取っているためです。"],
])("%s", (person, why) => {
  tests_share_a_log_in(person);
  beforeEach(open);

  test("cannot join the national pension fund, and reads why", async () => {
    const fund = own.page.locator(".fund");
    expect(await fund.locator("strong").textContent()).toBe("いまは加入できません。");
    const reasons = await fund.locator("li").allTextContents();
    expect(reasons.some((text) => text.startsWith(why)), reasons.join("\n")).toBe(true);
    expect(await fund.locator("select").count()).toBe(0);
    await picture(own.page, `pension-${person}`);
  });
});
