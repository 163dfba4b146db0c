import { expect, test } from "vitest";
import type { Bell, PersonEntry } from "../../shared/entries";
import { shown_bells, told_of } from "./look_list";

const bell = (seq: number, first = false): Bell => ({ seq, first, at: seq });
const entry = (outcome: string, kind = "order", presence = "number"): PersonEntry =>
  ({ outcome, kind, order: { presence } }) as unknown as PersonEntry;

test("a wrong birth date has shown nothing, and both reasons are said", () => {
  const first_by_number = { held_back: false, how: "home.how_first_number" };
  expect(told_of(bell(1, true), entry("no_match"))).toEqual({
    ...{ ...first_by_number, did: "home.look_no_match" },
  });
  expect(told_of(bell(1, true), entry("answered"))).toEqual({
    ...{ ...first_by_number, did: "home.look_answered" },
  });
});

test("who used a card is not said to have used none", () => {
  const told = told_of(bell(1), entry("answered", "order", "card-pin"));
  expect(told).toEqual({ held_back: false, did: "home.look_answered" });
});

test.each(["", undefined])("asked, where the outcome is not known: %s", (outcome) => {
  const one = outcome === undefined ? undefined : entry(outcome);
  expect(told_of(bell(1), one).did).toBe("home.look_unknown");
});

test("a stop, and what was held back", () => {
  expect(told_of(bell(1), entry("", "refused")).did).toBe("home.look_stopped");
  expect(told_of(bell(1), entry("no_match", "opened"))).toEqual({
    ...{ held_back: true, did: "home.look_no_match", how: "home.how_number" },
  });
});

test("what was held back does not fall out behind newer ones; the rest is counted", () => {
  const bells = [1, 2, 3, 4, 5, 6, 7, 8].map((seq) => bell(seq));
  const entries = new Map([
    [1, entry("answered", "opened")],
    [2, entry("answered")],
    [3, entry("", "refused")],
  ]);
  const { shown, more } = shown_bells(bells, entries);
  expect([shown.map(({ seq }) => seq), more]).toEqual([[8, 7, 6, 5, 4, 3, 1], 1]);
});
