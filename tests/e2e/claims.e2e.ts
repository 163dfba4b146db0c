// レセプト情報 and 介護情報 of people whom the demo country names.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Browser } from "playwright-core";
import {
  insert_card,
  log_in,
  picture,
  remove_card,
  settled,
  signal,
  start_browser,
  visit,
  type Visit,
} from "./country";

let browser: Browser;
let own: Visit;
beforeAll(async () => {
  browser = await start_browser();
});
afterAll(() => browser.close());
afterEach(async () => {
  expect(own.complaints).toEqual([]);
  await own.context.close();
  remove_card();
});

async function open(person: string, path: string): Promise<Visit["page"]> {
  insert_card(person);
  own = await visit(browser);
  await log_in(own.page, path);
  await settled(own.page);
  return own.page;
}

test("claims of both insurers, by month; withheld items are not there", async () => {
  const page = await open("hanako", "claims");
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
  const page = await open("hanako", "claims");
  signal("gateway-1", "SIGSTOP");
  try {
    await page.reload();
    await settled(page);
    await page.getByText("答えがなかった保険者があります。").waitFor();
    expect(await page.locator(".silent").count()).toBe(1);
    expect(await page.locator(".claim").count()).toBeGreaterThan(0);
  } finally {
    signal("gateway-1", "SIGCONT");
  }
});

test("care: a level today and the one before; and nobody who insures", async () => {
  const page = await open("haru", "care");
  expect(await page.textContent(".card")).toContain("要介護2");
  await page.getByRole("button", { name: "これより前の内容を見る" }).click();
  await page.getByRole("cell", { name: "要介護1" }).waitFor();
  await picture(page, "care-haru");
  await own.context.close();
  remove_card();
  const other = await open("hanako", "care");
  await other.getByRole("heading", { name: "介護保険を使う人" }).waitFor();
});
