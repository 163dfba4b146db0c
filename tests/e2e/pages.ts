// What a page has to keep in every language, as it was served and as it became; a small window.
import type { Page } from "playwright-core";
import {
  expect_accessible,
  expect_contrast,
  expect_no_sideways,
  expect_nothing_cut,
  expect_valid,
} from "./checks";
import { expect } from "vitest";
import { own, picture, settled, wide } from "./country";

// WCAG 2.2, 1.4.10: 1280×1024 at 400 % is a window of this size.
const zoomed = { width: 320, height: 256 };

export async function expect_page(served: string, name: string): Promise<void> {
  await expect_valid(served, `${name} as served`);
  await expect_shown(name);
}
// Of a page that a script makes whole.
export async function expect_shown(name: string): Promise<void> {
  await expect_valid(await own.page.content(), name);
  await expect_accessible(own.page);
  await picture(own.page, name);
  if (name.endsWith("-ja")) await expect_accessible_in_the_dark(name);
  await expect_fits(`${name}-320`);
}

export async function expect_accessible_in_the_dark(name: string): Promise<void> {
  const { page } = own;
  await page.emulateMedia({ colorScheme: "dark" });
  await expect_contrast(page);
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
}

// With all that is folded away, and with the text of a notice.
export async function expect_fits(name: string): Promise<void> {
  const { page } = own;
  await page.setViewportSize(zoomed);
  if (await page.evaluate(unfold)) await settled(page);
  await expect_no_sideways(page);
  await expect_nothing_cut(page);
  await picture(page, name);
  await page.setViewportSize(wide);
}

// In the page; true where the holder of a notice is asked for its text.
async function unfold(): Promise<boolean> {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const notice = document.querySelector<HTMLElement>("button[aria-expanded=false]");
  notice?.click();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return notice !== null;
}

// The form is sent as it is, as by a browser that checks nothing; the answer as it was served.
export async function send_unchecked(page: Page, button = "main form button"): Promise<string> {
  await page.locator("main form").evaluateAll((all) => {
    for (const one of all as HTMLFormElement[]) one.noValidate = true;
  });
  const answered = page.waitForResponse((reply) => reply.request().method() === "POST");
  await page.locator(button).first().click();
  const text = await (await answered).text();
  await page.waitForLoadState();
  return text;
}

// WCAG 2.2, 3.3.1 and 3.3.3: the fields that are to be mended name what is wrong, and the focus is
// there or on what says it; the window's title says so first.
export async function expect_mistake(page: Page, fields: string[], focus: string): Promise<void> {
  const named = await page.locator("[aria-invalid=true]").evaluateAll((all) =>
    all.map((one) => {
      const ids = (one.getAttribute("aria-describedby") ?? "").split(" ");
      const texts = ids.map((id) => document.getElementById(id));
      const is_named = texts.some((text) => text?.classList.contains("mistake"));
      return `${one.getAttribute("name")}${is_named ? "" : " names no mistake"}`;
    }),
  );
  expect(named).toEqual(fields);
  const here = await page.evaluate(
    (one) => document.activeElement?.matches(one) ?? false,
    focus,
  );
  expect(here, await page.evaluate(() => document.activeElement?.outerHTML)).toBe(true);
  expect(await page.title()).toMatch(/^(エラー：|Error: |まちがい：)/);
}
