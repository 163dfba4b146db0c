// What a clerk prints: letters to whoever was invited, and the slip for fingers and ears.
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
  await page.locator(".office > p button.quiet").click();
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
  expect(letter).toContain("A市役所 市民課");
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
  await page.locator(".office > p button.quiet").click();
  await page.locator("form button[type=submit]").click();
  await page.getByText("案内状0通").waitFor();
  expect(await page.locator(".letter").count()).toBe(0);
  await expect_nothing_of_axe(page);
});

test("a case that cannot be read is said, and no letter is made", async () => {
  const page = await browser.open();
  await page.locator("tbody tr").first().waitFor();
  await invite(page);
  await page.locator(".as-of button").click();
  await page.locator(".office > p button.quiet").click();
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
  expect(await page.locator(".office > p button.quiet").count()).toBe(0);
});
