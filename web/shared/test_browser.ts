// A page of My Page as a person meets it: in a browser, under the portal's own headers, with the
// country that its harness makes.
import AxeBuilder from "@axe-core/playwright";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page, ViewportSize } from "playwright-core";
import { build } from "vite";
import { expect } from "vitest";
import { start_browser } from "./chromium.mjs";

const web = fileURLToPath(new URL("..", import.meta.url));
const style = readFileSync(join(web, "../lib/page/static/style.css"));
const page_text = (title: string) => `<!doctype html>
<html lang="ja" class="portal"><head><meta charset="utf-8">
<title>マイページ</title><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/base.css"><link rel="stylesheet" href="/style.css">
<script type="module" src="/harness.js"></script></head>
<body><main id="main"><h1>${title}</h1><div id="page"></div></main></body></html>`;
// As web pages of the portal have it (lib/page/answer.cpp).
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

function serve(folder: string, title: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const is_script = pathname.endsWith(".js");
    const type = is_script
      ? "text/javascript"
      : pathname.endsWith(".css")
        ? "text/css"
        : "text/html";
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.setHeader("Content-Security-Policy", policy);
    if (pathname === "/") response.end(page_text(title));
    else if (pathname === "/base.css") response.end(style);
    else if (pathname === "/favicon.ico") response.writeHead(204).end();
    else response.end(readFileSync(join(folder, pathname.slice(1))));
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server)));
}

export class TestBrowser {
  private readonly pages: Page[] = [];
  private idle: Page | undefined; // a browser's context takes a second, a page of one does not
  private readonly plain = new WeakSet<Page>();
  private readonly complaints: string[] = [];
  private wanted: RegExp | undefined;

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  // `harness`: a script of this folder that renders the page into #page.
  static async start(harness: string, title: string): Promise<TestBrowser> {
    const folder = mkdtempSync(join(tmpdir(), "mado-browser-"));
    await build({
      configFile: join(web, "vite.config.ts"),
      logLevel: "error",
      build: {
        outDir: folder,
        minify: false,
        rollupOptions: { input: { harness: join(web, harness) } },
      },
    });
    return new TestBrowser(folder, await serve(folder, title), await start_browser());
  }
  async stop(): Promise<void> {
    await this.browser.close();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }
  // After each test: nothing was against the headers, and nothing was thrown.
  async close_pages(): Promise<void> {
    await Promise.all(this.pages.splice(0).map((page) => this.leave(page)));
    const { wanted } = this;
    this.wanted = undefined;
    expect(this.complaints.splice(0).filter((one) => !wanted?.test(one))).toEqual([]);
  }
  // The next test gets the page as a new one: nothing kept, open or under the mouse.
  private async leave(page: Page): Promise<void> {
    if (this.idle || page.isClosed() || !this.plain.has(page)) return page.context().close();
    this.idle = page;
    await page.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
    await page.context().clearCookies();
    await page.emulateMedia({ media: null });
    await page.mouse.move(0, 0);
    await page.goto("about:blank");
  }
  // The browser writes down each refusal that it is answered: one that a test wants.
  expect_complaint(wanted: RegExp): void {
    this.wanted = wanted;
  }
  async open(query = "", width = 1280, more = {}): Promise<Page> {
    const viewport = { width, height: 900 };
    const is_plain = Object.keys(more).length === 0;
    const page = (is_plain && this.take_idle()) || (await this.open_new(viewport, more));
    this.pages.push(page);
    if (is_plain) this.plain.add(page);
    await page.setViewportSize(viewport);
    await this.go(page, query);
    return page;
  }
  private take_idle(): Page | undefined {
    const page = this.idle;
    this.idle = undefined;
    return page;
  }
  private async open_new(viewport: ViewportSize, more: object): Promise<Page> {
    const context = await this.browser.newContext({ viewport, ...more });
    const page = await context.newPage();
    page.on("console", (one) => {
      if (one.type() === "error") this.complaints.push(one.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    return page;
  }
  async go(page: Page, query: string): Promise<void> {
    const { port } = this.server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/?${query}`);
  }
}

// What a button saves.
export async function saved(page: Page, button: string | RegExp): Promise<string> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  return readFileSync(await (await waiting).path(), "utf8");
}

// Everything open and in large text: no sideways scrolling, targets that a finger meets, and what
// axe finds. It takes seconds: the narrow page of each language is enough.
export async function expect_accessible(page: Page, width: number): Promise<void> {
  await page.evaluate(() => {
    document.querySelectorAll("details").forEach((one) => (one.open = true));
    document.documentElement.classList.add("large");
  });
  await drawn(page);
  const sizes = await page.evaluate(() => {
    const targets = [...document.querySelectorAll("button, summary, select, label.choice")];
    const heights = targets.map((one) => one.getBoundingClientRect().height);
    return { width: document.documentElement.scrollWidth, lowest: Math.min(...heights) };
  });
  expect(sizes.width).toBe(width);
  expect(sizes.lowest).toBeGreaterThanOrEqual(44);
  if (width === 320) await expect_nothing_of_axe(page); // elsewhere it sees the same elements
}

// No page has frames: axe needs no second page, a process of its own, to join what it found in
// each.
const axe_of = (page: Page) => new AxeBuilder({ page }).setLegacyMode();

export async function expect_nothing_of_axe(page: Page): Promise<void> {
  const { violations } = await axe_of(page).analyze();
  expect(violations.map((one) => `${one.id} ${one.nodes[0]!.html}`)).toEqual([]);
}

// Sizes are observed in one frame and drawn in the next.
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}
