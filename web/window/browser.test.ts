// The window as a clerk meets it: with the keyboard, on a narrow screen, in two languages; what is
// sent, and where the focus goes.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Mutable } from "../shared/test_country";
import {
  TestBrowser,
  expect_accessible,
  expect_nothing_of_axe,
  saved,
} from "../shared/test_browser";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("window/harness.tsx", "発行窓口");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

const open = (query = "", width = 1280) => browser.open(query, width);

async function open_case(number: string, query = "", width = 1280): Promise<Page> {
  const page = await open(query, width);
  await page.getByRole("button", { name: number }).click();
  await page.locator(".steps").waitFor();
  return page;
}

// What the page asked last of that path.
function asked(page: Page, path: string): Promise<Mutable> {
  return page.evaluate((wanted) => {
    const { office } = window as unknown as Mutable;
    return office.asked.findLast(([one]: [string]) => one === wanted)?.[1];
  }, path);
}
function change(page: Page, how: (office: Mutable) => void): Promise<void> {
  return page.evaluate(`(${how.toString()})(window.office)`) as Promise<void>;
}
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");
const focused_id = (page: Page) => page.evaluate(() => document.activeElement?.id ?? "");

test("the day: for whom, since when, until when; late ones in words", async () => {
  const page = await open();
  const row = page.locator("tbody tr").first();
  await row.waitFor();
  expect(await row.innerText()).toMatch(/1000 0000 0009\s+葛.?.?城 髙子/u);
  expect(await row.innerText()).toContain("⑤ 登録簿とのちがいを片づける");
  expect(await row.innerText()).toContain("2026年11月24日（4日目）");
  expect(await row.innerText()).toContain("2026年11月26日（1日過ぎています）");
  await page.getByLabel("期限を過ぎたもの（1件）").check();
  await expect.poll(() => page.locator("tbody tr").count()).toBe(1);
});

test("the day: last night was yesterday, and what is due today is not late", async () => {
  const page = await open();
  const row = page.locator("tbody tr").first();
  await row.waitFor();
  await change(page, (office) => {
    const hours = 3_600;
    const [todo] = office.cases[0].todo;
    Object.assign(todo, { since: office.now - 13 * hours, until: office.now - hours, late: true });
  });
  await page.locator(".as-of button").click();
  await page.getByText("2026年11月27日（今日まで）").first().waitFor();
  expect(await row.innerText()).toContain("2026年11月26日（2日目）");
  expect(await page.getByLabel("期限を過ぎたもの（0件）").count()).toBe(1);
});

test("the day: what is left out of it is said", async () => {
  const page = await open("language=en");
  await page.locator("tbody tr").first().waitFor();
  expect(await page.getByText("The others are found").count()).toBe(0);
  await change(page, (office) => {
    office.left_out = { more: true, unreadable: 1 };
  });
  await page.locator(".as-of button").click();
  await page.getByText(/Only the \d+ that wait longest are listed/).waitFor();
  await page.getByText("1 application could not be read and is not listed.").waitFor();
});

test("neither address, title, history nor storage know a number or a name", async () => {
  const page = await open_case("1000 0000 0009");
  const known = await page.evaluate(() =>
    JSON.stringify([
      ...[location.href, document.title, history.state],
      ...[{ ...localStorage }, { ...sessionStorage }, document.cookie],
    ]),
  );
  expect(known).not.toMatch(/1000 ?0000|城|髙|06990014/);
  expect(await page.title()).toBe("受付 – 発行窓口");
  await page.goBack();
  await page.getByRole("heading", { name: "今日の一覧" }).waitFor();
  await page.goForward();
  await page.getByRole("heading", { name: "1000 0000 0009" }).waitFor();
  expect(await focused(page)).toContain("1000 0000 0009");
});

test("steps: what is done, what waits for whom since when", async () => {
  const page = await open_case("1000 0000 0009");
  const now = page.locator('.steps [aria-current="step"]');
  expect(await now.innerText()).toMatch(/③④⑤ 登録簿への確認\s+オンライン\s+担当：登録簿を持つところ\s+いまここ/);
  expect(await now.innerText()).toContain("職員：登録簿とのちがいを片づける");
  const done = page.locator(".steps li", { hasText: "② 申請" });
  expect(await done.innerText()).toMatch(/窓口で対面\s+担当：本人\s+済み（2026年11月24日）/);
});

test("what differs is marked and told, a selector with its character", async () => {
  const page = await open_case("1000 0000 0009");
  const name = page.locator(".attribute").first();
  expect(await name.locator("mark").count()).toBe(4);
  expect(await name.locator("mark").first().textContent()).toBe("ちがい始め葛\u{e0100}ちがい終わり");
  const words = await name.innerText();
  expect(words).toContain("（U+845B U+E0100）、登録簿は「葛」（U+845B）");
  expect(words).toContain("異体字セレクタ");
});

const handed = (page: Page) =>
  page.evaluate(() => (window as unknown as Mutable).office.handed as Mutable[]);
async function decide_by_keyboard(page: Page): Promise<void> {
  await page.getByRole("button", { name: "同じ人" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  expect(await focused(page)).toBe("同じ人と決めますか");
  await page.keyboard.press("Tab"); // the text, which may have to be scrolled
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
}

test("a decision goes to the agent as the clerk has read it, by keyboard alone", async () => {
  const page = await open_case("1000 0000 0009");
  await decide_by_keyboard(page);
  await expect.poll(async () => (await handed(page)).length).toBe(1);
  expect(await asked(page, "/cases/decide")).toEqual({
    ...{ number: "100000000009", claim: 1, same_person: true },
  });
  const [what] = await handed(page);
  expect(what!.agent).toBe("http://127.0.0.1:7454/sign");
  expect(what!.form.document).toContain("氏名、申請: 葛[U+E0100]城 髙子\n");
  expect(await asked(page, "/cases/act")).toBeUndefined();
});

test("another text than the one shown is not handed on", async () => {
  const page = await open_case("1000 0000 0009");
  await change(page, (office) => void (office.form = { document: "決定: 別の人である" }));
  await decide_by_keyboard(page);
  await page.getByText("署名する文がちがいます").waitFor();
  expect(await handed(page)).toEqual([]);
});

test("a clerk who may not decide is told so", async () => {
  const page = await open_case("1000 0000 0009", "roles=window");
  const same = page.getByRole("button", { name: "同じ人" });
  expect(await same.isDisabled()).toBe(true);
  const described = await same.getAttribute("aria-describedby");
  expect(await page.locator(`#${described}`).textContent()).toContain("役割");
});

test("what the issuing centre refuses is said beside the buttons", async () => {
  const page = await open_case("1000 0000 0009");
  await change(page, (office) => {
    office.refuses = [403, "application/problem+json", '{"code":"not_allowed"}'];
  });
  await decide_by_keyboard(page);
  await page.locator(".compare").getByRole("alert").waitFor();
  expect(await handed(page)).toEqual([]);
});

test("back from the agent: the case, and what became of it", async () => {
  const page = await open("back=decided");
  await page.getByRole("heading", { name: "1000 0000 0009" }).waitFor();
  await page.getByText("決定を記録しました").waitFor();
  const known = await page.evaluate(() =>
    JSON.stringify([document.title, history.state, { ...sessionStorage }, { ...localStorage }]),
  );
  expect(known).not.toMatch(/1000 ?0000|城/);
  await page.goBack();
  await page.getByRole("heading", { name: "今日の一覧" }).waitFor();
});

test.each([
  ["cancelled", "カードの画面で取りやめました"],
  ["not_valid", "お願いした文書のものではありません"],
  ["other_card", "署名をお願いした人のカードではありません"],
  ["stopped", "いま使えません"],
  ["unavailable", "確かめられませんでした"],
  ["changed", "この受付の状態が変わりました"],
])("back from the agent with %s nothing is recorded, and why is said", async (outcome, words) => {
  const page = await open(`back=${outcome}`);
  await page.getByRole("heading", { name: "1000 0000 0009" }).waitFor();
  await page.getByText(words).waitFor();
  await page.getByRole("button", { name: "同じ人" }).waitFor();
});

test("a supervisor reads who it was, and answers once", async () => {
  const page = await open("roles=window+supervisor");
  await change(page, (office) => {
    office.questions = [
      {
        ...{ id: "q1", asked_at: office.now, deadline: office.now + 30 * 86_400, text: "なぜ？" },
        ...{ request: { at: office.now, service: "existence" }, number: "100000000009" },
        operator: "佐藤",
      },
    ];
  });
  await page.getByRole("button", { name: "質問と答え" }).click();
  await page.getByText("佐藤").waitFor();
  expect(await page.locator(".questions").innerText()).toContain("1000 0000 0009");
  await page.getByLabel("答え").fill("カードを作るためです。");
  await expect_nothing_of_axe(page);
  await page.getByRole("button", { name: "答えを送る" }).click();
  await page.getByText("に答えました").waitFor();
  expect(await asked(page, "/questions/answer")).toEqual({
    ...{ id: "q1", text: "カードを作るためです。" },
  });
});

test("others are not offered the questions", async () => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  expect(await page.getByRole("button", { name: "質問と答え" }).count()).toBe(0);
});

test("Esc leaves a question, and the focus goes back to its button", async () => {
  const page = await open_case("2000 0000 0006");
  const correct = page.getByRole("button", { name: /^番号を直す\s*（医療保険の登録簿）/ });
  await correct.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  expect(await focused(page)).toContain("番号を直す");
});

test("a corrected number: a wrong check digit is told before it is sent", async () => {
  const page = await open_case("2000 0000 0006");
  await page.getByRole("button", { name: /^番号を直す\s*（医療保険の登録簿）/ }).click();
  await page.getByLabel("保険者番号").fill("06990015");
  await page.getByRole("button", { name: "この番号で確かめる" }).click();
  await page.getByRole("link", { name: /保険者番号の検査数字が合いません/ }).click();
  expect(await focused_id(page)).toBe("correct-1-insurer");
  await page.getByLabel("保険者番号").fill("０６９９-００１４");
  await page.keyboard.press("Enter");
  await page.getByText("番号を直しました").waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({
    ...{ what: "corrected", claim: 1 },
    number: {
      scheme: "insured-number",
      fields: { insurer: "06990014", symbol: "35", number: "2210", branch: "00" },
    },
  });
});

test("asked again, taken out; a resident's number is not", async () => {
  const page = await open_case("2000 0000 0006");
  await page.getByRole("button", { name: /^もう一度頼む\s*（年金の登録簿）/ }).click();
  await page.getByText("もう一度頼みました。").first().waitFor();
  const order = { kind: "confirm", item: 2 };
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "try_again", order });
  await page.getByRole("button", { name: /^申請から外す\s*（医療保険の登録簿）/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "申請から外す" }).click();
  await page.getByText("申請から外しました。").first().waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "taken_out", claim: 1 });
  expect(await page.getByRole("button", { name: /住民票の登録簿/ }).count()).toBe(0);
});

test("an application: mistakes first, then looked through, then sent", async () => {
  const page = await open();
  await page.getByRole("button", { name: "新しい申請を受け付ける" }).click();
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("link", { name: "氏名を入力してください。" }).waitFor();
  expect(await focused(page)).toContain("次のところを直してください。");
  await page.getByLabel("氏名", { exact: true }).fill("厚労 花子");
  await page.getByLabel("読み", { exact: true }).fill("コウロウ ハナコ");
  await page.getByLabel("生年月日").fill("S61.5.1");
  await page.getByText("1986年5月1日", { exact: true }).waitFor();
  await page.getByLabel("女", { exact: true }).check();
  await page.getByLabel("住所").fill("九十九県A市上山1-2-3");
  await page.locator("#apply-resident-municipality").fill("131016");
  await page.locator("#apply-resident-number").fill("12345678903");
  await page.getByLabel("医療保険がない").check();
  await page.locator("#apply-pension-number").fill("9990-104218");
  const another = page.getByRole("button", { name: "もう一つの公費負担を入力する" });
  expect(await another.count()).toBe(0);
  await page.locator("#apply-public-expense-payer").fill("88990015");
  await page.locator("#apply-public-expense-number").fill("999-9962");
  await another.click();
  const second = "apply-public-expense-2-number";
  await page.locator("#apply-public-expense-2-payer").fill("88990015");
  await page.locator(`#${second}`).fill("999-9962");
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("link", { name: /同じ番号が二つあります/ }).waitFor();
  await page.locator("#apply-public-expense-2-payer").fill("12990016");
  await page.locator(`#${second}`).fill("");
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("link", { name: /受給者番号/ }).click();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe(second);
  await page.locator(`#${second}`).fill("9999970");
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("button", { name: "申請する", exact: true }).click();
  await page.getByText("申請を受け付けました。").first().waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({
    what: "applied",
    person: {
      ...{ name: "厚労 花子", kana: "コウロウ ハナコ", sex: "female" },
      ...{ address: "九十九県A市上山1-2-3", birth_date: "1986-05-01" },
    },
    claims: [
      {
        role: "resident",
        number: {
          scheme: "resident-number",
          fields: { municipality: "131016", number: "12345678903" },
        },
      },
      {
        role: "pension",
        number: { scheme: "basic-pension-number", fields: { number: "9990104218" } },
      },
      {
        role: "public-expense",
        number: { scheme: "subsidy-number", fields: { payer: "88990015", number: "9999962" } },
      },
      {
        role: "public-expense",
        number: { scheme: "subsidy-number", fields: { payer: "12990016", number: "9999970" } },
      },
    ],
    signing: false,
  });
});

test("handed over when all is ticked; then the slip has the health-care number", async () => {
  const page = await open_case("4000 0000 0000");
  await page.getByRole("button", { name: "カードを渡したと登録する" }).click();
  expect(await page.locator(".mistake li").count()).toBe(3);
  for (const box of await page.getByRole("checkbox").all()) await box.check();
  await change(page, (office) => {
    office.after = (one: Mutable) => {
      one.health_care_number = "621874998319";
      one.todo = [];
    };
  });
  await page.getByRole("button", { name: "カードを渡したと登録する" }).click();
  await page.getByText("交付を登録しました").waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "handed_over" });
  await page.getByRole("button", { name: "受付票を見る・印刷する" }).click();
  await page.getByText("6218 7499 8319").waitFor();
  await page.getByText("ロク ニ イチ ハチ、ナナ ヨン キュー キュー").waitFor();
  await page.emulateMedia({ media: "print" });
  expect(await page.getByRole("button", { name: "印刷する" }).isVisible()).toBe(false);
  expect(await page.getByText("保健医療番号").first().isVisible()).toBe(true);
});

// Another health-care number, and a newborn on paper: no PIN was set, and no card is there.
test.each([
  ["number", undefined, "前の保健医療番号と", true],
  ["birth", { relation: "長女", card: false }, "保健医療番号の使い方を説明した", false],
])("handed over without a card: %s", async (kind, newborn, told, has_code) => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  await page.evaluate(
    ([kind, newborn]) => {
      const { office } = window as unknown as Mutable;
      Object.assign(office.cases[3], { kind, ...(newborn && { newborn }) });
      office.after = (one: Mutable) => {
        Object.assign(one, { health_care_number: "621874998319", todo: [] });
        Object.assign(one, { stop_code: "123456789016" });
        one.lines.push({ what: "handed_over", at: office.now, clerk: "佐藤" });
      };
    },
    [kind, newborn] as const,
  );
  await page.getByRole("button", { name: "4000 0000 0000" }).click();
  await page.locator(".todo").getByText("番号の載った受付票を受け取る").waitFor();
  const form = page.locator(".hand-over");
  expect(await form.innerText()).not.toMatch(/暗証番号|カードを渡/);
  expect(await form.innerText()).toContain(told);
  expect(await page.getByRole("checkbox").count()).toBe(2);
  await page.locator(".bar button").first().click();
  await page.locator(".slip").getByText("受付票を受け取りにおいでください").waitFor();
  await page.getByRole("button", { name: "申請に戻る" }).click();
  for (const box of await page.getByRole("checkbox").all()) await box.check();
  await page.getByRole("button", { name: "番号の載った受付票を渡すと登録する" }).click();
  await page.locator("[role=status]").getByText("受付票を印刷して渡してください").waitFor();
  await page.locator("details.data summary").last().click();
  await page.getByText("番号の載った受付票を渡しました。").waitFor();
  await page.locator(".bar button").first().click();
  await page.getByText("6218 7499 8319").waitFor();
  expect(await page.getByText("1234 5678 9016").count()).toBe(has_code ? 1 : 0);
  expect(await page.getByRole("button", { name: "新しい停止コードを出す" }).count()).toBe(0);
});

test("given up with a reason only", async () => {
  const page = await open_case("3000 0000 0003");
  await page.getByRole("button", { name: "この申請を取りやめる" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "この申請を取りやめる" }).click();
  await page.getByRole("link", { name: "理由を300字までで入力してください。" }).waitFor();
  await dialog.getByLabel("理由").fill("本人の申し出");
  await page.keyboard.press("Enter");
  await page.getByText("取りやめました。").first().waitFor();
  const happening = { what: "cancelled", reason: "本人の申し出" };
  expect((await asked(page, "/cases/act")).happening).toEqual(happening);
});

test("the card: to the agent, and back to the same case", async () => {
  const page = await open_case("3000 0000 0003");
  await page.getByRole("button", { name: "カードに書き込む" }).press("Enter");
  const left_for = () =>
    page.evaluate(() => (window as unknown as Mutable).office.left_for as string);
  await expect.poll(left_for).toMatch(/^http:\/\/127\.0\.0\.1:7453\/card\?/);
  expect(await left_for()).not.toContain("300000000003");
  expect(await asked(page, "/cases/card")).toEqual({ number: "300000000003" });
  const back = await open("returned=300000000003");
  await back.locator(".steps").waitFor();
  expect(await back.locator(".case-number").textContent()).toBe("3000 0000 0003");
  await back.getByRole("button", { name: "カードに書き込む" }).waitFor();
});

test("the card: why it cannot be written now", async () => {
  const page = await open_case("3000 0000 0003");
  await change(page, (office) => {
    office.refuses = [409, "text/plain", "too_early"];
  });
  browser.expect_complaint(/409/);
  await page.getByRole("button", { name: "カードに書き込む" }).click();
  await page.getByText("前の手順がまだ終わっていない").waitFor();
});

test("somebody else was first: it is said, and the case is shown as it is", async () => {
  const page = await open_case("4000 0000 0000");
  for (const box of await page.getByRole("checkbox").all()) await box.check();
  await change(page, (office) => {
    office.refuses = [409, "text/plain", "too_early"];
    office.cases[3].todo[0].step = "write";
    office.cases[3].todo[0].actor = "clerk";
  });
  browser.expect_complaint(/409/);
  await page.getByRole("button", { name: "カードを渡したと登録する" }).click();
  await page.getByText("前の手順がまだ終わっていない").waitFor();
  await page.getByRole("button", { name: "カードに書き込む" }).waitFor();
});

test("what programs do is seen without a reload, and said once", async () => {
  const page = await open_case("6000 0000 0004");
  await change(page, (office) => {
    const one = office.cases[5];
    one.changed_at += 5;
    one.claims[0].finding = "same";
    one.todo[0] = { ...one.todo[0], step: "link", actor: "relay", report: "⑧-1" };
    delete one.todo[0].claim;
    one.todo[0].order = { kind: "link", item: 0 };
  });
  await page.getByText("この申請が進みました。").waitFor({ timeout: 10_000 });
  expect(await page.locator(".todo").innerText()).toContain("中継センター：連携を登録する");
});

test("a register that is silent beyond its day is taken out, and not corrected", async () => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  await change(page, (office) => {
    const [one] = office.cases;
    one.claims[1].finding = "open";
    delete one.claims[1].writing;
    one.todo[0] = { ...one.todo[0], step: "confirm", actor: "register", report: "③④⑤" };
    one.todo[0].order = { kind: "confirm", item: 1 };
  });
  await page.getByRole("button", { name: "1000 0000 0009" }).click();
  const insurer = page.locator(".claim").nth(1);
  const take_out = insurer.getByRole("button", { name: "申請から外す" });
  await take_out.waitFor();
  expect(await insurer.getByRole("button").count()).toBe(1);
  await take_out.click();
  await page.getByRole("dialog").getByRole("button", { name: "申請から外す" }).click();
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "taken_out", claim: 1 });
});

test("a number that a clerk decided about: the register writes otherwise", async () => {
  const page = await open_case("6000 0000 0004");
  await change(page, (office) => {
    const one = office.cases[5];
    one.changed_at += 5;
    one.claims[0].finding = "same";
    one.lines.push({ what: "decided", claim: 0, same_person: true, at: one.changed_at });
  });
  await page.getByText("職員が同じ人と決めました。").waitFor({ timeout: 10_000 });
});

test("a former insurer's number: it had the person, and the one of now is missing", async () => {
  const page = await open();
  await change(page, (office) => {
    office.cases[1].claims[1].finding = "gone";
  });
  await page.getByRole("button", { name: "2000 0000 0006" }).click();
  await page.locator(".claim.gone").waitFor();
  const said = await page.locator(".claim.gone .finding").innerText();
  expect(said).toContain("この人は前にここにいましたが、いまはいません");
  expect(await page.locator(".claim.gone button").count()).toBe(2);
});

test("a number that was corrected after a decision is as the register writes it", async () => {
  const page = await open_case("6000 0000 0004");
  await change(page, (office) => {
    const one = office.cases[5];
    one.changed_at += 5;
    one.claims[0].finding = "same";
    one.lines.push({ what: "decided", claim: 0, same_person: true, at: one.changed_at });
    one.lines.push({ what: "corrected", claim: 0, at: one.changed_at });
  });
  await page.getByText("登録簿の書き方も同じです。").waitFor({ timeout: 10_000 });
});

test("a search by birth date and reading, and one that finds nothing", async () => {
  const page = await open();
  await page.getByRole("button", { name: "人をさがす" }).click();
  await page.getByLabel("生年月日").fill("昭和61年5月1日");
  await page.getByLabel("読み").fill("カツラギ タカコ");
  await page.keyboard.press("Enter");
  await page.getByText("1人見つかりました").waitFor();
  await expect.poll(() => focused_id(page)).toBe("found");
  const who = { birth_date: "1986-05-01", kana: "カツラギ タカコ" };
  expect(await asked(page, "/people/find")).toEqual(who);
  expect(await page.locator(".known tbody tr").count()).toBe(7);
  await page.getByLabel("番号（12桁）").fill("９０００ ００００ 0000");
  await page.keyboard.press("Enter");
  await page.getByText("見つかりません。").waitFor();
  expect(await asked(page, "/people/find")).toEqual({ number: "900000000000" });
  await page.getByLabel("保健医療番号").check();
  await page.getByLabel("番号（12桁）").fill("621874998319");
  await page.keyboard.press("Enter");
  const by = { health_care_number: "621874998319" };
  await expect.poll(() => asked(page, "/people/find")).toEqual(by);
});

// By keyboard alone, as somebody on the phone waits.
async function find_jiro(query = "", width = 1280): Promise<Page> {
  const page = await open(query, width);
  const search = page.getByRole("button", { name: /人をさがす|Find a person|ひとを さがす/ });
  await search.press("Enter");
  await page.locator("#search-born").fill("1990-02-03");
  await page.locator("#search-kana").fill("コウロウ ジロウ");
  await page.locator("#search-kana").press("Enter");
  await page.locator(".known").waitFor();
  return page;
}

test("a lost card: found by who it is, and stopped after a question", async () => {
  const page = await find_jiro("roles=hotline");
  const known = page.locator(".known");
  expect(await known.innerText()).toMatch(/利用者証明用 使えます\s+（2030年11月26日まで） 1枚目/);
  expect(await known.getByRole("button", { name: /^再発行する/ }).count()).toBe(0);
  await page.getByRole("button", { name: /^カードを止める/ }).press("Enter");
  await page.getByRole("dialog").waitFor();
  expect(await focused(page)).toBe("カードを止めますか");
  expect(await asked(page, "/cases/open")).toBeUndefined();
  await page.getByRole("dialog").getByRole("button", { name: "カードを止める" }).press("Enter");
  await page.getByText("カードを止めています。").waitFor();
  expect(await asked(page, "/cases/open")).toEqual({
    ...{ kind: "stop", person: "700000000001", reason: "lost" },
  });
  expect(await focused(page)).toContain("7000 0000 0001");
  expect(await page.locator(".steps").innerText()).toContain("済み（2026年11月27日）");
  // At a window only it can work again.
  await page.getByText("この受付の操作は、窓口の職員がします。").waitFor();
  const paths = await page.evaluate(() =>
    (window as unknown as Mutable).office.asked.map(([path]: [string]) => path),
  );
  expect(paths).not.toContain("/cases/day"); // nor anything else that a hotline may not ask
  expect(paths).not.toContain("/cases/returned");
  expect(await page.getByRole("button", { name: /見つかった/ }).count()).toBe(0);
});

test.each([
  [2, "すぐに、このシステムではこのカードを使えなくなります", "だれもこのカードを使えなくなります"],
  [1, "カードの発行元にも連絡して止めるよう", undefined],
  [0, "だれもこのカードを使えなくなります", "発行元"],
])("a stop of another authority's card: of two cards %i", async (foreign, said, not_said) => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  await page.evaluate((count) => {
    const { office } = window as unknown as Mutable;
    for (const card of office.cards.slice(0, count)) card.foreign = true;
  }, foreign);
  await page.getByRole("button", { name: "人をさがす" }).click();
  await page.locator("#search-number").fill("800000000004");
  await page.keyboard.press("Enter");
  await page.locator(".known").waitFor();
  const beside = page.locator(".known").getByText("カードの発行元にも連絡が要ります");
  expect(await beside.count()).toBe(foreign > 0 ? 1 : 0);
  // Whose PINs nobody here can set.
  const unlock = page.locator(".choices").getByRole("button", { name: /^暗証番号/ });
  expect(await unlock.count()).toBe(foreign === 2 ? 0 : 1);
  await page.getByRole("button", { name: /^カードを止める/ }).click();
  const dialog = await page.getByRole("dialog").innerText();
  expect(dialog).toContain(said);
  if (not_said !== undefined) expect(dialog).not.toContain(not_said);
});

// Its keys were made where the former ones were.
test("a renewal given up after its keys were made: only a replacement helps", async () => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  const make = (what: string) =>
    page.evaluate((what) => {
      const { office } = window as unknown as Mutable;
      const one = office.cases[3];
      one.kind = "renewal";
      one.lines = [
        ...one.lines.filter((line: Mutable) => line.what === "opened"),
        { what, at: office.now },
      ];
      office.after = (one: Mutable) => Object.assign(one, { cancelled: "本人の申し出", todo: [] });
    }, what);
  const give_up = async () => {
    await page.getByRole("button", { name: "4000 0000 0000" }).click();
    await page.getByRole("button", { name: "この申請を取りやめる" }).click();
    return page.getByRole("dialog").innerText();
  };
  await make("requested");
  expect(await give_up()).not.toContain("再発行");
  await page.keyboard.press("Escape");
  await page.locator(".work button").first().click();
  await make("keys_made");
  expect(await give_up()).toContain("このカードは使えず、再発行が要ります");
  await page.getByRole("dialog").getByLabel("理由").fill("本人の申し出");
  await page.keyboard.press("Enter");
  await page.locator(".warning").getByText("再発行してください").waitFor();
});

test("the slip of another authority's card says that it is stopped there, too", async () => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  await change(page, (office) => {
    const one = office.cases.find(({ kind }: Mutable) => kind === "existing");
    Object.assign(one, { health_care_number: "621874998319", stop_code: "123456789016" });
  });
  await page.getByRole("button", { name: "1700 0000 0008" }).click();
  await page.locator(".bar button").first().click();
  await page.locator(".slip").getByText("カードの発行元にも連絡して").waitFor();
  expect(await saved(page, /点字・音声用/)).toContain("カードの発行元にも連絡して");
});

// Whose card is in hand says which of them it is.
test.each([
  ["ja", "シリアル番号"],
  ["en", "serial number"],
  ["easy", "カードの ばんごう"],
])("a card has its chip's serial number beside it, in %s", async (language, label) => {
  const page = await open(`language=${language}`, 320);
  await page.locator(".data-table").first().waitFor();
  await change(page, (office) => {
    const [one, other] = office.cards;
    office.cards = [one, { ...other, card: 2, chip: "00ff" }, { ...other, card: 3 }];
    delete office.cards[2].chip; // of one that was taken on without it
  });
  await page.getByRole("button", { name: /^(人をさがす|Find a person|ひとを さがす)/ }).click();
  await page.locator("#search-number").fill("800000000004");
  await page.keyboard.press("Enter");
  await page.locator(".known").waitFor();
  const shown = await page.locator(".held li").allInnerTexts();
  expect(shown.length).toBe(3);
  expect(shown[0]).toContain(`${label} ${"0f2e".repeat(8)}`);
  expect(shown[1]).toMatch(new RegExp(`2[^]*${label} 00ff`));
  expect(shown[2]).not.toContain(label);
  await expect_accessible(page, 320);
});

test("who lives elsewhere: stopped here, moved here, and nothing else", async () => {
  const page = await open();
  await change(page, (office) => {
    office.elsewhere = "992011";
    const one = office.cases.find(({ number }: Mutable) => number === "100000000009");
    one.elsewhere = "992011";
  });
  await page.getByRole("button", { name: "人をさがす" }).click();
  await page.getByLabel("番号（12桁）").fill("800000000004");
  await page.keyboard.press("Enter");
  await page.getByText("A市に住む人です。").waitFor();
  const begun = await page.locator(".known .first button, .known .choices button").allInnerTexts();
  expect(begun.map((text) => text.replace(/（?厚労 次郎.*$/su, "").trim())).toEqual([
    ...["カードを止める", "氏名・住所・保険などの変更", "帰国した人のカードを作る"],
  ]);
  // A case that waits for a decision there, by a clerk who may decide here.
  await page.getByLabel("番号（12桁）").fill("100000000009");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "1000 0000 0009" }).click();
  await page.getByText("A市の窓口が受け持つ手続です。").waitFor();
  expect(await page.getByRole("button", { name: "同じ人" }).isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "取りやめる" }).count()).toBe(0);
  await expect_nothing_of_axe(page);
});

test("the way back shows the cards as they are now; the next person is another", async () => {
  const page = await find_jiro();
  await page.getByRole("button", { name: /^カードを止める/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "カードを止める" }).click();
  await page.locator(".steps").waitFor();
  await change(page, (office) => {
    for (const card of office.cards) card.status = "suspended";
  });
  await page.goBack();
  await page.locator(".known").waitFor();
  expect(await page.locator(".known").innerText()).toContain("止まっています");
  await page.getByRole("button", { name: "人をさがす" }).click();
  expect(await page.locator(".known").count()).toBe(0);
});

test("from a case to its person", async () => {
  const page = await open_case("8000 0000 0004");
  await page.getByRole("button", { name: "この人のカードと手続" }).press("Enter");
  await page.locator(".known").waitFor();
  expect(await asked(page, "/people/find")).toEqual({ number: "800000000004" });
  await expect.poll(() => focused_id(page)).toBe("found");
  await page.goBack();
  await page.getByRole("heading", { name: "8000 0000 0004" }).waitFor();
});

test("stopped here, and found where the person lives", async () => {
  const page = await open();
  await change(page, (office) => {
    const one = office.cases.find(({ number }: Mutable) => number === "700000000001");
    one.elsewhere = "992011";
  });
  await page.getByRole("button", { name: "人をさがす" }).click();
  await page.getByLabel("番号（12桁）").fill("700000000001");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "7000 0000 0001" }).click();
  await page.getByText("A市に住む人のカードです。").waitFor();
  expect(await page.getByRole("button", { name: /^見つか/ }).count()).toBe(0);
  await expect_nothing_of_axe(page);
});

test("found again, and lost for good after a question", async () => {
  const page = await open_case("7000 0000 0001");
  await page.getByRole("button", { name: "見つからない（失効させる）" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "見つかった（また使えるようにする）" }).click();
  await page.getByText("停止を解いています。").waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "found" });
  await page.getByRole("button", { name: "見つからない（失効させる）" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "見つからない" }).click();
  await page.getByText("カードを失効させています。").waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "given_up" });
  expect(await page.getByRole("button", { name: "この申請を取りやめる" }).count()).toBe(0);
});

test("a new PIN: which one, approved by another; whose own it was is told so", async () => {
  const page = await find_jiro();
  await page.getByRole("button", { name: /^暗証番号を再設定する/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "暗証番号を再設定する" }).click();
  await dialog.getByRole("link", { name: "再設定する暗証番号を選んでください。" }).click();
  expect(await focused_id(page)).toBe("use-authentication");
  await page.keyboard.press("Space");
  await dialog.getByRole("button", { name: "暗証番号を再設定する" }).click();
  await page.getByText("別の職員の承認を待ちます。").waitFor();
  expect(await asked(page, "/cases/open")).toEqual({
    ...{ kind: "unlock", person: "700000000001", uses: ["authentication"] },
  });
  expect(await page.locator(".todo").innerText()).toMatch(/利用者証明用（数字4桁）[^]*佐藤、高橋/);
  const approve = async () => {
    await page.getByRole("button", { name: "承認する" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "承認する" }).click();
  };
  await change(page, (office) => {
    office.refuses = [409, "text/plain", "same_hand"];
  });
  browser.expect_complaint(/409/);
  await approve();
  await page.getByText(/決定した職員、カードを作った職員は、承認できません。.*発行機関の承認者/).waitFor();
  await change(page, (office) => {
    office.after = (one: Mutable) => {
      one.todo[0] = { ...one.todo[0], step: "reset" };
      one.lines.push({ what: "approved", at: office.now, clerk: "鈴木" });
    };
  });
  await approve();
  await page.getByText("承認しました。").first().waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "approved" });
  await page.getByRole("button", { name: "新しい暗証番号を設定する" }).click();
  const left_for = () =>
    page.evaluate(() => (window as unknown as Mutable).office.left_for as string);
  await expect.poll(left_for).toMatch(/\/card\?/);
});

test("who may not approve is told who may", async () => {
  const page = await open_case("8000 0000 0004", "roles=window");
  await page.getByText("承認の役割がある別の職員です").waitFor();
  expect(await page.getByRole("button", { name: "承認する" }).count()).toBe(0);
});

test("an approver alone approves, and is offered nothing else", async () => {
  const page = await open_case("8000 0000 0004", "roles=approver");
  await page.getByRole("button", { name: "承認する" }).waitFor();
  const names = await page.getByRole("button").allInnerTexts();
  expect(names.filter((name) => /取りやめる|新しい申請/.test(name))).toEqual([]);
});

test("another card is approved by another clerk, who does not write it", async () => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  await change(page, (office) => {
    const one = office.cases.find(({ kind }: Mutable) => kind === "replacement");
    one.todo = [{ ...one.todo[0], step: "approve", actor: "clerk" }];
    office.after = (of: Mutable) => {
      of.todo[0] = { ...of.todo[0], step: "make_keys" };
      of.lines.push({ what: "approved", at: office.now, clerk: "鈴木" });
      of.approver = true;
    };
  });
  await page.getByRole("button", { name: "1100 0000 0001" }).click();
  await page.getByRole("button", { name: "承認する" }).click();
  const dialog = page.getByRole("dialog", { name: "カードへの書き込みを承認しますか" });
  await dialog.getByRole("button", { name: "承認する" }).click();
  await page.getByText("承認しました。カードは別の職員が作ります。").waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "approved" });
  await page.getByText("カードを作ることと渡すことは、別の職員がします。").waitFor();
  expect(await page.getByRole("button", { name: "カードに書き込む" }).count()).toBe(0);
});

test("a change: what is known is filled in, and what was changed is said", async () => {
  const page = await open_case("9000 0000 0005");
  const name = page.getByLabel("氏名", { exact: true });
  expect(await name.inputValue()).toBe("厚労 次郎");
  const note = await name.getAttribute("aria-describedby");
  expect(note).toContain("apply-name-note");
  await page.getByText("前の手続での内容です。").first().waitFor();
  await page.getByLabel("住所").fill("九十九県B市下川7-8-9");
  await page.getByText("直しました。前は「九十九県A市上山4-5-6」。").waitFor();
  expect(await page.locator("#apply-no-insurance").count()).toBe(0);
  await page.getByText("変わったときだけ入力").first().waitFor();
  await page.locator("#apply-resident-municipality").fill("131016");
  await page.locator("#apply-resident-number").fill("12345678903");
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("button", { name: "申請する", exact: true }).click();
  await page.getByText("申請を受け付けました。").first().waitFor();
  const { happening } = await asked(page, "/cases/act");
  expect(happening.person).toEqual({
    ...{ name: "厚労 次郎", kana: "コウロウ ジロウ", sex: "male" },
    ...{ address: "九十九県B市下川7-8-9", birth_date: "1990-02-03" },
  });
  expect(happening.claims.map(({ role }: Mutable) => role)).toEqual(["resident"]);
});

test("a change: a new insurer's number goes with it", async () => {
  const page = await open_case("9000 0000 0005");
  await page.locator("#apply-resident-municipality").fill("131016");
  await page.locator("#apply-resident-number").fill("12345678903");
  await page.locator("#apply-medical-insurer").fill("990028");
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.locator(".mistake a").first().waitFor();
  await page.locator("#apply-medical-number").fill("0001234");
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("button", { name: "申請する", exact: true }).click();
  await page.getByText("申請を受け付けました。").first().waitFor();
  const { happening } = await asked(page, "/cases/act");
  expect(happening.claims.map(({ role }: Mutable) => role)).toEqual(["resident", "medical"]);
  expect(happening.claims[1].number.fields).toEqual({ insurer: "990028", number: "0001234" });
});

test("a birth: the form in one, with whom the child is insured", async () => {
  const page = await open_case("1400 0000 0006");
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByText("保険を選んでください。").first().waitFor();
  await page.getByLabel("氏名", { exact: true }).fill("厚労 葵");
  await page.getByLabel("生年月日").fill("2026-11-20");
  await page.getByLabel("父母との続柄").fill("長女");
  await page.getByLabel("女").check();
  await page.getByLabel("厚労 次郎 – まどか電機健康保険組合").check();
  await page.getByRole("button", { name: "入力したものを見直す" }).click();
  await page.getByRole("button", { name: "申請する", exact: true }).click();
  await page.getByText("つぎに親が署名します。").first().waitFor();
  const { happening } = await asked(page, "/cases/act");
  expect(happening.newborn).toMatchObject({ relation: "長女", card: true, parent: 0 });
  expect(happening.newborn.insurer.fields.insurer).toBe("06990014");
  expect(happening.person.address).toBe("九十九県A市上山4-5-6");
});

test("a birth: the parent signs by way of the agent", async () => {
  const page = await open_case("1500 0000 0009");
  await page.getByRole("button", { name: "署名の画面へ" }).click();
  await expect
    .poll(() => page.evaluate(() => (window as unknown as Mutable).office.handed.length))
    .toBe(1);
  expect(await asked(page, "/cases/sign")).toEqual({ number: "150000000009" });
});

test("a birth: an insurer has said no, and the child is filed elsewhere", async () => {
  const page = await open_case("1600 0000 0002");
  await page.getByText("父の収入が足りない").first().waitFor();
  await page.getByText("保険者が認めませんでした。").waitFor({
    state: "attached",
  });
  await page.getByLabel("厚労 次郎 – 990010").check();
  await page.getByRole("button", { name: "この保険に届け出る" }).click();
  await page.getByText("別の保険を選びました。").first().waitFor();
  const { happening } = await asked(page, "/cases/act");
  expect(happening).toMatchObject({ what: "filed_elsewhere", parent: 0 });
  await page.getByText("もう一人の親の保険にする").click();
  await page.getByLabel("もう一人の親の受付番号").fill("1234");
  await page.getByRole("button", { name: "この人を加える" }).click();
  await page.getByText("受付番号は12桁の数字です。").first().waitFor();
});

test("a card of another authority's: opened, and signed with twice", async () => {
  const page = await open();
  await page.getByRole("button", { name: "持っているカードを登録する" }).click();
  await page.getByText("受付を始めました。").first().waitFor();
  expect(await asked(page, "/cases/open")).toEqual({ kind: "existing" });
  const in_office = (value: string) =>
    page.evaluate((name) => (window as unknown as Mutable).office[name], value);
  await page.getByRole("button", { name: "カードの画面へ" }).click();
  await expect.poll(() => in_office("left_for")).toContain("/authorize?");
  expect(await asked(page, "/cases/sign")).toEqual({ number: "170000000008" });
  await change(page, (office) => {
    office.proven = true;
  });
  await page.getByRole("button", { name: "カードの画面へ" }).click();
  await expect
    .poll(() => page.evaluate(() => (window as unknown as Mutable).office.handed.length))
    .toBe(1);
});

test.each([
  ["proven", "続けて「カードの画面へ」を押し"],
  ["unlisted", "分からないカードは登録しません"],
  ["stopped", "失効または期限切れ"],
  ["registered", "もう登録されています"],
  ["not_theirs", "生年月日か性別が、申請とちがいます"],
])("back from the agent with a card to register: %s", async (outcome, words) => {
  const page = await open(`back=${outcome}&registers`);
  await page.getByText(words).first().waitFor();
});

test("what the card's certificate writes is compared and decided by signature", async () => {
  const page = await open_case("1800 0000 0001");
  await page.getByRole("link", { name: "カードの証明書の記載" }).click();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("card-name");
  await page.getByRole("button", { name: "同じ人" }).click();
  await page.getByText("氏名、電子証明書: 葛城　髙子").waitFor();
  await page.getByRole("button", { name: "カードの画面に進む" }).click();
  await expect
    .poll(() => page.evaluate(() => (window as unknown as Mutable).office.handed.length))
    .toBe(1);
  expect(await asked(page, "/cases/decide")).toMatchObject({ claim: 16, same_person: true });
});

test("who has a card here is told so, and what to do", async () => {
  const page = await open_case("1700 0000 0008");
  await change(page, (office) => {
    office.refuses = [409, "text/plain", "known_person"];
  });
  await page.getByRole("button", { name: "カードの画面へ" }).click();
  await page.getByText("持っている別のカードを使う人は切り替え").waitFor();
});

test("another card of another authority's, of somebody who is known", async () => {
  const page = await find_jiro();
  await change(page, (office) => {
    office.cases.find(({ kind }: Mutable) => kind === "existing").kind = "exchange";
  });
  await page.getByRole("button", { name: /^持っている別のカードに切り替える/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("停止コードは、そのままです").waitFor();
  await dialog.getByRole("button", { name: "持っている別のカードに切り替える" }).press("Enter");
  await page.getByText("切り替えを受け付けました").first().waitFor();
  expect(await asked(page, "/cases/open")).toMatchObject({ kind: "exchange" });
  await page.getByRole("button", { name: "カードの画面へ" }).click();
  await expect
    .poll(() => page.evaluate(() => (window as unknown as Mutable).office.left_for))
    .toContain("/authorize?");
});

test("an invitation is filled in, and to be confirmed", async () => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  await change(page, (office) => {
    const { person, claims } = office.cases[0];
    office.cases[4].invited = {
      ...{ person, signing: true },
      claims: claims.map(({ role, number }: Mutable) => ({ role, number })),
    };
  });
  await page.getByRole("button", { name: "5000 0000 0007" }).click();
  await page.getByText("案内のときに分かっていた内容が入っています").waitFor();
  expect(await page.locator("#apply-pension-number").inputValue()).toBe("9990104218");
  expect(await page.getByText("要確認：案内のときの内容です。").count()).toBe(12);
  await page.getByLabel("男", { exact: true }).check();
  await page.getByText("直しました。前は「女」。").waitFor();
});

test("what begins is refused with what to do", async () => {
  const page = await find_jiro();
  await change(page, (office) => {
    office.refuses = [409, "text/plain", "other_case"];
  });
  browser.expect_complaint(/409/);
  await page.getByRole("button", { name: /^再発行する/ }).click();
  await page.getByRole("dialog").getByLabel("破損・故障").check();
  await page.keyboard.press("Enter");
  await page.getByText("この人の別の手続がまだ終わっていません。").waitFor();
  await page.locator(".known").waitFor();
  await change(page, (office) => {
    office.refuses = [409, "text/plain", "too_early"];
  });
  await page.getByRole("button", { name: /^カードを終わりにする/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "カードを終わりにする" }).click();
  await page.getByRole("link", { name: "理由を選んでください。" }).waitFor();
  await page.getByRole("dialog").getByLabel("本人による返納").check();
  await page.keyboard.press("Enter");
  await page.getByText("中継センターにまだ連携されていない").waitFor();
});

test("an authority's refusal says what to do", async () => {
  const page = await open();
  await page.locator("tbody tr").first().waitFor();
  await change(page, (office) => {
    const order = { kind: "certify", item: 1 };
    const todo = office.cases[2].todo[0];
    office.cases[2].todo[0] = { ...todo, step: "certify", order, refused: "too_young" };
  });
  await page.getByRole("button", { name: "3000 0000 0003" }).click();
  await page.locator(".todo").getByText("15歳になるまで").waitFor();
});

test("the slip: the stop code with words, and all of it as a text", async () => {
  const page = await open_case("4000 0000 0000");
  await page.getByRole("button", { name: "受付票を見る" }).click();
  await page.locator(".slip").waitFor();
  expect(await page.locator(".slip").innerText()).not.toContain("停止コード");
  expect(await page.locator(".slip").innerText()).toContain("https://issuer.example/status");
  await change(page, (office) => {
    Object.assign(office.cases[3], { health_care_number: "621874998319", todo: [] });
    office.cases[3].lines.push({ what: "handed_over", at: office.now, clerk: "佐藤" });
    // Said once, in the answer to what gives the person a slip.
    office.after = (one: Mutable) => {
      one.stop_code = "123456789016";
      setTimeout(() => delete one.stop_code);
    };
  });
  await page.getByRole("button", { name: "申請に戻る" }).click();
  await page.getByText("すべて終わりました。").waitFor();
  await page.getByRole("button", { name: "受付票を見る" }).click();
  await page.getByRole("button", { name: "新しい停止コードを出す" }).click();
  await page.getByText("1234 5678 9016").waitFor();
  expect((await asked(page, "/cases/act")).happening).toEqual({ what: "new_slip" });
  // As long as the case is on the page.
  await page.getByRole("button", { name: "申請に戻る" }).click();
  await page.getByRole("button", { name: "受付票を見る" }).click();
  await page.getByText("1234 5678 9016").waitFor();
  expect(await page.getByRole("button", { name: "新しい停止コードを出す" }).count()).toBe(0);
  await page.getByText("https://issuer.example/stop を開き").waitFor();
  // No telephone is said here, so nobody is told to call.
  expect(await page.locator(".slip").innerText()).toContain("使えないときは、窓口に知らせてください");
  expect(await page.locator(".slip").innerText()).not.toContain("電話");
  expect((await saved(page, /点字・音声用/)).split("\r\n").slice(0, 6)).toEqual([
    ...["受付票", "氏名：葛\u{e0100}城 髙子", "読み：カツラギ タカコ"],
    "受付番号：4000 0000 0000 (ヨン ゼロ ゼロ ゼロ、ゼロ ゼロ ゼロ ゼロ、ゼロ ゼロ ゼロ ゼロ)",
    "保健医療番号：6218 7499 8319 (ロク ニ イチ ハチ、ナナ ヨン キュー キュー、ハチ サン イチ キュー)",
    "停止コード：1234 5678 9016 (イチ ニ サン ヨン、ゴ ロク ナナ ハチ、キュー ゼロ イチ ロク)",
  ]);
});

test("Japanese names on the English page are marked", async () => {
  const page = await open_case("1000 0000 0009", "language=en");
  await page.locator("details.data summary").click();
  const unmarked = await page.evaluate(() => {
    const walker = document.createTreeWalker(
      document.querySelector(".office")!,
      NodeFilter.SHOW_TEXT,
    );
    const out: string[] = [];
    while (walker.nextNode()) {
      const { textContent, parentElement } = walker.currentNode;
      const is_japanese = /[\u3041-\u30FA\u4E00-\u9FFF]/.test(textContent ?? "");
      if (is_japanese && !parentElement!.closest("[lang=ja]:not(html)")) out.push(textContent!);
    }
    return out;
  });
  // Characters that words talk about are no names.
  expect(unmarked.filter((text) => !/Character|reading|voicing/.test(text))).toEqual([]);
});

const numbers = ["1000 0000 0009", "2000 0000 0006", "3000 0000 0003", "4000 0000 0000"];
test.each(["ja", "en", "easy"])(
  "accessible at 320 pixels and in large text: %s",
  async (language) => {
    const page = await open(`language=${language}`, 320);
    await page.getByRole("button", { name: numbers[0]! }).waitFor();
    await expect_accessible(page, 320);
    for (const number of language === "ja" ? [...numbers, "5000 0000 0007"] : numbers.slice(0, 1)) {
      await page.locator(".work button").first().click();
      await page.getByRole("button", { name: number }).click();
      await page.locator(".steps").waitFor();
      await expect_accessible(page, 320);
    }
    await page.locator(".bar button").first().click();
    await page.locator(".slip").waitFor();
    await expect_accessible(page, 320);
  },
  120_000,
);

const later = [
  ...["7000 0000 0001", "8000 0000 0004", "9000 0000 0005", "1300 0000 0003"],
  ...["1400 0000 0006", "1500 0000 0009", "1600 0000 0002"],
  ...["1700 0000 0008", "1800 0000 0001"],
];
test.each(["ja", "en", "easy"])(
  "a person and cases of other kinds are accessible at 320 pixels: %s",
  async (language) => {
    const page = await find_jiro(`language=${language}`, 320);
    await expect_accessible(page, 320);
    await page.locator("button.stop").click();
    await expect_accessible(page, 320);
    await page.keyboard.press("Escape");
    for (const number of language === "en" ? later : later.slice(-5)) {
      await page.locator(".work button").first().click();
      await page.getByRole("button", { name: number }).click();
      await page.locator(".steps").waitFor();
      await expect_accessible(page, 320);
    }
  },
  120_000,
);

test("dialogs and the search are accessible, too", async () => {
  const page = await open_case("1000 0000 0009", "", 320);
  await page.getByRole("button", { name: "同じ人" }).click();
  await expect_accessible(page, 320);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "番号を直す" }).click();
  await page.getByLabel("保険者番号").fill("1");
  await page.keyboard.press("Enter");
  await expect_accessible(page, 320);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "人をさがす" }).click();
  await page.getByRole("button", { name: "番号でさがす" }).click();
  await expect_nothing_of_axe(page);
});
