import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { in_yen, kinds } from "./record";

test("the page reads the kinds that the gateways write, and counts them as they do", () => {
  const source = readFileSync(
    new URL("../../../lib/wire/services/claims.cpp", import.meta.url),
    "utf8",
  );
  const found = [...source.matchAll(/Kind\{"([\w-]+)", "\w+", "[^"]+", (true|false)\}/g)];
  expect(found.map(([, code]) => code)).toEqual([...kinds]);
  expect(found.filter(([, , points]) => points === "false").map(([, code]) => code)).toEqual([
    ...in_yen,
  ]);
});
