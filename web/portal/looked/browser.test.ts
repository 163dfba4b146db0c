// The page as a person meets it: in a browser, under the portal's own headers, in each language, by
// keyboard, at 320 CSS pixels, and with a relay that lies.
import AxeBuilder from "@axe-core/playwright";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const style = readFileSync(join(here, "../../../lib/page/static/style.css"));
const page_text = `<!doctype html><html lang="ja" class="portal"><head><meta charset="utf-8">
<title>マイページ</title><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/base.css"><link rel="stylesheet" href="/style.css">
<script type="module" src="/harness.js"></script></head>
<body><main id="main"><h1>あなたの記録を見た人</h1><div id="page"></div></main></body></html>`;
// As web pages of the portal have it (lib/page/answer.cpp).
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

let folder: string;
let server: Server;
let browser: Browser;
let origin: string;
const pages: Page[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mado-looked-"));
  await build({
    configFile: join(here, "../../vite.config.ts"),
    logLevel: "error",
    build: {
      outDir: folder,
      minify: false,
      rollupOptions: { input: { harness: join(here, "harness.tsx") } },
    },
  });
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const is_script = pathname.endsWith(".js");
    const type = is_script
      ? "text/javascript"
      : pathname.endsWith(".css")
        ? "text/css"
        : "text/html";
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.setHeader("Content-Security-Policy", policy);
    if (pathname === "/") response.end(page_text);
    else if (pathname === "/base.css") response.end(style);
    else if (pathname === "/favicon.ico") response.writeHead(204).end();
    else response.end(readFileSync(join(folder, pathname.slice(1))));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const off = ["background-networking", "component-update", "sync", "quic"];
  const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run"];
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [...flags, ...off.map((one) => `--disable-${one}`)],
  });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  if (folder) rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()));
  // Nothing was against the headers, and nothing was thrown.
  expect(complaints.splice(0)).toEqual([]);
});

async function open(query = "", width = 1280): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  pages.push(page);
  page.on("console", (one) => {
    if (one.type() === "error") complaints.push(one.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${origin}/?${query}`);
  return page;
}
const compared = (page: Page) => page.getByText("食い違いはありませんでした").waitFor();
const shown = (page: Page) => page.getByText(/件を表示しています/).textContent();

async function saved(page: Page, button: string): Promise<string> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  return readFileSync(await (await waiting).path(), "utf8");
}

test("the list is confirmed, and compared by itself when nobody ever did", async () => {
  const page = await open();
  await page.getByRole("heading", { name: "確認できました（改ざんなし）" }).waitFor();
  await compared(page);
  expect(await shown(page)).toBe("7件を表示しています（全部で9件。自分で見た2件は隠しています）。");
  expect(await page.title()).toBe("7件　あなたの記録を見た人");
  await page.getByText("何を確かめたか").click();
  expect(await page.getByText("1から9まで、抜けずに続いています").isVisible()).toBe(true);
  const rows = await page.getByRole("row").allTextContents();
  expect(rows.slice(1).map((row) => row.includes("いま照合しました"))).toEqual([true, true]);
});

test("filters", async () => {
  const page = await open();
  await compared(page);
  await page.getByLabel("自分で見たものを隠す").uncheck();
  expect(await shown(page)).toBe("9件を表示しています（全部で9件）。");
  await page.getByLabel("見た機関").selectOption({ label: "ひだまり訪問介護ステーション" });
  expect(await shown(page)).toBe("2件を表示しています（全部で9件）。");
  await page.getByLabel("期間").selectOption({ label: "日付を指定する" });
  await page.getByLabel("最後の日").fill("2020-01-01");
  await page.getByText("条件に合う記録はありません。").waitFor();
  await page.getByLabel("まとめ方").selectOption({ label: "月ごとにまとめる" });
});

test("a question, by keyboard", async () => {
  const page = await open();
  await compared(page);
  await page
    .getByText(/^くわしく（番号1 /)
    .locator("..")
    .focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "番号1の照会について質問する" }).focus();
  await page.keyboard.press("Enter");
  const field = page.getByLabel("質問の文（2000字まで）");
  await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("2000字以内で入力してください").waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  await field.fill("この日は受診していません。");
  await page.getByRole("button", { name: "質問を送る" }).click();
  await page.getByRole("heading", { name: "番号1（花みずき内科クリニック）について" }).waitFor();
  expect(await page.getByText(/^回答の期限：/).count()).toBe(2);
});

test("what can be kept", async () => {
  const page = await open();
  await compared(page);
  const csv = await saved(page, "表計算用に保存する（CSV）");
  expect(csv.startsWith('\ufeff"番号"')).toBe(true);
  expect(csv.split("\r\n")).toHaveLength(9);
  expect(JSON.parse(await saved(page, "データとして保存する（JSON）")).entries).toHaveLength(7);
  await page
    .getByText(/^くわしく（番号2 /)
    .locator("..")
    .click();
  const proof = await saved(page, "番号2の証明のファイルを保存する");
  expect(proof.startsWith("c2sp.org/tlog-proof@v1\nextra ")).toBe(true);
});

test("a relay that hides an entry is found out, and the evidence can be taken along", async () => {
  const page = await open("hide");
  const alarm = page.getByRole("alert");
  await alarm.getByRole("heading", { name: "記録が合いません" }).waitFor();
  expect(await alarm.textContent()).toContain(
    "ひだまり訪問介護ステーションから照会を受けたと、A市介護保険は記録しています。",
  );
  expect(await page.getByText("確認できました").count()).toBe(0);
  const evidence = JSON.parse(await saved(page, "証拠のファイルを保存する"));
  expect(evidence.findings).toHaveLength(1);
  expect(evidence.holders).toHaveLength(1);
});

test("a list that does not fit is not shown", async () => {
  const page = await open("bad");
  await page.getByRole("heading", { name: "一覧を確かめられませんでした" }).waitFor();
  expect(await page.getByText("花みずき内科クリニック").count()).toBe(0);
  const evidence = JSON.parse(await saved(page, "証拠のファイルを保存する"));
  expect(evidence.list).toHaveLength(1);
});

test("a holder that is silent is named as such", async () => {
  const page = await open("silent");
  await page.getByText("照合できなかったところがあります").waitFor();
  expect(await page.getByText("介護保険の保険者").isVisible()).toBe(true);
});

const looks: [language: string, width: number][] = [
  ["ja", 1280],
  ["ja", 320],
  ["en", 320],
  ["easy", 320],
];
test.each(looks)(
  "everything open in %s at %i pixels",
  async (language, width) => {
    const page = await open(`language=${language}`, width);
    await page.locator(".look").first().waitFor();
    await expect.poll(() => page.locator(".compare button:enabled").count()).toBe(1);
    const sizes = await page.evaluate(() => {
      document.querySelectorAll("details").forEach((one) => (one.open = true));
      document.documentElement.classList.add("large");
      const targets = [...document.querySelectorAll("button, summary, select, label.choice")];
      const heights = targets.map((one) => one.getBoundingClientRect().height);
      return { width: document.documentElement.scrollWidth, lowest: Math.min(...heights) };
    });
    expect(sizes.width).toBe(width);
    expect(sizes.lowest).toBeGreaterThanOrEqual(44);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => `${one.id} ${one.nodes[0]!.html}`)).toEqual([]);
  },
  30_000,
);
