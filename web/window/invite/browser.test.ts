// People of a file are invited: what is wrong in it is said first, then it is asked once more, and
// what became of it is said. With the keyboard, on a narrow screen, in three languages.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Mutable } from "../../shared/test_country";
import {
  TestBrowser,
  expect_accessible,
  expect_nothing_of_axe,
} from "../../shared/test_browser";
import { example } from "./file";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start("window/harness.tsx", "発行窓口");
}, 60_000);
afterAll(() => browser?.stop());
afterEach(() => browser.close_pages());

const languages = ["ja", "en", "easy"];
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");
const focused_id = (page: Page) => page.evaluate(() => document.activeElement?.id ?? "");
const is_asked = (page: Page) =>
  page.evaluate(() =>
    (window as unknown as Mutable).office.asked.filter(([path]: [string]) => path.includes("inv")),
  );
function change(page: Page, how: (office: Mutable) => void): Promise<void> {
  return page.evaluate(`(${how.toString()})(window.office)`) as Promise<void>;
}

// Nobody's number stands there twice.
function person(name: string): Mutable {
  const out = structuredClone(example.people[0]!) as Mutable;
  out.person.name = name;
  out.claims = [];
  return out;
}
const three = [example.people[0]!, person("厚労 葵"), person("NGUYEN VAN A")];
const file = (what: unknown, name = "4月に18歳になる人.json") => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(typeof what === "string" ? what : JSON.stringify({ people: what })),
});

async function open(query = "", width = 1280): Promise<Page> {
  const page = await browser.open(query, width);
  await page.locator("tbody tr, .data-table li").first().waitFor();
  await page.locator(".office > .choices.bar button").first().click();
  await page.locator("#invite-file").waitFor();
  return page;
}
const look = (page: Page) => page.locator(".invite button[type=submit]").click();
async function choose(page: Page, what: unknown): Promise<void> {
  await page.locator("#invite-file").setInputFiles(file(what));
  await look(page);
}
const send = (page: Page) => page.locator("dialog button[type=submit]").click();

test.each(languages)("from the file to the letters, in %s", async (language) => {
  const page = await open(`language=${language}`, 320);
  await expect_accessible(page, 320);
  await choose(page, three);
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  expect(await dialog.innerText()).toContain("4月に18歳になる人.json");
  expect(await dialog.locator("strong").innerText()).toMatch(/^3 ?/);
  expect(await dialog.locator(".note").innerText()).toMatch(/2/);
  expect(await is_asked(page)).toEqual([]);
  await expect_accessible(page, 320);
  expect(await dialog.locator("li").allInnerTexts()).toEqual([
    expect.stringMatching(/厚労 次郎.*1990/s),
    expect.stringMatching(/厚労 葵/),
    expect.stringMatching(/NGUYEN VAN A/),
  ]);
  await send(page);
  await expect.poll(() => focused_id(page)).toBe("invited");
  expect(await focused(page)).toMatch(/3/);
  expect(await is_asked(page)).toEqual([["/cases/invite", { people: three }]]);
  expect(await page.locator(".warning").count()).toBe(0);
  await expect_accessible(page, 320);
  await page.locator(".choices button").first().click();
  await page.locator(".letter").nth(2).waitFor();
  expect(await page.locator(".letter").last().innerText()).toContain("NGUYEN VAN A");
  expect(await page.locator("input[type=radio]").first().isChecked()).toBe(true);
});

test.each(languages)("what is wrong is said by its place, in %s", async (language) => {
  const page = await open(`language=${language}&municipality=992011`, 320);
  const elsewhere = structuredClone(example.people[0]!) as Mutable;
  elsewhere.claims[0].number.fields.municipality = "992020";
  const nobody = { ...person(""), signing: "no" };
  await choose(page, [...three, elsewhere, nobody]);
  const box = page.locator(".to-mend");
  await box.waitFor();
  await expect.poll(() => focused(page)).toBe(await box.innerText().then(() => box.textContent()));
  const items = await box.locator("> ul > li").allInnerTexts();
  expect(items).toEqual([
    expect.stringMatching(/4.*厚労 次郎[^]*1[^]*992020/),
    expect.stringMatching(/5[^]*name[^]*signing/),
  ]);
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await is_asked(page)).toEqual([]);
  const field = page.locator("#invite-file");
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await field.getAttribute("aria-describedby")).toBe("to-mend invite-file-hint");
  await expect_accessible(page, 320);
  // Mended, and chosen again.
  await choose(page, three);
  await page.getByRole("dialog").waitFor();
  expect(await box.count()).toBe(0);
  expect(await field.getAttribute("aria-invalid")).toBeNull();
});

test("of very many the first ones are said, and how many there are", async () => {
  const page = await open();
  await choose(
    page,
    Array.from({ length: 300 }, (_, i) => person(i % 10 === 9 ? "厚労" : "")),
  );
  const box = page.locator(".to-mend");
  await box.getByText("270人分").waitFor();
  expect(await box.locator("> ul > li").count()).toBe(20);
  await box.getByText("ほかに250人").waitFor();
  expect(await box.locator("> ul > li").nth(9).innerText()).toMatch(/^11人目/);
});

test.each([
  ["", "JSONとして読めません"],
  ["{}", "ファイルの形がちがいます"],
  [[], "ファイルにだれもいません"],
])("a file that is none: %s", async (what, said) => {
  const page = await open();
  await choose(page, what);
  const link = page.locator(".mistake a");
  await link.filter({ hasText: said }).waitFor();
  expect(await focused(page)).toContain("次のところを直してください");
  await link.press("Enter");
  expect(await focused_id(page)).toBe("invite-file");
  expect(await page.locator("#invite-file-wrong").innerText()).toContain(said);
  await expect_nothing_of_axe(page);
});

test("without a file it says to choose one", async () => {
  const page = await open();
  await look(page);
  await page.getByRole("link", { name: "ファイルを選んでください。" }).waitFor();
});

// What is shown of how a file looks is one that is taken.
test("the form of the file, and a copy of the example", async () => {
  const page = await open();
  await page.locator("summary").click();
  await choose(page, await page.locator("pre").innerText());
  await page.getByRole("dialog").getByText("1人", { exact: true }).waitFor();
  expect(await page.locator("dialog .note").count()).toBe(0);
});

test("by keyboard alone", async () => {
  const page = await browser.open("language=en");
  await page.locator("tbody tr").first().waitFor();
  const tab_to = async (selector: string) => {
    for (let i = 0; i < 60; ++i) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((one) => document.activeElement!.matches(one), selector)) return;
    }
    throw new Error(`Tab does not come to ${selector}`);
  };
  await tab_to(".office > .choices.bar button");
  await page.keyboard.press("Enter");
  await expect.poll(() => focused(page)).toBe("Invite many people");
  const choosing = page.waitForEvent("filechooser");
  await tab_to("#invite-file");
  await page.keyboard.press("Enter");
  await (await choosing).setFiles(file(three));
  await tab_to("summary");
  await page.keyboard.press("Space");
  await page.locator("pre").waitFor();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  expect(await focused(page)).toBe("Invite these people?");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await focused(page)).toBe("Look through the file");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tab_to("dialog button[type=submit]");
  await page.keyboard.press("Space");
  await page.getByRole("heading", { name: "3 people were invited." }).waitFor();
  await tab_to(".choices button + button");
  await page.keyboard.press("Enter");
  await expect.poll(() => focused_id(page)).toBe("invite-file");
});

test.each(languages)("who is known is named, in %s", async (language) => {
  const page = await open(`language=${language}`, 320);
  await change(page, (office) => {
    office.known = [2];
  });
  await choose(page, three);
  await send(page);
  await page.locator(".warning").waitFor();
  expect(await focused(page)).toMatch(/2/);
  expect(await page.locator(".warning").innerText()).toMatch(/1/);
  expect(await page.locator(".warning + ul li").allInnerTexts()).toEqual([
    expect.stringMatching(/2.*厚労 葵/),
  ]);
  await expect_accessible(page, 320);
  await page.locator(".choices button").first().click();
  await page.locator(".letter").nth(1).waitFor();
  expect(await page.locator(".letter").count()).toBe(2);
});

test("when everybody is known there is no letter", async () => {
  const page = await open("language=en");
  await change(page, (office) => {
    office.known = [1, 2, 3];
  });
  await choose(page, three);
  await send(page);
  await page.getByRole("heading", { name: "Nobody was invited." }).waitFor();
  await page.getByText("3 people are known to this centre already").waitFor();
  expect(await page.locator(".choices button").allInnerTexts()).toEqual(["Choose another file"]);
});

test.each([
  [409, "text/plain", "other_office", "その人の窓口が案内します"],
  [409, "text/plain", "hidden_character", "画面に見えない文字が入っています"],
  [503, "application/problem+json", '{"code":"unavailable"}', "「申請の案内状」にこの人たちが"],
  [500, "application/problem+json", '{"code":"internal"}', "「申請の案内状」にこの人たちが"],
  [200, "application/json", '{"cases":[],"known":[]}', "「申請の案内状」にこの人たちが"],
])("refused: %i %s %s", async (status, type, body, said) => {
  const page = await open();
  await page.evaluate(
    (refusal) => ((window as unknown as Mutable).office.refuses = refusal),
    [status, type, body],
  );
  browser.expect_complaint(new RegExp(String(status)));
  await choose(page, three);
  await send(page);
  await page.getByRole("alert").filter({ hasText: said }).waitFor();
  expect(await page.locator("#invite-file").isVisible()).toBe(true);
});

test("whoever does not work at the window is not offered it", async () => {
  const page = await browser.open("roles=approver");
  await page.locator("tbody tr").first().waitFor();
  expect(await page.locator(".office > .choices.bar").count()).toBe(0);
});
