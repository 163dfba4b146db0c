// My Page in Chromium against a running country (tests/my_page_test.cpp starts both). Packages are
// those of web/.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("../../web/node_modules/", import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  resolve: {
    alias: [
      { find: /^(playwright-core|@axe-core\/playwright|vitest)$/, replacement: `${packages}$1` },
    ],
  },
  test: {
    include: ["*.e2e.ts"],
    fileParallelism: false, // one country, one card reader
    testTimeout: 60_000,
    hookTimeout: 60_000,
    cache: false,
  },
});
