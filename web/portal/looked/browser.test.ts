// The page as a person meets it: in a browser, under the portal's own headers, in each language, by
// keyboard, at 320 CSS pixels, and with a relay that lies.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TestBrowser, expect_accessible, saved } from "../../shared/test_browser";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("portal/looked/harness.tsx", "あなたの記録を見た人");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

const open = (query = "", width = 1280) => browser.open(query, width);
const compared = (page: Page) => page.getByText("食い違いはありませんでした").waitFor();
const shown = (page: Page) => page.getByText(/件を表示しています/).textContent();

test("the list is confirmed, and compared by itself when nobody ever did", async () => {
  const page = await open();
  await page.getByRole("heading", { name: "確認できました（改ざんなし）" }).waitFor();
  await compared(page);
  expect(await shown(page)).toBe("7件を表示しています（全部で9件。自分で見た2件は隠しています）。");
  expect(await page.title()).toBe("7件　あなたの記録を見た人 – マイページ");
  await page.getByText("何を確かめたか").click();
  expect(await page.getByText("1から9まで、抜けずに続いています").isVisible()).toBe(true);
  const rows = await page.getByRole("row").allTextContents();
  expect(rows.slice(1).map((row) => row.includes("いま照合しました"))).toEqual([true, true]);
});

// What the relay was told is opened, and what it holds is what follows from that.
test.each([
  ["ja", "紐付け：基礎年金番号 1234567890", "番号1件とカード1件"],
  ["en", "linked: basic pension number 1234567890", "(1 number, 1 card)"],
  ["easy", "つないだ", "1こ、カード 1こ"],
])("what was linked stands in its entry (%s)", async (language, told, held) => {
  const page = await open(`told&language=${language}`, 320);
  await page.getByText(held).waitFor();
  const entry = page.locator(".look", { hasText: told });
  await entry.locator("summary").click();
  expect(await entry.getByText(told).isVisible()).toBe(true);
  await expect_accessible(page, 320);
});

test("a card that nobody registered is an alarm, and says what to do", async () => {
  const page = await open("behind", 320);
  await page.getByRole("heading", { name: "記録が合いません" }).waitFor();
  await page.getByText("すぐに市町村の窓口で止めてもらってください。").waitFor();
  expect(await page.getByText("確認できました（改ざんなし）").count()).toBe(0);
  await expect_accessible(page, 320);
});

test("a relay that does not show what it was told", async () => {
  const page = await open("untold");
  await page.getByText("届出の内容を示さない記録があります").waitFor();
  expect(await page.getByText("確認できました（改ざんなし）").count()).toBe(0);
});

test("on paper everything is unfolded, and nothing is there to press", async () => {
  const page = await open();
  await compared(page);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  const left = () =>
    page.evaluate(() => {
      const all = [...document.querySelectorAll(".looked :is(button, select, input, summary)")];
      return all.filter((one) => one.checkVisibility()).length;
    });
  await expect.poll(() => page.locator(".look details[open]").count()).toBe(7);
  expect(await left()).toBe(0);
});

test("filters", async () => {
  const page = await open();
  await compared(page);
  await page.getByLabel("自分で見たものを隠す").uncheck();
  expect(await shown(page)).toBe("9件を表示しています（全部で9件）。");
  await page.getByLabel("見た機関").selectOption({ label: "ひだまり訪問介護ステーション" });
  expect(await shown(page)).toBe("2件を表示しています（全部で9件）。");
  await page.getByLabel("期間").selectOption({ label: "日付を指定する" });
  await page.getByLabel("最後の日").fill("2020-01-01");
  await page.getByText("条件に合う記録はありません。").waitFor();
  await page.getByLabel("まとめ方").selectOption({ label: "月ごとにまとめる" });
});

test("what is empty only because own looks are hidden says so", async () => {
  const page = await open();
  await compared(page);
  const own = await page.getByLabel("見た機関").locator("option").allTextContents();
  await page.getByLabel("見た機関").selectOption({ label: own.find((name) => /マイ/.test(name))! });
  await page.getByText("条件に合う2件は、どれも自分で見たものなので、隠しています。").waitFor();
  await page.getByRole("button", { name: "自分で見たものも表示する" }).click();
  expect(await shown(page)).toBe("2件を表示しています（全部で9件）。");
  expect(await page.getByLabel("自分で見たものを隠す").isChecked()).toBe(false);
});

// The test's relay always keeps 「？」: anything else was asked after it.
test.each([
  ["？", "質問を送りました。"],
  ["この日は受診していません。", "この照会には、前に質問していました。"],
])("a question, by keyboard: %s", async (text, became) => {
  const page = await open();
  await compared(page);
  await page
    .getByText(/^くわしく（番号1 /)
    .locator("..")
    .focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /質問する.*番号1）/ }).focus();
  await page.keyboard.press("Enter");
  const field = page.getByLabel("質問の文（2000字まで）");
  await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("2000字以内で入力してください").waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  // Nothing is cut off in silence, and nothing too long is sent.
  await field.fill("あ".repeat(1999));
  await page.getByText("あと1文字").waitFor();
  await field.fill("あ".repeat(2001));
  await page.getByText("1文字多すぎます。").waitFor();
  await page.getByRole("button", { name: "質問を送る" }).click();
  expect(await field.inputValue()).toHaveLength(2001);
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  await field.fill(text);
  await page.getByRole("button", { name: "質問を送る" }).click();
  await page.getByRole("heading", { name: "番号1（花みずき内科クリニック）について" }).waitFor();
  expect(await page.getByText(/^回答の期限：/).count()).toBe(2);
  // The form is gone: the focus is on what became of it.
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await expect.poll(focused).toContain(became);
});

test("what can be kept", async () => {
  const page = await open();
  await compared(page);
  const csv = await saved(page, "表計算用に保存する（CSV）");
  expect(csv.startsWith('\ufeff"番号"')).toBe(true);
  expect(csv.split("\r\n")).toHaveLength(9);
  expect(JSON.parse(await saved(page, "データとして保存する（JSON）")).entries).toHaveLength(7);
  await page
    .getByText(/^くわしく（番号2 /)
    .locator("..")
    .click();
  const proof = await saved(page, /証明のファイルを保存する.*番号2）/);
  expect(proof.startsWith("c2sp.org/tlog-proof@v1\nextra ")).toBe(true);
});

test("a relay that hides an entry is found out, and the evidence can be taken along", async () => {
  const page = await open("hide");
  const alarm = page.getByRole("alert");
  await alarm.getByRole("heading", { name: "記録が合いません" }).waitFor();
  expect(await alarm.textContent()).toContain(
    "ひだまり訪問介護ステーションから照会を受けたと、A市介護保険は記録しています。",
  );
  expect(await page.getByText("確認できました").count()).toBe(0);
  const evidence = JSON.parse(await saved(page, "証拠のファイルを保存する"));
  expect(evidence.findings).toHaveLength(1);
  expect(evidence.holders).toHaveLength(1);
});

test("a list that does not fit is not shown", async () => {
  const page = await open("bad");
  await page.getByRole("heading", { name: "一覧を確かめられませんでした" }).waitFor();
  expect(await page.getByText("花みずき内科クリニック").count()).toBe(0);
  const evidence = JSON.parse(await saved(page, "証拠のファイルを保存する"));
  expect(evidence.list).toHaveLength(1);
});

test("a list that does not fit when it comes with the comparison", async () => {
  const page = await open("bad_later");
  await page.getByRole("heading", { name: "一覧を確かめられませんでした" }).waitFor();
  expect(await page.getByText("確認できました").count()).toBe(0);
  const evidence = JSON.parse(await saved(page, "証拠のファイルを保存する"));
  expect([evidence.list.length, evidence.before.length]).toEqual([1, 1]);
});

test("an answer with a forged receipt is shown as such, with what was signed", async () => {
  const page = await open("forged");
  const alarm = page.getByRole("alert");
  await alarm.getByRole("heading", { name: "記録が合いません" }).waitFor();
  expect(await alarm.textContent()).toContain("介護保険の保険者から届いた回答が、正しいと");
  expect(await page.getByText("確認できました").count()).toBe(0);
  const evidence = JSON.parse(await saved(page, "証拠のファイルを保存する"));
  expect(evidence.lies).toHaveLength(2);
  expect(evidence.lies[0].signed.receipt.checkpoint).toContain("log.example/2026");
});

test("without witnesses nothing is called confirmed", async () => {
  const page = await open("unwitnessed", 320);
  const unsure = page.getByRole("status").filter({ hasText: "まだ確認できません" });
  await unsure.getByText(/^\d件が、10分を過ぎても立会人に確認されていません/).waitFor();
  expect(await page.getByText("改ざんなし").count()).toBe(0);
  const evidence = JSON.parse(await saved(page, "証拠のファイルを保存する"));
  expect(evidence).toMatchObject({ why: { code: "unwitnessed" }, witnessed_size: 0 });
  await expect_accessible(page, 320);
}, 120_000);

test("by somebody's mere word nothing is called false", async () => {
  const page = await open("only_said");
  await page.getByText("いまは一覧を読み込めません。").waitFor();
  expect(await page.getByText("確かめられませんでした").count()).toBe(0);
});

// What staff read where they work is no entry: the issuing centre says it when it is asked.
test.each([
  ["ja", 1280, ["A市", "あなたの記録を開いて"], "これより古い記録もあります。"],
  ["en", 320, ["A市", "opened your record"], "There are older ones."],
  ["easy", 320, ["A市", "ひらいて"], "もっと"],
])("staff's own looks are shown when they are asked for (%s)", async (...row) => {
  const [language, width, first, more] = row;
  const page = await open(`staff=7&language=${language}`, width);
  const part = page.locator("section[aria-labelledby=staff-name]");
  await part.getByRole("button").click();
  await part.locator("caption, .data-table").first().waitFor();
  const text = (await part.textContent())!;
  for (const word of first) expect(text).toContain(word);
  expect(text).toContain(more);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("staff-progress");
  await expect_accessible(page, width);
});

test("nobody of the staff has looked", async () => {
  const page = await open("staff=0");
  await page.getByRole("button", { name: "取り寄せて見る" }).click();
  await page.getByText("見た職員はいません").waitFor();
});

test("a holder that is silent is named as such", async () => {
  const page = await open("silent");
  await page.getByText("照合できなかったところがあります").waitFor();
  expect(await page.getByText("介護保険の保険者").isVisible()).toBe(true);
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
    await page.locator(".look").first().waitFor();
    await expect.poll(() => page.locator(".compare [aria-disabled=true]").count()).toBe(0);
    await expect_accessible(page, width);
  },
  120_000,
);
