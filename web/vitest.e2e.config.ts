// Pages in Chromium against a running country: tests/e2e, which tests/my_page_test.cpp and
// tests/window_page_test.cpp start.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("node_modules/", import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL("../tests/e2e/", import.meta.url)),
  cacheDir: `${packages}.vite/${process.env["MADO_E2E"] ?? "e2e"}`,
  resolve: {
    alias: [
      {
        find: /^(playwright-core|@axe-core\/playwright|html-validate|vitest)$/,
        replacement: `${packages}$1`,
      },
    ],
  },
  test: {
    include: ["*.e2e.ts"],
    fileParallelism: false, // one country, one card reader
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
