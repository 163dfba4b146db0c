// What a clerk prints: letters to whoever was invited, and the slip for fingers and ears.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Mutable } from "../../shared/test_country";
import { TestBrowser, expect_accessible, expect_nothing_of_axe } from "../../shared/test_browser";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("window/harness.tsx", "発行窓口");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");

const to_letters = ".office > .choices.bar button:last-child";

// Two who were invited together, and one who came later by themselves.
async function invite(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { office } = window as unknown as Mutable;
    const empty = office.cases.find(({ number }: Mutable) => number === "500000000007");
    const { person, claims } = office.cases[0];
    const invited = { person, signing: true, claims: [claims[0]].map(bare) };
    function bare({ role, number }: Mutable): Mutable {
      return { role, number };
    }
    const opened_at = office.now - 600;
    const other = { ...person, name: "厚労 次郎", kana: "コウロウ ジロウ", address: "A市中央2番地" };
    office.cases.push(
      { ...empty, number: "910000000004", opened_at, invited },
      { ...empty, number: "920000000001", opened_at, invited: { ...invited, person: other } },
    );
  });
}

async function make_letters(page: Page): Promise<void> {
  await page.locator("tbody tr, .data-table li").first().waitFor();
  await invite(page);
  await page.locator(".as-of button").click();
  await page.locator(to_letters).click();
  await page.locator("form button[type=submit]").click();
  await page.locator(".letter").nth(1).waitFor();
}

test.each(["ja", "en", "easy"])("letters to a batch, in %s", async (language) => {
  const page = await browser.open(`language=${language}&ask`, 320);
  await make_letters(page);
  expect(await focused(page)).toMatch(/2/);
  expect(await page.locator(".letter").count()).toBe(2);
  const letter = await page.locator(".letter").last().innerText();
  expect(letter).toMatch(/A市中央2番地\s+コウロウ ジロウ\s+厚労 次郎/);
  expect(letter).toContain("9200 0000 0001");
  expect(letter).toContain("A市役所 市民課 電話 00-0000-0000");
  // Nobody's number of a register is in the post.
  expect(await page.locator(".letter").allInnerTexts().then(String)).not.toContain("12345678901");
  await expect_accessible(page, 320);
});

test("on paper each letter has a page of its own, and nothing else is there", async () => {
  const page = await browser.open("ask");
  await make_letters(page);
  await page.emulateMedia({ media: "print" });
  const shown = page.locator("button, h2, h1, form, nav").filter({ visible: true });
  expect(await shown.allInnerTexts()).toEqual([]);
  const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
  expect(pdf.match(/\/Type ?\/Page\b/g)?.length).toBe(2);
});

test("whoever came by themselves has no letter", async () => {
  const page = await browser.open();
  await page.locator("tbody tr").first().waitFor();
  await page.locator(to_letters).click();
  await page.getByText("案内を待っている人はいません。").waitFor();
  expect(await page.locator("form").count()).toBe(0);
  await expect_nothing_of_axe(page);
});

// What became of their cases nobody knows: they have not applied "already".
test.each(["ja", "en", "easy"])("cases that cannot be read are said, in %s", async (language) => {
  const page = await browser.open(`language=${language}`);
  await make_letters(page);
  const said = page.locator(".office .mistake");
  expect(await said.count()).toBe(0);
  await page.evaluate(() => {
    const { office } = window as unknown as Mutable;
    office.cases.at(-2).todo = [];
    office.unreadable = 3;
  });
  await page.locator("form button[type=submit]").click();
  await said.waitFor();
  expect(await said.innerText()).toMatch(/3/);
  expect(await page.locator(".office .hint:not(.letter .hint)").allInnerTexts()).toEqual([
    expect.stringMatching(/1/),
  ]);
  expect(await page.locator(".letter").count()).toBe(1);
  await expect_nothing_of_axe(page);
});

// More than the day's list has; in one ask, and it is said how many of how many there are.
test("a large batch has all of its letters", async () => {
  const page = await browser.open();
  await page.locator("tbody tr").first().waitFor();
  await invite(page);
  await page.evaluate(() => {
    const { office } = window as unknown as Mutable;
    const one = office.cases.at(-1);
    for (let i = 0; i < 700; ++i) {
      const number = String(930000000000 + i);
      office.cases.push({ ...one, number, todo: i === 0 ? [] : one.todo });
    }
  });
  await page.locator(to_letters).click();
  await page.locator("form button[type=submit]").click();
  await page.getByText("案内状701通（案内した702人のうち）").waitFor();
  expect(await page.locator(".letter").count()).toBe(701);
  await page.getByText("ほかの1人は、もう申請したか").waitFor();
  const paths = await page.evaluate(() =>
    (window as unknown as Mutable).office.asked.map(([path]: [string]) => path),
  );
  expect(paths.filter((path: string) => path === "/cases/letters").length).toBe(1);
  expect(paths).not.toContain("/cases/show");
});

// Fifty at a time; whoever uses the keyboard goes on at the first of those that came.
test.each(["ja", "en", "easy"])("older batches are asked for, in %s", async (language) => {
  const page = await browser.open(`language=${language}`, 320);
  await page.locator("tbody tr, .data-table li").first().waitFor();
  await invite(page);
  await page.evaluate(() => {
    const { office } = window as unknown as Mutable;
    const one = office.cases.at(-1);
    for (let i = 1; i <= 50; ++i) {
      const number = String(930000000000 + i);
      office.cases.push({ ...one, number, opened_at: one.opened_at - i });
    }
  });
  await page.locator(to_letters).click();
  const choices = page.locator(".office form input[type=radio]");
  const older = page.locator(".office form button.quiet");
  await older.waitFor();
  expect(await choices.count()).toBe(50);
  await older.focus();
  await page.keyboard.press("Enter");
  await older.waitFor({ state: "detached" });
  expect(await choices.count()).toBe(51);
  const last = choices.last();
  expect(await last.evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await choices.first().isChecked()).toBe(true);
  await expect_accessible(page, 320);
  await last.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.locator(".letter").waitFor();
  expect(await page.locator(".letter").innerText()).toContain("9300 0000 0050");
});

test("a case that cannot be read is said, and no letter is made", async () => {
  const page = await browser.open();
  await page.locator("tbody tr").first().waitFor();
  await invite(page);
  await page.locator(".as-of button").click();
  await page.locator(to_letters).click();
  await page.evaluate(() => {
    const { office } = window as unknown as Mutable;
    office.cases = [];
  });
  await page.locator("form button[type=submit]").click();
  await page.locator(".office [role=alert] .mistake").first().waitFor();
  expect(await page.locator(".letter").count()).toBe(0);
});

test("whoever does not work at the window is not offered letters", async () => {
  const page = await browser.open("roles=approver");
  await page.locator("tbody tr").first().waitFor();
  expect(await page.locator(to_letters).count()).toBe(0);
});

test.each([
  ["ask", /電話してください[^]*問合せ先\s+A市役所 市民課 電話 00-0000-0000/, "⠼⠚⠚⠀⠼⠚⠚⠚⠚⠀⠼⠚⠚⠚⠚"],
  ["", /窓口に知らせてください[^]*問合せ先\s+この票を受け取った窓口/, "⠵⠐⠞⠐⠩⠗⠇"], // マドグチニ
])("whom a person calls: on the slip, and in braille (%s)", async (query, said, dots) => {
  const page = await browser.open(query);
  await open_slip(page);
  expect(await page.locator(".slip").innerText()).toMatch(said);
  await page.locator("summary").last().click();
  expect(await page.locator(".braille-dots").innerText()).toContain(dots);
});

// Handed over: its slip has all three numbers.
async function open_slip(page: Page): Promise<void> {
  await page.getByRole("button", { name: "4000 0000 0000" }).click();
  await page.locator(".steps").waitFor();
  await page.evaluate(() => {
    const { office } = window as unknown as Mutable;
    const one = office.cases.find(({ number }: Mutable) => number === "400000000000");
    Object.assign(one, { health_care_number: "621874998319", stop_code: "123456789015" });
  });
  await page.locator(".choices.bar button").first().click();
  await page.locator(".slip-code svg").waitFor();
}

test.each(["ja", "en", "easy"])("a slip with its code, and in braille, in %s", async (language) => {
  const page = await browser.open(`language=${language}`, 320);
  await open_slip(page);
  const waiting = page.waitForEvent("download");
  await page.locator("section button.quiet").click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe("slip-braille.txt");
  const text = readFileSync(await download.path(), "utf8");
  expect(text).toMatch(/^[\u2800-\u283f\r\n]+$/);
  expect(text).toContain("⠡⠝⠑⠐⠣⠀⠕⠡⠪"); // カツラギ タカコ
  expect(text).toContain("⠼⠋⠃⠁⠓⠀⠼⠛⠙⠊⠊⠀⠼⠓⠉⠁⠊"); // 6218 7499 8319
  await page.locator("summary").last().click();
  expect(await page.locator(".braille-dots").innerText()).toContain("⠕⠡⠪");
  await expect_accessible(page, 320);
});

test("the code is on paper and names nobody; the braille is not", async () => {
  const page = await browser.open();
  await open_slip(page);
  const modules = await page.locator(".slip-code svg").getAttribute("viewBox");
  // 17 + 4 for each version, and four free modules on each side.
  expect((Number(modules!.split(" ")[2]) - 8 - 17) % 4).toBe(0);
  await page.emulateMedia({ media: "print" });
  expect(await page.locator(".slip-code svg").isVisible()).toBe(true);
  expect(await page.locator(".braille").isVisible()).toBe(false);
});
