// A walk over a page by Tab alone (WCAG 2.2: 2.1.1, 2.1.2, 2.4.3, 2.4.7, 2.4.11).
import type { Page } from "playwright-core";
import { expect } from "vitest";

export interface Stop {
  stop: string | undefined; // its number in the document; of no control of these kinds none
  name: string;
  left: number; // in the document
  top: number;
  right: number;
  bottom: number;
  is_outlined: boolean;
  is_in_window: boolean;
  is_on_top: boolean; // nothing lies over its middle
}

// In the page: marks all that can be reached, and says how many there are.
function mark_all(): number {
  for (const one of document.querySelectorAll<HTMLElement>("[data-stop]")) delete one.dataset.stop;
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const scope = document.querySelector("dialog[open]") ?? document;
  const all = [...scope.querySelectorAll<HTMLElement>(kinds)].filter(
    (one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.checkVisibility(),
  );
  const groups = new Set<string>();
  const reached = all.filter((one) => {
    if (!(one instanceof HTMLInputElement) || one.type !== "radio") return true;
    // Of a group of radio buttons the chosen one.
    return one.checked && !groups.has(one.name) && groups.add(one.name);
  });
  reached.forEach((one, i) => (one.dataset.stop = String(i)));
  return reached.length;
}

// In the page: where the focus is; null when it has left.
function here(): Stop | null {
  const one = document.activeElement as HTMLElement | null;
  if (!one || one === document.body || one === document.documentElement) return null;
  const { left, top, right, bottom } = one.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  // Each line of a link that goes on in the next one.
  const is_on_top = [...one.getClientRects()].every((box) =>
    one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)),
  );
  return {
    stop: one.dataset.stop,
    name: one.outerHTML.slice(0, 120),
    left: left + scrollX,
    top: top + scrollY,
    right: right + scrollX,
    bottom: bottom + scrollY,
    is_outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    is_in_window: top > -1 && left > -1 && bottom < innerHeight + 1 && right < innerWidth + 1,
    is_on_top,
  };
}

// Until it comes back to where it was, past the window's own controls; returned from the top.
export async function walk(page: Page): Promise<Stop[]> {
  const count = await page.evaluate(mark_all);
  const stops: Stop[] = [];
  const seen = new Set<string>();
  for (let pressed = 0; pressed < count + 5; ++pressed) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(here);
    if (stop === null) continue;
    if (seen.has(stop.stop ?? "")) break;
    expect(stop.stop, `no kind of control, or not to be seen: ${stop.name}`).toBeDefined();
    seen.add(stop.stop!);
    stops.push(stop);
  }
  const missed = await page.evaluate((reached) => {
    const all = [...document.querySelectorAll<HTMLElement>("[data-stop]")];
    return all.filter((one) => !reached.includes(one.dataset.stop!)).map((one) => one.outerHTML);
  }, [...seen]);
  expect(missed, `not reached by Tab: ${page.url()}`).toEqual([]);
  const top = stops.findIndex((stop) => stop.stop === "0");
  return [...stops.slice(top), ...stops.slice(0, top)];
}

export function expect_visible(stops: Stop[]): void {
  for (const stop of stops) {
    expect(stop.is_outlined, `no outline: ${stop.name}`).toBe(true);
    expect(stop.is_in_window, `outside of the window: ${stop.name}`).toBe(true);
    expect(stop.is_on_top, `covered: ${stop.name}`).toBe(true);
  }
}

// Downwards, and to the right in a line; where there are columns, also up into another one.
export function expect_in_order(stops: Stop[], columns: "one column" | "columns"): void {
  stops.slice(1).forEach((stop, i) => {
    const before = stops[i]!;
    const is_beside = stop.left >= before.right - 1 || stop.right <= before.left + 1;
    const is_after = stop.bottom > before.top || (columns === "columns" && is_beside);
    const is_in_line = stop.top < before.bottom && stop.bottom > before.top;
    const is_back = is_in_line && stop.right <= before.left + 1 && columns === "one column";
    expect(is_after && !is_back, `${stop.name}\nlies before\n${before.name}`).toBe(true);
  });
}

// Tab until the focus is on `selector`.
export async function tab_to(page: Page, selector: string): Promise<void> {
  for (let pressed = 0; pressed < 60; ++pressed) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((one) => document.activeElement!.matches(one), selector)) return;
  }
  throw new Error(`Tab does not come to ${selector} on ${page.url()}`);
}
