// Chromium as tests and measurements start it: the system's, and quiet.
import { chromium } from "playwright-core";

const off = ["gpu", "background-networking", "component-update", "sync", "quic"];

export function start_browser() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--no-first-run", ...off.map((one) => `--disable-${one}`)],
  });
}
