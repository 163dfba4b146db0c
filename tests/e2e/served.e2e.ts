// The pages that C++ makes whole, without a script: those of the issuing centre for whoever has
// lost a card or renews it, and those of the card's own program. What checkers find, small windows,
// and mistakes.
import { beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { agent, languages, own, tests_share_a_visit, window_page } from "./country";
import { expect_mistake, expect_page, send_unchecked } from "./pages";

const refused = (status: number) => {
  const is_other = (text: string) => !text.includes(` status of ${status} `);
  own.complaints.push(...own.complaints.splice(0).filter(is_other));
};

// As the slip has it; the last digit is a check digit, and nobody has this one.
const nobody = { code: "0000 0000 0000", year: "1986", month: "5", day: "1" };
type Typed = typeof nobody;
async function type_slip(page: Page, typed: Typed): Promise<void> {
  for (const [name, value] of Object.entries(typed)) await page.fill(`#${name}`, value);
}

const mistakes: [string, Typed, string[]][] = [
  ["code", { ...nobody, code: "123" }, ["code"]],
  ["date", { ...nobody, month: "13" }, ["year", "month", "day"]],
  ["nobody", nobody, ["code", "year", "month", "day"]],
];

describe.each(["stop", "renew/on"])("/%s", (path) => {
  tests_share_a_visit("hanako");
  const name = path.replace("/", "-");
  describe.each(languages)("%s", (language) => {
    test("as it comes", async () => {
      const reply = (await own.page.goto(`${window_page}${path}?lang=${language}`))!;
      await expect_page(await reply.text(), `${name}-${language}`);
      const filled = await own.page
        .locator("main input")
        .evaluateAll((all) => all.map((one) => one.getAttribute("autocomplete")));
      expect(filled).toEqual(["off", "bday-year", "bday-month", "bday-day"]);
    });

    const some = language === "ja" ? mistakes : mistakes.slice(-1);
    test.each(some)("a mistake is said at its fields: %s", async (which, typed, fields) => {
      const { page } = own;
      await page.goto(`${window_page}${path}?lang=${language}`);
      await type_slip(page, typed);
      const served = await send_unchecked(page);
      await expect_mistake(page, fields, "#mistake");
      expect(await page.inputValue("#code"), "typed once").toBe(typed.code);
      await expect_page(served, `${name}-${which}-${language}`);
    });
  });
});

describe("at home, after the agent", () => {
  tests_share_a_visit("hanako");
  test.each(
    languages.flatMap((language) => [
      ["done", language],
      ["failed", language],
    ]),
  )("the card was written: %s, %s", async (end, language) => {
    const reply = (await own.page.goto(
      `${window_page}renew/written?card=${end}&lang=${language}`,
    ))!;
    await expect_page(await reply.text(), `renew-written-${end}-${language}`);
  });
});

describe("long before the card ends", () => {
  tests_share_a_visit("hanako");
  beforeAll(() => log_in_to_renew(own.page));
  test.each(languages)("/renew, %s", async (language) => {
    const reply = (await own.page.goto(`${window_page}renew?lang=${language}`))!;
    await expect_page(await reply.text(), `renew-early-${language}`);
  });
});

async function log_in_to_renew(page: Page): Promise<void> {
  await page.goto(`${window_page}renew?lang=ja`);
  await page.click("form[action='/login'] button");
  await page.fill("#pin", "1234");
  await page.click("main button");
  await page.waitForURL(`${window_page}renew`);
  refused(403);
}

describe("the card's program", () => {
  tests_share_a_visit("hanako");

  describe.each(languages)("%s", (language) => {
    test("the card", async () => {
      const reply = (await own.page.goto(`${agent}?lang=${language}`))!;
      await expect_page(await reply.text(), `agent-card-${language}`);
    });

    const uses = language === "ja" ? ["pin", "password"] : ["password"];
    test.each(uses)("another %s, and what is no such", async (use) => {
      const { page } = own;
      await page.goto(`${agent}?lang=${language}`);
      await page.locator(`a[href*="use=${use}"]`).click();
      await expect_page(await (await page.reload())!.text(), `agent-${use}-${language}`);
      const good = use === "pin" ? "1234" : "ABC123";
      const tries: [string, Record<string, string>, string[]][] = [
        ["present", { pin: "x", fresh: good, again: good }, ["pin"]],
        ["fresh", { pin: good, fresh: "x", again: "x" }, ["fresh", "again"]],
        ["differ", { pin: good, fresh: good, again: `${good.slice(1)}9` }, ["fresh", "again"]],
      ];
      for (const [which, typed, fields] of tries) {
        for (const [field, value] of Object.entries(typed)) await page.fill(`#${field}`, value);
        const served = await send_unchecked(page);
        await expect_mistake(page, fields, `#${fields[0]}`);
        await expect_page(served, `agent-${use}-${which}-${language}`);
      }
    });

    test("what is asked wrongly is refused", async () => {
      for (const path of ["authorize", "card", "sign"]) {
        const reply = (await own.page.goto(`${agent}${path}?lang=${language}`))!;
        refused(403);
        await expect_page(await reply.text(), `agent-refused-${path}-${language}`);
      }
    });
  });
});
