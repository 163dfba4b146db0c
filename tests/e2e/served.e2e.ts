// The pages that C++ makes whole, without a script: those of the issuing centre for whoever has
// lost a card, renews it or wants to know how far it is, and those of the card's own program. What
// checkers find, small windows, and mistakes.
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { agent, cli, languages, own, root, tests_share_a_visit, window_page } from "./country";
import { expect_mistake, expect_page, send_unchecked } from "./pages";
import { application } from "./window";

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

describe.each(["stop", "status", "renew/on"])("/%s", (path) => {
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

// One who is invited, one whose case is given up, and one for whom a second clerk is waited for.
describe("/status, with a slip", () => {
  tests_share_a_visit("hanako");
  const born: Record<string, string> = { unlock: "1986-05-01" };
  const numbers: Record<string, string> = {};
  const issue = (...words: string[]) =>
    cli("issue", "--clerk", "sato-1", "--pin", "1234", ...words);

  beforeAll(() => {
    const file = `${root}/run/invite-status.json`;
    const invited = { ...application(), claims: [] };
    writeFileSync(file, JSON.stringify({ people: [invited, invited] }));
    const { cases } = JSON.parse(issue("--json", "invite", file)) as {
      cases: { number: string }[];
    };
    [numbers.invited, numbers.over] = cases.map(({ number }) => number) as [string, string];
    born.invited = born.over = invited.person.birth_date;
    issue("cancel", numbers.over, "test");
    const found = JSON.parse(issue("--json", "find", "--health-number", "621874998319")) as {
      people: { person: string }[];
    };
    const of = ["--person", found.people[0]!.person, "--kind", "unlock"];
    const opened = JSON.parse(issue("--json", "open", ...of, "--uses", "authentication")) as {
      number: string;
    };
    numbers.unlock = opened.number;
  });
  afterAll(() => {
    for (const which of ["invited", "unlock"]) issue("cancel", numbers[which]!, "test");
  });

  const all = ["invited", "unlock", "over"];
  const each = languages.flatMap((language) => all.map((which) => [which, language]));
  test.each(each)("%s, %s", async (which, language) => {
    const { page } = own;
    await page.goto(`${window_page}status?lang=${language}`);
    const [year, month, day] = born[which!]!.split("-") as [string, string, string];
    await type_slip(page, { code: numbers[which!]!, year, month, day });
    const served = await send_unchecked(page);
    expect(page.url()).toBe(`${window_page}status`);
    expect(served).not.toMatch(/厚労|コウロウ|九十九|A市/);
    expect(served.replace(/\s/g, "")).not.toContain(numbers[which!]!);
    expect(await page.locator(".steps li").count()).toBeGreaterThan(2);
    const now = which === "over" ? 0 : 1;
    expect(await page.locator('.steps [aria-current="step"]').count()).toBe(now);
    await expect_page(served, `status-${which}-${language}`);
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
