// Every page of My Page, in every language, with the records of the demo country: what checkers
// find, and small windows with large text.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expect_accessible, expect_valid } from "./checks";
import {
  agent,
  clinic_checks_hanako,
  go_to,
  languages,
  own,
  picture,
  places,
  portal,
  tests_share_a_log_in,
  tests_share_a_visit,
} from "./country";
import { expect_accessible_in_the_dark, expect_fits, expect_page } from "./pages";

beforeAll(clinic_checks_hanako);

describe.each(Object.entries(places))("%s", (person, paths) => {
  tests_share_a_log_in(person);
  describe.each(languages)("%s", (language) => {
    beforeAll(() => choose(`lang=${language}`));

    test.each(paths)("/%s is valid, accessible, and fits at 400 %", async (path) => {
      const name = `${path || "home"}-${language}`;
      const served = await go_to(own.page, path);
      expect(await own.page.getAttribute("html", "data-language")).toBe(language);
      await expect_valid(served, `${name} as served`);
      await expect_valid(await own.page.content(), name);
      await expect_accessible(own.page);
      await picture(own.page, name);
      if (language === "ja") await expect_accessible_in_the_dark(name);
      await expect_fits(`${name}-320`);
    });

    describe("large text", () => {
      beforeAll(() => choose("size=large"));
      afterAll(() => choose("size=normal"));

      test.each(paths)("/%s fits at 400 %", async (path) => {
        await go_to(own.page, path);
        expect(await own.page.getAttribute("html", "class")).toContain("large");
        await expect_fits(`${path || "home"}-${language}-320-large`);
      });
    });
  });
});

describe("before the log-in", () => {
  tests_share_a_visit("hanako");
  describe.each(languages)("%s", (language) => {
    beforeAll(() => choose(`lang=${language}`));

    // Whoever comes without a card, or by a link that leads nowhere.
    test.each(["", "procedures", "nothing"])("/%s", async (path) => {
      const reply = (await own.page.goto(portal + path))!;
      if (path === "nothing") forgive_missing();
      await expect_page(await reply.text(), `start-${path || "home"}-${language}`);
    });

    test("the card's program asks for the PIN", async () => {
      const { page } = own;
      await page.goto(portal);
      await page.click("form[action='/login'] button");
      await page.waitForURL(`${agent}**`);
      await page.waitForSelector("#pin");
      await expect_page(await (await page.reload())!.text(), `agent-${language}`);
    });
  });
});

function forgive_missing(): void {
  const others = own.complaints.splice(0).filter((text) => !text.includes(" status of 404 "));
  own.complaints.push(...others);
}

async function choose(query: string): Promise<void> {
  await own.page.goto(`${portal}?${query}`);
}
