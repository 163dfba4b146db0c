// Words whose names are put together when a page is shown: every member of a closed list has its.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { load_words } from "../shared/words";
import { reasons } from "./begin";
import { problem_text } from "./desk";
import { refusals } from "./office";
import { handed_key } from "./parts";
import { shown_as } from "./progress";
import { all_who, begun, case_kinds, happenings, order_kinds, shown_steps } from "./record";
import { states, steps, type Who } from "./record";

const words = JSON.parse(
  readFileSync(new URL("../words/ja/window.json", import.meta.url), "utf8"),
) as Record<string, string>;
// As the issuing centre names them.
const of_issuer = (name: string) =>
  readFileSync(new URL(`../../apps/issuer/${name}`, import.meta.url), "utf8");
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
      ...shown_steps.map((step) => `step_${step}`),
      ...states.map((state) => `state_${state}`),
      ...steps.map((step) => `todo_${step}`),
      ...steps.map((step) => `slip_${shown_as(step)}`),
      ...order_kinds.map((kind) => `order_${kind}`),
      ...all_who.map((who) => `actor_${who}`),
    ]),
  ).toEqual([]);
});

// Nobody gets a card with it, and no PIN is set.
test("of what is handed over without a card", async () => {
  await load_words("ja", ["window"]);
  const slip = { kind: "birth", newborn: { relation: "長女", card: false } } as const;
  for (const one of [{ kind: "number" }, { kind: "existing" }, slip] as const) {
    for (const name of ["hand_over", "todo_hand_over", "slip_hand_over", "did_handed_over"]) {
      const key = handed_key(`window.${name}`, one);
      expect(key).toBe(`window.${name}_slip`);
      expect(words[key.slice("window.".length)]).toMatch(/受付票/);
      expect(words[key.slice("window.".length)]).not.toMatch(/カード|暗証番号/);
    }
  }
  const card = { ...slip, newborn: { ...slip.newborn, card: true } };
  const of = [{ kind: "first" }, card, { kind: "birth" }] as const;
  expect(of.map((one) => handed_key("window.todo_hand_over", one))).toEqual(
    ["", "", "_either"].map((own) => `window.todo_hand_over${own}`),
  );
  expect(handed_key("window.tick_pin", card)).toBe("window.tick_pin_newborn");
});

test("of everything that happens", () => {
  const source = of_issuer("happenings.cpp");
  const list = /size_v<Happening>> names\{([^}]*)\}/.exec(source)![1]!;
  const names = [...list.matchAll(/"([a-z_]+)"/g)].map(([, name]) => name!);
  expect([...names].sort()).toEqual([...happenings].sort());
  const decided = ["decided_same", "decided_another"];
  const said = names.flatMap((name) => (name === "decided" ? decided : [name]));
  expect(missing(said.map((name) => `did_${name}`))).toEqual([]);
});

test("steps, kinds of orders and cases and their reasons are those of the issuing centre", () => {
  const source = of_issuer("words.cpp");
  const all = (row: RegExp) => [...source.matchAll(row)].map(([, ...words]) => words);
  expect(steps_of(source).map(({ name }) => name)).toEqual([...begun, ...steps]);
  expect(all(/\{OrderKind::\w+, "(\w+)"\}/g).flat().sort()).toEqual([...order_kinds].sort());
  const kinds = all(/KindInfo\{Kind::\w+,\s*"(\w+)"[^{]*\{([^}]*)\}/g);
  expect(kinds.map(([name]) => name)).toEqual(case_kinds);
  for (const [name, list] of kinds) {
    const words = [...list!.matchAll(/"([a-z-]+)"/g)].map(([, word]) => word!);
    expect((reasons as Record<string, readonly string[]>)[name!] ?? []).toEqual(words);
    expect(missing(words.map((word) => `reason_${word}`))).toEqual([]);
  }
});

test("what the issuing centre says no with is known, and has words", () => {
  const source = of_issuer("words.cpp");
  const misfits = [...source.matchAll(/case Misfit::\w+:\s*return "(\w+)"/g)];
  expect(misfits.length).toBeGreaterThan(5);
  expect(misfits.map(([, word]) => word!).filter((word) => !refusals.includes(word))).toEqual([]);
  expect(missing(refusals.map((code) => `problem_${code}`))).toEqual([]);
});

test("a refusal is told in its own words", async () => {
  await load_words("ja", ["window"]);
  for (const code of refusals) expect(problem_text({ code })).toBe(words[`problem_${code}`]);
});

// As the issuing centre has it, for its pages and for /status.
const step_row =
  /StepInfo\{Step::\w+,\s*"(\w+)",\s*"(.*?)",\s*(\d+),\s*Where::(\w+),\s*([^}]*)\}/g;
function steps_of(source: string) {
  return [...source.matchAll(step_row)].map(([, name, report, days, where, who]) => ({
    ...{ name: name!, report: report!, days: Number(days), where: where! },
    who: [...who!.matchAll(/Doer::(\w+)/g)].map(([, one]) => one!.replace("_holder", "")),
  }));
}

// Whose a step is, in the words of issuer.md's table.
const in_words: Record<string, readonly Who[]> = {
  person: ["person"],
  "each register": ["register"],
  relay: ["relay"],
  authority: ["authority"],
  "relay and authority": ["relay", "authority"],
  "person and clerk": ["person", "clerk"],
  clerk: ["clerk"],
  "another clerk": ["other_clerk"],
  insurers: ["insurer"],
  municipality: ["municipality"],
  "medical insurer": ["medical_insurer"],
};

test("who acts, whether it is online and until when is as the protocol says", () => {
  const url = new URL("../../docs/protocols/issuer.md", import.meta.url);
  const row = /^\| ([`\w, ]+) \|([^|]*)\| ([^|]*) \| (yes|no) \| (\d+) \|/gm;
  const rows = [...readFileSync(url, "utf8").matchAll(row)];
  const told = rows.flatMap(([, names, report, who, online, days]) =>
    [...names!.matchAll(/\w+/g)].map(([name]) => ({
      ...{ name, report: report!.trim(), online: online === "yes", days: Number(days) },
      who: in_words[who!.split(/[,;(]/)[0]!.trim()],
    })),
  );
  expect(told.map(({ name }) => name).sort()).toEqual([...steps].sort());
  const by_name = new Map(steps_of(of_issuer("words.cpp")).map((step) => [step.name, step]));
  for (const { name, online, ...rest } of told) {
    const { where, ...step } = by_name.get(name)!;
    expect(step).toEqual({ name, ...rest });
    if (where !== "anywhere") expect(where === "online", name).toBe(online);
  }
});
