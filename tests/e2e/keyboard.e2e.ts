// My Page without a mouse: to every control of every page and away again, and back from dialogs.
import { beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import {
  agent,
  clinic_checks_hanako,
  come,
  each_test_has_a_visit,
  forgive_refusals,
  go_to,
  own,
  picture,
  places,
  portal,
  settled,
  tests_share_a_log_in,
  wide,
} from "./country";
import { expect_in_order, expect_visible, tab_to, walk } from "./keyboard";

const narrow = { width: 400, height: 640 };

const focused = (page: Page) => page.evaluate(() => document.activeElement?.outerHTML ?? "");

// Once everything is there, from the top of the page.
async function begin(path: string): Promise<void> {
  await go_to(own.page, path);
  await own.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
}

beforeAll(clinic_checks_hanako);

describe.each(Object.entries(places))("%s", (person, paths) => {
  tests_share_a_log_in(person);

  test.each(paths)("/%s: every control, in the order that the eye takes", async (path) => {
    for (const size of [wide, narrow]) {
      const columns = size === wide ? "columns" : "one column";
      await own.page.setViewportSize(size);
      await begin(path);
      const stops = await walk(own.page);
      expect(stops.length).toBeGreaterThan(4);
      expect_visible(stops);
      expect_in_order(stops, columns);
    }
    await own.page.setViewportSize(wide);
  });

  test.each(paths)("/%s: past the menu, and into what is folded away", async (path) => {
    const { page } = own;
    await begin(path);
    await skip_menu(page);
    for (const summary of await page.locator("summary:visible").all()) {
      const is_open = () => summary.evaluate((one) => one.matches("details[open] > summary"));
      const before = await is_open();
      await summary.focus();
      await page.keyboard.press("Enter");
      expect(await is_open()).toBe(!before);
      await page.keyboard.press("Space");
      expect(await is_open()).toBe(before);
    }
  });
});

// By the first link of all.
async function skip_menu(page: Page): Promise<void> {
  await page.keyboard.press("Tab");
  const skip = page.locator(".skip");
  expect(await skip.evaluate((one) => one === document.activeElement)).toBe(true);
  const box = (await skip.boundingBox())!;
  expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  // Where there is nothing to press it begins anew.
  const is_past = await page.evaluate(() => {
    const here = document.activeElement!;
    if (document.querySelector("main :is(a[href], button, select, input, summary)") === null) {
      return here.matches("body, .skip");
    }
    return here.closest("main") !== null;
  });
  expect(is_past, await focused(page)).toBe(true);
}

describe("dialogs", () => {
  tests_share_a_log_in("hanako");

  test.each(["pension", "claims", "checkups"])(
    "/%s: the focus is kept inside, and goes back to where it came from",
    async (path) => {
      const { page } = own;
      await begin(path);
      await tab_to(page, "button.doubt");
      const opener = await focused(page);
      await page.keyboard.press("Enter");
      await page.waitForSelector("dialog[open]");
      const is_inside = () =>
        page.evaluate(() => document.activeElement!.closest("dialog[open]") !== null);
      expect(await is_inside(), await focused(page)).toBe(true);
      const stops = await walk(page);
      expect(stops.length).toBeGreaterThanOrEqual(2);
      expect_visible(stops);
      expect_in_order(stops, "one column");
      await page.keyboard.press("Escape");
      expect(await page.locator("dialog[open]").count()).toBe(0);
      expect(await focused(page)).toBe(opener);
    },
  );

  test("a notice opens and closes where it stands", async () => {
    const { page } = own;
    await begin("");
    await tab_to(page, ".notices button");
    const notice = page.locator(".notices button").first();
    await page.keyboard.press("Enter");
    expect(await notice.getAttribute("aria-expanded")).toBe("true");
    await settled(page);
    expect(await notice.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await page.locator(".notices .body").first().isVisible()).toBe(true);
    await page.keyboard.press("Space");
    expect(await page.locator(".notices .body").first().isVisible()).toBe(false);
  });
});

describe("log-in", () => {
  each_test_has_a_visit();

  test("in and out by keyboard alone", async () => {
    const page = await come("hanako");
    await page.goto(portal);
    expect_visible(await walk(page));
    await page.goto(portal);
    await tab_to(page, "form[action='/login'] button");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${agent}**`);
    await page.waitForSelector("#pin");
    expect_visible(await walk(page));
    await page.reload();
    await tab_to(page, "#pin");
    await page.keyboard.type("1234");
    await page.keyboard.press("Enter");
    await page.waitForURL(portal);
    await settled(page);
    await picture(page, "by-keyboard");
    await tab_to(page, "header form[action='/logout'] button");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form[action='/login']");
    forgive_refusals();
  });
});
