// レセプト情報 and 介護情報 of people whom the demo country names.
import { beforeEach, describe, expect, test } from "vitest";
import { asking, own, picture, portal, settled, signal, tests_share_a_log_in } from "./country";

async function open(path: string): Promise<void> {
  await own.page.goto(portal + path);
  await settled(own.page);
}

describe("hanako", () => {
  tests_share_a_log_in("hanako");
  beforeEach(() => open("claims"));

  test("claims of both insurers, by month; withheld items are not there", async () => {
    const { page } = own;
    await page.selectOption("#months", "24");
    await settled(page);
    const insurers = await page.locator("#insurers .card h3").allTextContents();
    expect(insurers).toEqual(["A市国民健康保険", "まどか電機健康保険組合"]);
    const july = page.locator(".month", { hasText: "2026年7月" });
    expect(await july.locator("h3").textContent()).toContain("1,370円");
    const withheld = page.locator(".claim", { hasText: "本町こころの診療所" }).first();
    expect(await withheld.textContent()).toContain("内訳は、医師に確認のうえ開示します。");
    expect(await page.textContent("#insurers")).toContain("2026年7月分まで届いています。");
    await picture(page, "claims-hanako");
  });

  test("one insurer silent leaves the other's claims", async () => {
    const { page } = own;
    signal("gateway-1", "SIGSTOP");
    try {
      await page.reload();
      await asking(page);
      await settled(page);
      await page.getByText("答えがなかった保険者があります。").waitFor();
      expect(await page.locator(".silent").count()).toBe(1);
      expect(await page.locator(".claim").count()).toBeGreaterThan(0);
    } finally {
      signal("gateway-1", "SIGCONT");
    }
  });

  test("care: nobody insures yet, and for whom it is", async () => {
    await open("care");
    await own.page.getByRole("heading", { name: "介護保険を使う人" }).waitFor();
    expect(await own.page.locator("#page .card").count()).toBe(0);
  });
});

describe("haru", () => {
  tests_share_a_log_in("haru");

  test("care: a level today and the one before", async () => {
    const { page } = own;
    await open("care");
    expect(await page.textContent(".card")).toContain("要介護2");
    await page.getByRole("button", { name: "これより前の内容を見る" }).click();
    await page.getByRole("cell", { name: "要介護1" }).waitFor();
    await picture(page, "care-haru");
  });
});
