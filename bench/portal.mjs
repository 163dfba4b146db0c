// What a person waits for on My Page, in Chromium: how much JavaScript a page loads (gzipped), and
// how long after it is opened the first answer, and the first picture, stand there. Started by
// portal_bench.cpp against a country of its own; prints one line of JSON.
//   node bench/portal.mjs PORTAL SAMPLES
import { gzipSync } from "node:zlib";
import { start_browser } from "../web/shared/chromium.mjs";

const [portal, samples] = [process.argv[2], Number(process.argv[3])];
// Each page, and what stands there when it is of use.
const pages = {
  home: ["", ".notices > li"],
  pension: ["pension", "#page svg[role=img]"],
  looked: ["looked", ".verified"],
};

const browser = await start_browser();
const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
const out = { script_bytes: {}, ready_ms: { log_in: [], home: [], pension: [], looked: [] } };

// Of everything that the page loaded, imported files too.
async function script_bytes() {
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map((one) => one.name)
      .filter((name) => name.endsWith(".js")),
  );
  let sum = 0;
  for (const url of new Set(urls)) {
    const file = await page.context().request.get(url);
    sum += gzipSync(await file.body(), { level: 9 }).length;
  }
  return sum;
}

await page.goto(`${portal}?lang=ja`);
await page.click("form[action='/login'] button");
await page.fill("#pin", "1234");
const began = performance.now();
await page.click("main button");
await page.waitForSelector(".notices > li");
out.ready_ms.log_in.push(performance.now() - began);

for (const [name, [path, selector]] of Object.entries(pages)) {
  for (let sample = 0; sample < samples; ++sample) {
    // The first time nothing is cached, as after a log-in.
    const session = await page.context().newCDPSession(page);
    await session.send("Network.clearBrowserCache");
    await session.detach();
    const start = performance.now();
    await page.goto(portal + path, { waitUntil: "commit" });
    await page.waitForSelector(selector);
    out.ready_ms[name].push(performance.now() - start);
    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
  }
  out.script_bytes[name] = await script_bytes();
}
await browser.close();
console.log(JSON.stringify(out));
