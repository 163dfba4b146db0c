// A clerk's day at a window, by the real programs: an application that registers write otherwise,
// decided about; its card written through the agent, handed over; lost, stopped, found; a new PIN
// by two clerks; a child is born.
import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expect_accessible, expect_no_sideways } from "./checks";
import {
  agent,
  cli,
  come,
  each_test_has_a_visit,
  languages,
  own,
  picture,
  root,
  tests_share_a_visit,
  wide,
  window_page,
} from "./country";
import { expect_in_order, expect_visible, walk } from "./keyboard";
import { expect_page, expect_shown } from "./pages";
import {
  application,
  choose_pins,
  grouped,
  log_in_at_window,
  open_case,
  renew_as_before,
  renew_from,
  sign_document,
  type_application,
  write_card,
} from "./window";

const clerk = "sato-1"; // may not decide
const other = "taro"; // may
const card = "jiro-window";
let number = "";

// As the registers do not write it: with a variation selector.
function written_otherwise() {
  const what = application();
  what.person.name = what.person.name.replace(/^../, "$&\u{e0100}");
  return what;
}

// In the page, once a table has taken the shape that fits its width.
async function from_the_top(): Promise<void> {
  for (let i = 0; i < 3; ++i) await new Promise((done) => requestAnimationFrame(done));
  (document.activeElement as HTMLElement | null)?.blur();
}

// Everything by Tab alone, wide and narrow.
async function expect_keyboard(page: Page): Promise<void> {
  for (const size of [wide, { width: 400, height: 640 }]) {
    await page.setViewportSize(size);
    await page.evaluate(from_the_top);
    const stops = await walk(page);
    expect(stops.length).toBeGreaterThan(2);
    expect_visible(stops);
    expect_in_order(stops, size === wide ? "columns" : "one column");
  }
  await page.setViewportSize(wide);
}

describe("registers write otherwise", () => {
  each_test_has_a_visit();

  test("side by side; whoever may not decide is told so", async () => {
    const page = await come(clerk);
    await log_in_at_window(page);
    await page.getByRole("button", { name: "新しい申請を受け付ける" }).click();
    await page.locator("#apply-name").waitFor();
    number = (await page.locator(".case-number").innerText()).replace(/ /g, "");
    await type_application(page, written_otherwise());
    await page.locator(".compare .writings").first().waitFor({ timeout: 30_000 });
    const name = page.locator(".compare .attribute", { hasText: "氏名" }).first();
    expect(await name.locator("mark").allTextContents()).toContain(
      "ちがい始め労\u{e0100}ちがい終わり",
    );
    const same = page.getByRole("button", { name: "同じ人" }).first();
    expect(await same.isDisabled()).toBe(true);
    await expect_shown("window-otherwise-ja");
  });

  test("the day, a case, what differs, and a question: by keyboard alone", async () => {
    const page = await come(other);
    await log_in_at_window(page);
    await page.locator("tbody tr").first().waitFor();
    await expect_keyboard(page);
    const open = page.getByRole("button", { name: grouped(number) });
    await open.press("Enter");
    await page.locator(".steps").waitFor();
    await expect_keyboard(page);
    const same = page.locator(".compare").getByRole("button", { name: "同じ人" }).first();
    await same.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    const stops = await walk(page);
    expect(stops.length).toBeGreaterThan(2);
    expect_visible(stops);
    expect_in_order(stops, "one column");
    await page.keyboard.press("Escape");
    await expect.poll(() => same.evaluate((one) => one === document.activeElement)).toBe(true);
  });

  test("the same in English", async () => {
    const page = await come(other);
    await log_in_at_window(page, "en");
    await page.getByRole("heading", { name: "Today’s list" }).waitFor();
    await page.locator("tbody tr").first().waitFor();
    await expect_shown("window-day-en");
    await open_case(page, number);
    await page.getByRole("button", { name: "Same person" }).first().waitFor();
    await expect_shown("window-case-en");
  });

  test("whoever may decide signs, for each register, and the card goes on", async () => {
    const page = await come(other);
    await log_in_at_window(page);
    await open_case(page, number);
    const same = page.locator(".compare").getByRole("button", { name: "同じ人" });
    const write = page.getByRole("button", { name: "カードに書き込む" });
    // The registers confirm, and the page sees it by itself.
    const next = () => same.or(write).first().waitFor({ timeout: 30_000 });
    let decided = 0;
    for (await next(); (await same.count()) > 0; await next()) {
      await same.first().click();
      const dialog = page.getByRole("dialog");
      expect(await dialog.locator(".document").innerText()).toContain("厚労[U+E0100] 次郎");
      await dialog.getByRole("button", { name: "カードの画面に進む" }).click();
      await sign_document(page, { name: decided === 0 ? "agent-sign" : undefined });
      await page.getByText("決定を記録しました").waitFor();
      ++decided;
    }
    expect(decided).toBe(application().claims.length);
    await picture(page, "window-decided");
  }, 180_000); // a signature at the agent for each register
});

// ①: whoever is invited gets a letter.
describe("an invitation", () => {
  each_test_has_a_visit();

  test("of a batch is printed, a letter for each person", async () => {
    const file = `${root}/run/invite.json`;
    const invited = { ...application(), claims: [] }; // of whom no number is known yet
    writeFileSync(file, JSON.stringify({ people: [invited, invited] }));
    const words = ["issue", "--clerk", clerk, "--pin", "1234", "--json", "invite", file];
    const { cases } = JSON.parse(cli(...words)) as { cases: { number: string }[] };
    const page = await come(clerk);
    await log_in_at_window(page);
    await page.getByRole("button", { name: "申請の案内状を印刷する" }).click();
    await page.getByRole("button", { name: "案内状を作る" }).click();
    await page.getByText("案内状2通（案内した2人のうち）").waitFor();
    const letters = await page.locator(".letter").allInnerTexts();
    expect(letters.length).toBe(cases.length);
    cases.forEach(({ number: of }, i) => expect(letters[i]).toContain(grouped(of)));
    expect(letters[0]).toMatch(/コウロウ ジロウ\s+厚労 次郎/);
    await expect_shown("window-letters-ja");
    for (const { number: of } of cases) {
      cli("issue", "--clerk", clerk, "--pin", "1234", "cancel", of, "test");
    }
  });
});

// 次郎 has applied already; of the other nobody's number is there.
describe("people of a file", () => {
  each_test_has_a_visit();

  test("are invited at the window, but for whoever is known", async () => {
    const page = await come(clerk);
    await log_in_at_window(page);
    await page.getByRole("button", { name: "ファイルの人をまとめて案内する" }).click();
    const people = [application(), { ...application(), claims: [] }];
    const buffer = Buffer.from(JSON.stringify({ people }));
    const field = page.getByLabel("案内する人のファイル");
    await field.setInputFiles({ name: "invite.json", mimeType: "application/json", buffer });
    await expect_shown("window-invite-ja");
    await page.getByRole("button", { name: "ファイルを見直す" }).click();
    await expect_shown("window-invite-review-ja");
    await page.getByRole("button", { name: "この人たちを案内する" }).click();
    await page.getByRole("heading", { name: "1人を案内しました。" }).waitFor();
    expect(await page.locator(".warning + ul").innerText()).toBe("1人目（厚労 次郎）");
    await expect_shown("window-invited-ja");
    await page.getByRole("button", { name: "この人たちの案内状を作る" }).click();
    const letter = page.locator(".letter");
    await letter.waitFor();
    const of = (await letter.locator(".big").innerText()).replace(/ /g, "");
    cli("issue", "--clerk", clerk, "--pin", "1234", "cancel", of, "test");
  });
});

describe("a clerk's day", () => {
  tests_share_a_visit(clerk);

  test("a card", async () => {
    const { page } = own;
    await log_in_at_window(page);
    await open_case(page, number);
    await write_card(page, card);
  });

  test("handed over, and a slip", async () => {
    const { page } = own;
    for (const box of await page.getByRole("checkbox").all()) await box.check();
    await page.getByRole("button", { name: "カードを渡したと登録する" }).click();
    await page.getByText("すべて終わりました。").waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "受付票を見る" }).click();
    const slip = page.locator(".slip");
    await slip.getByText("停止コード", { exact: true }).waitFor();
    expect(await slip.innerText()).toContain(`${window_page}stop を開き`);
    expect(await slip.innerText()).toContain(
      "A市役所市民課 050-0000-0011、発行センター 050-0000-0000",
    );
    await expect_shown("window-slip-ja");
    await expect_keyboard(page);
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

// Four eyes: whoever has opened it does not approve it.
describe("a new PIN", () => {
  each_test_has_a_visit();
  let unlock = "";

  test("asked for by one clerk, who may not approve it", async () => {
    const page = await come(clerk);
    await log_in_at_window(page);
    await page.getByRole("button", { name: "人をさがす" }).click();
    await page.fill("#search-number", number);
    await page.keyboard.press("Enter");
    await page.locator(".known").waitFor();
    await page.getByRole("button", { name: "暗証番号を再設定する" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.locator("#use-authentication").check();
    await dialog.getByRole("button", { name: "暗証番号を再設定する" }).click();
    await page.getByText("別の職員の承認を待ちます").waitFor();
    unlock = (await page.locator(".case-number").innerText()).replace(/ /g, "");
    await page.getByText("承認するのは、承認の役割がある別の職員です。").waitFor();
    expect(await page.getByRole("button", { name: "承認する" }).count()).toBe(0);
  });

  test("approved by another, who has no hand in the card", async () => {
    const page = await come(other);
    await log_in_at_window(page);
    await open_case(page, unlock);
    await page.getByRole("button", { name: "承認する" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "承認する" }).click();
    await page.getByText("カードを作ることと渡すことは、別の職員がします。").waitFor();
    expect(await page.getByRole("button", { name: "新しい暗証番号を設定する" }).count()).toBe(0);
    await picture(page, "window-approved");
  });

  test("and set by the person, with the first one", async () => {
    const page = await come(clerk);
    await log_in_at_window(page);
    await open_case(page, unlock);
    const begin = page.getByRole("button", { name: "新しい暗証番号を設定する" });
    await begin.waitFor({ timeout: 30_000 });
    cli("card", "insert", card, "--reader", "1");
    await begin.click();
    await choose_pins(page);
    await page.getByText("本人が新しい暗証番号を設定しました。").first().waitFor();
    await picture(page, "window-unlocked");
  });
});

// At home, with the card that there is: what counts as near its end is the configuration's.
// Of somebody whom registers write as the application did, and who is nobody in other tests.
const at_home = "kikin";
describe("a renewal", () => {
  tests_share_a_visit(clerk);
  beforeAll(() => renew_from(1830));
  afterAll(renew_as_before);

  // Each page in each language; Japanese in the end.
  async function expect_renew_page(name: string): Promise<void> {
    for (const language of [...languages].reverse()) {
      const reply = (await own.page.goto(`${window_page}renew?lang=${language}`))!;
      await expect_page(await reply.text(), `${name}-${language}`);
    }
  }

  test("can be asked for", async () => {
    const { page } = own;
    cli("card", "remove");
    cli("card", "insert", at_home);
    const ask = () => page.request.get(`${window_page}stop`).then((reply) => reply.ok());
    await expect.poll(() => ask().catch(() => false), { timeout: 20_000 }).toBe(true);
    await page.goto(`${window_page}renew?lang=ja`);
    await page.click("form[action='/login'] button");
    await page.fill("#pin", "1234");
    await page.click("main button");
    await page.getByRole("button", { name: "更新を申し込む" }).waitFor();
    await expect_renew_page("renew-begin");
  });

  test("is signed with the keys that there are", async () => {
    const { page } = own;
    await page.getByRole("button", { name: "更新を申し込む" }).click();
    await page.getByRole("button", { name: "カードで署名する" }).waitFor();
    await expect_page(await page.content(), "renew-sign-ja");
    await page.getByRole("button", { name: "カードで署名する" }).click();
    const back = `${window_page}renew`;
    await sign_document(page, { password: "ABC123", back });
    const write = page.getByRole("button", { name: "カードに書き込む" });
    for (let i = 0; i < 50 && (await write.count()) === 0; ++i) await page.reload();
    await expect_renew_page("renew-write");
  });

  test("is written into the same card", async () => {
    const { page } = own;
    await page.getByRole("button", { name: "カードに書き込む" }).click();
    await choose_pins(page, { back: `${window_page}renew/written?card=done` });
    await expect_page(await (await page.reload())!.text(), "renew-written-ja");
  });
});
