// A clerk's day at a window, by the real programs: an application, its card written through the
// agent, handed over; lost, stopped, found.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expect_accessible, expect_no_sideways } from "./checks";
import {
  agent,
  cli,
  own,
  picture,
  root,
  tests_share_a_visit,
  wide,
  window_page,
} from "./country";

const clerk = "sato-1";
const card = "jiro-window";

interface Application {
  person: { name: string; kana: string; sex: string; address: string; birth_date: string };
  claims: { role: string; number: { fields: Record<string, string> } }[];
  signing: boolean;
}
const application = () =>
  JSON.parse(readFileSync(`${root}/state/country/applications/jiro.json`, "utf8")) as Application;

async function log_in_at_window(page: Page): Promise<void> {
  await page.goto(`${window_page}?lang=ja`);
  await page.click("form[action='/login'] button");
  await page.fill("#pin", "1234");
  await page.click("main button");
  await page.getByRole("heading", { name: "今日の一覧" }).waitFor();
}

// As the clerk types it, from the paper.
async function type_application(page: Page): Promise<void> {
  const { person, claims, signing } = application();
  await page.fill("#apply-name", person.name);
  await page.fill("#apply-kana", person.kana);
  await page.fill("#apply-born", person.birth_date);
  await page.check(`#apply-sex-${person.sex}`);
  await page.fill("#apply-address", person.address);
  for (const { role, number } of claims) {
    for (const [name, value] of Object.entries(number.fields)) {
      await page.fill(`#apply-${role}-${name}`, value);
    }
  }
  if (!claims.some(({ role }) => role === "medical")) await page.check("#apply-no-insurance");
  await page.setChecked("#apply-signing", signing);
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("button", { name: "申請する", exact: true }).click();
  await page.getByText("申請を受け付けました。").first().waitFor();
}

// The person types both, twice each, at the agent.
async function write_card(page: Page): Promise<void> {
  cli("card", "blank", card);
  cli("card", "insert", card, "--reader", "1");
  await page.getByRole("button", { name: "カードに書き込む" }).click();
  await page.waitForURL(`${agent}card?**`);
  const secrets = { pin: "2468", password: "ABC987" };
  const fields = {
    ...{ fresh: secrets.pin, again: secrets.pin },
    ...{ fresh_password: secrets.password, again_password: secrets.password },
  };
  for (const [name, value] of Object.entries(fields)) {
    if ((await page.locator(`#${name}`).count()) > 0) await page.fill(`#${name}`, value);
  }
  await picture(page, "window-agent");
  await page.click("main form button[type='submit']");
  await page.getByText("カードを受け取る").first().waitFor({ timeout: 30_000 });
  expect(page.url()).toBe(window_page); // no address says whose card it was
}

describe("a clerk's day", () => {
  tests_share_a_visit(clerk);
  let number = "";

  test("an application, a card, and a slip", async () => {
    const { page } = own;
    await log_in_at_window(page);
    await page.getByRole("button", { name: "新しい申請を受け付ける" }).click();
    await page.locator("#apply-name").waitFor();
    number = (await page.locator(".case-number").innerText()).replace(/ /g, "");
    await type_application(page);
    // The registers answer, and the page sees it by itself.
    await page.getByRole("button", { name: "カードに書き込む" }).waitFor({ timeout: 30_000 });
    await write_card(page);
    for (const box of await page.getByRole("checkbox").all()) await box.check();
    await page.getByRole("button", { name: "カードを渡したと登録する" }).click();
    await page.getByText("すべて終わりました。").waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "受付票を見る" }).click();
    const slip = page.locator(".slip");
    await slip.getByText("停止コード", { exact: true }).waitFor();
    expect(await slip.innerText()).toContain(`${window_page}stop を開き`);
    await expect_accessible(page);
    await picture(page, "window-slip");
  });

  test("lost and stopped, found and working again", async () => {
    const { page } = own;
    await page.getByRole("button", { name: "人をさがす" }).click();
    await page.fill("#search-number", number);
    await page.keyboard.press("Enter");
    await page.locator(".known").waitFor();
    await page.setViewportSize({ width: 320, height: 900 });
    await expect_no_sideways(page);
    await expect_accessible(page);
    await picture(page, "window-person");
    await page.locator("button.stop").click();
    await page.getByRole("dialog").getByRole("button", { name: "カードを止める" }).click();
    await page.getByRole("button", { name: "見つかった" }).waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "この人のカードと手続" }).click();
    await page.locator(".held .suspended").first().waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "見つかった" }).click();
    await page.getByText("カードが見つかり、また使えます。").waitFor({ timeout: 30_000 });
    await picture(page, "window-found");
    await page.getByRole("button", { name: "この人のカードと手続" }).click();
    await page.locator(".held .active").first().waitFor();
  });

  // One form, and the parent's card signs it: notice, insurance, card.
  test("a child is born", async () => {
    const { page } = own;
    await page.setViewportSize(wide);
    await page.getByRole("button", { name: "子が生まれた" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "子が生まれた" }).click();
    const child = { name: "厚労 葵", kana: "コウロウ アオイ", born: "2026-11-20" };
    for (const [name, value] of Object.entries({ ...child, relation: "長女" })) {
      await page.fill(`#birth-${name}`, value);
    }
    await page.check("#birth-sex-female");
    await page.check("#insurer-0");
    await page.getByRole("button", { name: "入力したものを見直す" }).click();
    await expect_accessible(page);
    await page.getByRole("button", { name: "申請する", exact: true }).click();
    await page.getByRole("button", { name: "署名の画面へ" }).click();
    await page.waitForURL(`${agent}sign?**`);
    expect(await page.locator("main").innerText()).toContain("子の氏名: 厚労 葵");
    await page.locator("input[type='radio']").last().check(); // the parent's card
    await page.fill("input[type='password']", "ABC987");
    await page.click("main form button[type='submit']");
    await page.getByText("認めるかどうか決める").first().waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "カードに書き込む" }).waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "受付票を見る" }).click();
    await page.locator(".slip").waitFor();
    await picture(page, "window-born");
  });
});
