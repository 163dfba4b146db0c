// Which bells the first page shows, and in which words. A bell says that something was asked; only
// the entry says whether anything was shown.
import type { Bell, PersonEntry } from "../../shared/entries";

export const newest_max = 5;
const special_max = 5;

export type EntryOf = Map<number, PersonEntry>; // by seq

// What was kept from the person, and what was stopped, does not fall out behind newer ones.
function is_special(entry: PersonEntry | undefined): boolean {
  return entry?.kind === "opened" || entry?.kind === "refused";
}

// Newest first.
export function shown_bells(bells: Bell[], entries: EntryOf): { shown: Bell[]; more: number } {
  const all = bells.toReversed();
  const older = all.slice(newest_max).filter(({ seq }) => is_special(entries.get(seq)));
  const shown = [...all.slice(0, newest_max), ...older.slice(0, special_max)];
  return { shown, more: all.length - shown.length };
}

// Word keys: what was done, how it was done, and what comes before it.
interface Told {
  held_back: boolean;
  did: string;
  how?: string;
}

export function told_of(bell: Bell, entry: PersonEntry | undefined): Told {
  if (entry?.kind === "refused") return { held_back: false, did: "home.look_stopped" };
  const did = `home.look_${entry?.outcome || "unknown"}`;
  const held_back = entry?.kind === "opened";
  const reasons = [
    ...(bell.first ? ["first"] : []),
    ...(entry?.order?.presence === "number" ? ["number"] : []),
  ];
  return { held_back, did, ...(reasons[0] ? { how: `home.how_${reasons.join("_")}` } : {}) };
}
