// What every page has to keep, whatever it shows: WCAG 2.2, the HTML standard, small windows.
import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import type { Page } from "playwright-core";
import { expect } from "vitest";

// ---- what checkers find ----

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function expect_nothing_of_axe(page: Page, axe: AxeBuilder): Promise<void> {
  const found = await axe.analyze();
  expect(
    found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html)}`),
    page.url(),
  ).toEqual([]);
}
// No page has frames: axe needs no second page, a process of its own, to join what it found in
// each.
const axe_of = (page: Page) => new AxeBuilder({ page }).setLegacyMode();

export function expect_accessible(page: Page): Promise<void> {
  return expect_nothing_of_axe(page, axe_of(page).withTags(rules));
}
// What another scheme of colours can change. Where a page names no ground the browser paints one of
// the scheme, and axe takes it for white.
export async function expect_contrast(page: Page): Promise<void> {
  await page.evaluate(() => (document.documentElement.style.backgroundColor = "Canvas"));
  return expect_nothing_of_axe(page, axe_of(page).withRules(["color-contrast"]));
}

const standard = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    // ARIA in HTML allows a name on a group or a <dl>: that the rule does not is its taste.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
  },
});
export async function expect_valid(html: string, name: string): Promise<void> {
  const { results } = await standard.validateString(html, name);
  const found = results.flatMap(({ messages, source }) =>
    messages.map(({ ruleId, message, offset }) => {
      const near = source?.slice(Math.max(0, offset - 60), offset + 60);
      return `${ruleId}: ${message} at …${near}…`;
    }),
  );
  expect(found, name).toEqual([]);
}

// ---- windows ----

// WCAG 2.2, 1.4.10: no sideways scrolling.
export async function expect_no_sideways(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    innerWidth,
  ]);
  expect(content, page.url()).toBeLessThanOrEqual(window!);
}

// In the page: what does not fit where the rest of it is hidden, and what lies beside the window.
function cut_off(): string[] {
  const out: string[] = [];
  const is_for_ears = (one: Element) => one.closest(".visually-hidden, .skip, .em-probe, thead");
  for (const one of document.querySelectorAll("body *:not(svg *)")) {
    if (!one.checkVisibility() || is_for_ears(one)) continue;
    const { overflowX, overflowY } = getComputedStyle(one);
    const hides = (way: string) => way === "hidden" || way === "clip";
    const is_cut =
      (hides(overflowX) && one.scrollWidth > one.clientWidth) ||
      (hides(overflowY) && one.scrollHeight > one.clientHeight);
    const { left, right, width } = one.getBoundingClientRect();
    const is_beside = width > 0 && (left < -1 || right > innerWidth + 1);
    if (is_cut || is_beside) out.push(one.outerHTML.slice(0, 150));
  }
  return out;
}
// Also of a chart's texts: an <svg> hides what is outside of it. A font's box is higher than its
// characters, by less than a quarter.
function cut_texts(): string[] {
  return [...document.querySelectorAll<SVGTextElement>("svg text")]
    .filter((text) => {
      const own = text.getBoundingClientRect();
      const image = text.ownerSVGElement!.getBoundingClientRect();
      const beside = Math.max(image.left - own.left, own.right - image.right);
      const above = Math.max(image.top - own.top, own.bottom - image.bottom);
      return beside > 1 || above > own.height / 4;
    })
    .map((text) => text.outerHTML);
}
export async function expect_nothing_cut(page: Page): Promise<void> {
  const found = [...(await page.evaluate(cut_off)), ...(await page.evaluate(cut_texts))];
  expect(found, page.url()).toEqual([]);
}
