// One entry a page; names without hashes, for a site serves all files under the hash of its whole
// build. The same sources give the same bytes. MADO_WEB_SITE says whose build it is.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const sites: Record<string, Record<string, string>> = {
  portal: {
    back: "site/back.ts",
    care: "portal/care.tsx",
    claims: "portal/claims.tsx",
    checkups: "portal/checkups.tsx",
    eligibility: "portal/eligibility.tsx",
    home: "portal/home.tsx",
    looked: "portal/looked.tsx",
    pension: "portal/pension.tsx",
    sessions: "site/sessions.ts",
  },
  window: {
    back: "site/back.ts",
    sessions: "site/sessions.ts",
    window: "window/window.tsx",
  },
};
const site = process.env.MADO_WEB_SITE ?? "portal";

// Words that only the other site's pages have. A test's harness may need any.
const own_words: Plugin = {
  name: "own_words",
  generateBundle(_, bundle) {
    if ("harness.js" in bundle) return;
    for (const name of Object.keys(bundle)) {
      const part = /^words-\w+-(\w+)\.js$/.exec(name)?.[1];
      const is_own = part === "shell" || (part === "window") === (site === "window");
      if (part !== undefined && !is_own) delete bundle[name];
    }
  },
};

// `sha256sum *` of the build, so that a reader of the site finds its files (./mado verify portal).
const list: Plugin = {
  name: "list",
  writeBundle({ dir }) {
    const sum = (name: string) =>
      createHash("sha256")
        .update(readFileSync(join(dir!, name)))
        .digest("hex");
    const lines = readdirSync(dir!)
      .sort()
      .map((name) => `${sum(name)}  ${name}\n`);
    writeFileSync(join(dir!, "SHA256SUMS"), lines.join(""));
  },
};

// What a country calls things is data of the country.
const country = fileURLToPath(new URL("../country/jp", import.meta.url));

// words/easy/home.json: a file of its own, so that a page loads its language only.
function chunk_name(chunk: { facadeModuleId?: string | null }): string {
  const words = /words\/(\w+)\/(\w+)\.json$/.exec(chunk.facadeModuleId ?? "");
  return words ? `words-${words[1]}-${words[2]}.js` : "[name].js";
}

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [own_words, list],
  resolve: { alias: { country } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: process.env.MADO_WEB_OUT ?? "dist",
    emptyOutDir: true,
    target: "es2023",
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: sites[site]!,
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: chunk_name,
        assetFileNames: "[name][extname]",
      },
    },
  },
});
