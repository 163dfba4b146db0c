// 特定健診結果 of people whom the demo country names (country/jp/people.json).
import { beforeEach, describe, expect, test } from "vitest";
import { asking, own, picture, portal, settled, signal, tests_share_a_log_in } from "./country";

async function open(): Promise<void> {
  await own.page.goto(`${portal}checkups`);
  await settled(own.page);
}
// Of the first table that has it; without the words that explain the item.
function row(item: string): Promise<string[]> {
  const name = new RegExp(`^${item}`);
  return own.page
    .locator("#newest tbody tr", { has: own.page.getByRole("rowheader", { name }) })
    .getByRole("cell")
    .allTextContents();
}

describe("hanako", () => {
  tests_share_a_log_in("hanako");
  beforeEach(open);

  test("one check-up at her municipality's insurer: values beside their ranges", async () => {
    const { page } = own;
    expect(await page.textContent("#newest .day")).toBe("2026年8月19日");
    expect(await row("腹囲")).toEqual(["78.5", "cm", "90.0未満", "基準の範囲の中です。"]);
    expect(await row("LDLコレステロール")).toEqual([
      ...["128", "mg/dl", "120未満", "基準の範囲の外です。次の受診のとき医師に聞いてください。"],
    ]);
    expect(await row("体重")).toEqual(["54.6", "kg", "―", "保険者は範囲を示していません。"]);
    expect(await page.textContent("#newest .result")).toContain(
      "13項目は基準の範囲の中、2項目は範囲の外です。",
    );
    expect(await page.locator("#change, #earlier").count()).toBe(0);
    const [city, society] = await page.locator("#insurers .card").allTextContents();
    expect(city).toMatch(/^A市国民健康保険1回分の結果があります。/);
    expect(society).toMatch(/^まどか電機健康保険組合健診の結果はありません。/);
    await picture(page, "checkups-hanako");
  });

  test("an insurer that is silent is named, and nothing is said to be all", async () => {
    const { page } = own;
    signal("gateway-1", "SIGSTOP"); // A市国保
    try {
      await page.reload();
      await asking(page);
      await settled(page);
      expect(await page.textContent(".warning")).toContain("ここに含まれていません");
      expect(await page.locator("#insurers .silent").count()).toBe(1);
      expect(await page.locator("#newest").count()).toBe(0);
    } finally {
      signal("gateway-1", "SIGCONT");
    }
  });
});

describe("taro", () => {
  tests_share_a_log_in("taro");
  beforeEach(open);

  test("four check-ups: a chart of a chosen item, and a table of all of them", async () => {
    const { page } = own;
    const day = ["2026年9月9日", "2025年10月15日", "2024年10月9日", "2023年10月12日"];
    expect(await page.textContent("#newest .day")).toBe(day[0]);
    expect(await page.locator("#earlier h3").allTextContents()).toEqual(day.slice(1));
    const chart = page.locator("#change").getByRole("img");
    expect(await chart.getAttribute("aria-label")).toMatch(/2023年10月12日は136.*は126/);
    await page.selectOption("#item", { label: "体重" });
    await expect.poll(() => chart.getAttribute("aria-label")).toMatch(/は75\.2.*は71\.6/);
    await page.locator("#change summary").click();
    const table = page.getByRole("table", { name: "これまでの検査の値" });
    const days = await table.getByRole("columnheader").allTextContents();
    expect(days.slice(1)).toEqual(day);
    const weights = table.locator("tbody tr", { hasText: "体重" }).getByRole("cell");
    expect((await weights.allTextContents())[3]).toContain("75.2");
    await picture(page, "checkups-taro");
  });
});
