// Words whose names are put together when a page is shown: every member of a closed list has its.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shown_as } from "./progress";
import { case_kinds, order_kinds, steps } from "./record";

const words = JSON.parse(
  readFileSync(new URL("../words/ja/window.json", import.meta.url), "utf8"),
) as Record<string, string>;
const missing = (names: string[]) => names.filter((name) => words[name] === undefined);

test("of every kind of case", () => {
  // Neither a first card nor a renewal is begun for somebody who is known.
  const known = case_kinds.filter((kind) => !["first", "renewal", "existing"].includes(kind));
  expect(
    missing([
      ...case_kinds.map((kind) => `kind_${kind}`),
      ...case_kinds.filter((kind) => kind !== "stop").map((kind) => `ended_${kind}`),
      ...known.flatMap((kind) => [
        ...["", "_title", "_text", "_next"].map((part) => `open_${kind}${part}`),
        `said_opened_${kind}`,
      ]),
    ]),
  ).toEqual([]);
});

test("of every step and order", () => {
  expect(
    missing([
      ...steps.flatMap((step) => [`step_${shown_as(step)}`, `todo_${step}`]),
      ...steps.map((step) => `slip_${shown_as(step)}`),
      ...order_kinds.map((kind) => `order_${kind}`),
    ]),
  ).toEqual([]);
});

// As the issuing centre names them.
test("of everything that happens", () => {
  const source = readFileSync(
    new URL("../../apps/issuer/happenings.cpp", import.meta.url),
    "utf8",
  );
  const list = /size_v<Happening>> names\{([^}]*)\}/.exec(source)![1]!;
  const names = [...list.matchAll(/"([a-z_]+)"/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(30);
  const decided = ["decided_same", "decided_another"];
  const said = names.flatMap((name) => (name === "decided" ? decided : [name]));
  expect(missing(said.map((name) => `did_${name}`))).toEqual([]);
});
