// My Page in the colours that a person's system gives it, in little room, and on paper.
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { expect_contrast, expect_no_sideways, expect_nothing_cut } from "./checks";
import {
  clinic_checks_hanako,
  go_to,
  own,
  picture,
  places,
  tests_share_a_log_in,
  wide,
} from "./country";

beforeAll(clinic_checks_hanako);

const schemes = [
  { name: "dark", colorScheme: "dark" },
  { name: "forced", colorScheme: "dark", forcedColors: "active" },
] as const;
const ordinary = { colorScheme: "light", forcedColors: "none", media: "screen" } as const;

describe.each(Object.entries(places))("%s", (person, paths) => {
  tests_share_a_log_in(person);
  afterEach(async () => {
    await own.page.emulateMedia(ordinary);
    await own.page.setViewportSize(wide);
  });

  test.each(paths)("/%s: charts and the focus are seen in all colours", async (path) => {
    const { page } = own;
    await go_to(page, path);
    for (const { name, ...colours } of schemes) {
      await page.emulateMedia(colours);
      expect(await page.evaluate(too_faint), name).toEqual([]);
      await expect_swatches_differ(page);
      await expect_focus_seen(page);
      await picture(page, `${path || "home"}-${name}`);
    }
  });

  test.each(paths)("/%s: paper has the records, and nothing to press", async (path) => {
    const { page } = own;
    await go_to(page, path);
    await page.evaluate(count_what_stays_folded);
    await page.pdf({ format: "A4" });
    expect(await page.getAttribute("html", "data-folded")).toBe("0");
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize(paper);
    const screen_only = ".menu, .languages, .size, .skip, header form, dialog, .on-paper button";
    expect(await page.locator(screen_only).filter({ visible: true }).count()).toBe(0);
    await expect_contrast(page);
    await expect_no_sideways(page);
    await expect_nothing_cut(page);
    await picture(page, `${path || "home"}-paper`);
  });
});

// A4 without its margins, in CSS pixels.
const paper = { width: 718, height: 1000 };

// In the page: how many parts with records were folded when the browser printed.
function count_what_stays_folded(): void {
  addEventListener("beforeprint", () => {
    const folded = document.querySelectorAll("details.data:not([open])").length;
    document.documentElement.dataset.folded = String(folded);
  });
}

// In the page: lines, edges and texts of charts that do not stand 3:1 against the ground
// (WCAG 2.2, 1.4.11); what only helps the eye along, the grid, may be fainter.
function too_faint(): string[] {
  const numbers = (colour: string) => colour.match(/[\d.]+/g)!.map(Number);
  const luminance = (colour: string) => {
    const [r, g, b] = numbers(colour).map((value) =>
      value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const ground_of = (one: Element | null): string => {
    if (!one) return getComputedStyle(document.body).getPropertyValue("background-color");
    const { backgroundColor } = getComputedStyle(one);
    return numbers(backgroundColor)[3] === 0 ? ground_of(one.parentElement) : backgroundColor;
  };
  const canvas = document.body.appendChild(document.createElement("div"));
  canvas.style.backgroundColor = "Canvas";
  const under_all = getComputedStyle(canvas).backgroundColor;
  canvas.remove();
  const contrast = (one: Element, colour: string) => {
    const ground = ground_of(one.parentElement);
    const under = numbers(ground)[3] === 0 ? under_all : ground;
    const [a, b] = [luminance(colour), luminance(under)].sort((x, y) => y - x);
    return (a! + 0.05) / (b! + 0.05);
  };
  const drawn = [...document.querySelectorAll(".piece, .compared, .floor, .chart-swatch rect")];
  const written = [...document.querySelectorAll("svg text")];
  return [
    ...drawn.filter((one) => contrast(one, getComputedStyle(one).stroke) < 3),
    ...written.filter((one) => contrast(one, getComputedStyle(one).fill) < 4.5),
  ].map((one) => one.outerHTML);
}

// Who cannot tell colours apart tells patterns apart: no two of a legend look the same.
async function expect_swatches_differ(page: Page): Promise<void> {
  for (const legend of await page.locator(".chart-legend").all()) {
    const swatches = await legend.locator(".chart-swatch").all();
    const looks = new Set<string>();
    for (const swatch of swatches) looks.add((await swatch.screenshot()).toString("base64"));
    expect(looks.size, await legend.innerText()).toBe(swatches.length);
  }
}

// In the page: one of each kind of control, marked.
function mark_kinds(): string[] {
  const kinds = new Map<string, HTMLElement>();
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const one of document.querySelectorAll<HTMLElement>(`:is(${controls}):not(.skip)`)) {
    if (one.tabIndex < 0 || one.matches(":disabled") || !one.checkVisibility()) continue;
    const kind = `${one.tagName} ${one.className} ${one.getAttribute("type")}`;
    if (!kinds.has(kind)) kinds.set(kind, one);
  }
  [...kinds.values()].forEach((one, i) => (one.dataset.kind = String(i)));
  return [...kinds.keys()];
}

async function expect_focus_seen(page: Page): Promise<void> {
  await page.keyboard.press("Tab"); // from now on the focus is shown
  for (const [i, kind] of (await page.evaluate(mark_kinds)).entries()) {
    const one = page.locator(`[data-kind="${i}"]`);
    await one.evaluate((control) => control.scrollIntoView({ block: "center" }));
    const { x, y, width, height } = (await one.boundingBox())!;
    const left = Math.max(0, x - 8);
    const clip = { x: left, y: Math.max(0, y - 8), width: width + 16, height: height + 16 };
    await one.evaluate((control) => control.blur());
    const without = await page.screenshot({ clip });
    await one.focus();
    const with_focus = await page.screenshot({ clip, caret: "hide" });
    expect(with_focus.equals(without), `the focus is not seen: ${kind}`).toBe(false);
  }
}

// With room it is a table, without a list: whatever CSS does, its parts are heard as what they are.
describe("a table with room and without", () => {
  tests_share_a_log_in("taro");

  test("has its rows, headers and cells for who listens", async () => {
    const { page } = own;
    await go_to(page, "checkups");
    for (const size of [wide, { width: 320, height: 640 }]) {
      await page.setViewportSize(size);
      const needed = size === wide ? ["columnheader", "cell"] : ["listitem", "term", "definition"];
      for (const part of needed) {
        await expect.poll(async () => (await roles_heard(page)).get(part) ?? 0).toBeGreaterThan(3);
      }
      const heard = await roles_heard(page);
      for (const [role, selector] of Object.entries(kinds_of_parts)) {
        const parts = page.locator(selector).filter({ visible: true });
        expect(heard.get(role) ?? 0, role).toBe(await parts.count());
      }
    }
    await page.setViewportSize(wide);
  });
});

const kinds_of_parts = {
  table: "table",
  columnheader: "th[scope=col]",
  rowheader: "th[scope=row]",
  cell: "td",
  listitem: "li",
  term: "dt",
  definition: "dd",
};

// How often the browser's own accessibility tree has each role.
async function roles_heard(page: Page): Promise<Map<string, number>> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const heard = new Map<string, number>();
  for (const { ignored, role } of nodes) {
    if (!ignored && role) heard.set(role.value, (heard.get(role.value) ?? 0) + 1);
  }
  return heard;
}
