// What only a browser shows: the page in every state at 320 pixels with large text, its names for
// assistive technology, its dialog, its choices, its paper. Nothing is served: the browser's
// requests are answered from the build in memory.
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { states } from "./test_documents";

const time_limit_ms = 120_000;
const web = new URL("../../", import.meta.url).pathname;
// As lib/page answers for pages with scripts.
const policy =
  "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for " +
  "'script'; trusted-types 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; " +
  "form-action 'self'";
const types: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
};

let browser: Browser;
const files = new Map<string, string | Uint8Array>();

beforeAll(async () => {
  const built = await build({
    root: web,
    logLevel: "error",
    build: {
      write: false,
      rollupOptions: { input: { preview: `${web}portal/pension/preview.html` } },
    },
  });
  for (const file of (built as Rolldown.RolldownOutput).output) {
    files.set(`/${file.fileName}`, file.type === "chunk" ? file.code : file.source);
  }
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic"],
  });
}, time_limit_ms);

afterAll(() => browser?.close());

interface Visit {
  state?: string;
  language?: string;
  width?: number;
  large?: boolean; // text of 200 %
  dark?: boolean;
}

interface Shown {
  page: Page;
  errors: string[]; // of the console
}

async function shown(context: BrowserContext, visit: Visit): Promise<Shown> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.route("**/*", (route) => {
    const path = new URL(route.request().url()).pathname;
    const file = files.get(path);
    if (file === undefined) return route.fulfill({ status: 404 });
    const body = typeof file === "string" ? file : Buffer.from(file);
    const type = types[path.split(".").at(-1)!]!;
    return route.fulfill({
      body,
      headers: { "Content-Type": type, "Content-Security-Policy": policy },
    });
  });
  await go(page, visit);
  return { page, errors };
}

async function go(page: Page, visit: Visit): Promise<void> {
  const { state = "hanako", language = "ja", large = false } = visit;
  const query = `state=${state}&lang=${language}${large ? "&large" : ""}`;
  await page.goto(`http://preview.example/portal/pension/preview.html?${query}`);
  await page.waitForSelector(".pension");
  if (large) await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await settled(page);
}

// Sizes are observed in one frame and drawn in the next.
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

async function with_page(visit: Visit, check: (shown: Shown) => Promise<void>): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: visit.width ?? 1280, height: 900 },
    colorScheme: visit.dark ? "dark" : "light",
  });
  const opened = await shown(context, visit);
  await check(opened);
  expect(opened.errors).toEqual([]);
  await context.close();
}

const unfold = (page: Page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));

test(
  "in every state nothing scrolls sideways at 320 pixels with text of 200 %",
  async () => {
    await with_page({ width: 320 }, async ({ page }) => {
      for (const [i, state] of Object.keys(states).entries()) {
        await go(page, { state, language: ["ja", "en", "easy"][i % 3]!, large: true });
        await unfold(page);
        const add = page.locator(".fund-choice input");
        if (await add.count()) await add.check();
        await settled(page);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, state).toBe(320);
        expect((await page.locator(".pension").innerText()).length, state).toBeGreaterThan(20);
      }
    });
  },
  time_limit_ms,
);

test.each([
  { state: "hanako", language: "ja" },
  { state: "member", language: "easy", width: 320 },
  { state: "state_silent", language: "en", dark: true },
])(
  "axe finds nothing: $state, $language",
  async (visit) => {
    await with_page(visit, async ({ page }) => {
      await unfold(page);
      await page.locator(".doubt").first().click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    });
  },
  time_limit_ms,
);

test(
  "charts are laid out for their width, not scaled, and their text is as large as the page's",
  async () => {
    for (const visit of [{ width: 1280 }, { width: 320 }, { width: 320, large: true }]) {
      await with_page(visit, async ({ page }) => {
        const charts = await page.locator(".chart svg[role=img]").evaluateAll((all) =>
          all.map((svg) => ({
            scale: svg.getBoundingClientRect().width / Number(svg.getAttribute("width")),
            type: parseFloat(getComputedStyle(svg.querySelector("text")!).fontSize),
            label: svg.getAttribute("aria-label")!.length,
          })),
        );
        expect(charts).toHaveLength(3);
        for (const chart of charts) {
          expect(chart.scale).toBe(1);
          expect(chart.type).toBe("large" in visit ? 32 : 16);
          expect(chart.label).toBeGreaterThan(10);
        }
      });
    }
  },
  time_limit_ms,
);

test(
  "a doubt names its line and its office; Esc closes it and the focus goes back",
  async () => {
    await with_page({}, async ({ page }) => {
      const buttons = page.locator(".doubt");
      const names = await buttons.evaluateAll((all) => all.map((one) => one.textContent));
      expect(names.length).toBeGreaterThan(30); // spans, years, rows of months, pay
      const pay = buttons.nth(1);
      await pay.focus();
      await page.keyboard.press("Enter");
      const dialog = page.locator("dialog[open]");
      expect(await dialog.innerText()).toContain("0990-00-1165");
      expect(await dialog.locator(".saying").innerText()).toContain("2009年4月〜2012年3月");
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator("dialog").count()).toBe(0);
      const has_focus = () => pay.evaluate((one) => one === document.activeElement);
      await expect.poll(has_focus).toBe(true);
    });
  },
  time_limit_ms,
);

test(
  "choices change the figures: age, course, national pension fund",
  async () => {
    await with_page({}, async ({ page }) => {
      const result = page.locator(".result[role=status]");
      // 62,340 + 19,820 + 14,250 + 1,130
      await expect.poll(() => result.innerText()).toContain("97,540円");
      await page.getByRole("button", { name: "1歳遅くする" }).click();
      expect(await page.locator("#claim-age").inputValue()).toBe("66");
      await page.locator("#claim-age").selectOption("65");
      await page.getByLabel("これまでの納付だけの場合").check();
      await expect.poll(() => result.innerText()).toContain("65,070円"); // 29,870 + …
      await page.locator(".fund-choice input").check();
      await expect.poll(() => result.innerText()).toContain("80,070円"); // + 15,000
      expect(await page.locator("#expected .chart-legend").innerText()).toContain("国民年金基金");
      await page.locator("#expected .chart .target").nth(3).hover();
      const readout = page.locator("#expected .chart-readout");
      await expect.poll(() => readout.innerText()).toContain("68歳");
    });
  },
  time_limit_ms,
);

test(
  "paper has the tables unfolded and charts of its width; the screen gets its own back",
  async () => {
    await with_page({ width: 320 }, async ({ page }) => {
      const seen = () =>
        page.evaluate(() => ({
          open: document.querySelectorAll("details.data[open]").length,
          width: Number(document.querySelector(".chart svg")!.getAttribute("width")),
        }));
      const before = await seen();
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      await expect.poll(seen).toEqual({ open: 4, width: 780 });
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      await expect.poll(seen).toEqual(before);
    });
  },
  time_limit_ms,
);

test(
  "who is missing is said above the figures and beside the sum",
  async () => {
    await with_page({ state: "one_silent" }, async ({ page }) => {
      expect(await page.locator(".missing").innerText()).toContain("1 か所");
      expect(await page.locator(".result[role=status]").innerText()).toContain("入っていません");
      expect(await page.locator("#answered li").count()).toBe(3);
    });
    await with_page({ state: "state_silent" }, async ({ page }) => {
      expect(await page.locator(".missing").innerText()).toContain("国の年金");
    });
    await with_page({ state: "asking" }, async ({ page }) => {
      expect(await page.getByRole("status").first().innerText()).toContain("1か所から届きました");
    });
  },
  time_limit_ms,
);
