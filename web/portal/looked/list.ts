// A person's verified entries as the page shows, filters and groups them. Pure; words are made
// elsewhere.
import type { Country, Session } from "../../shared/country";
import type { Bell, PersonEntries, PersonEntry } from "../../shared/entries";

// Longer than this not seen by the witnesses, who look every few seconds, is no delay; longer than
// this not compared with a holder, and the page compares by itself.
export const unwitnessed_s_max = 600;
export const compare_s = 7 * 86_400;

export type Tag =
  | ("first" | "number" | "told" | "sealed" | "waiting" | "other_card" | "refused")
  | ("joined" | "named");

export interface Look {
  entry: PersonEntry;
  who: string; // name of the one who asked
  holder: string; // name of the one who was asked, "" when nobody was
  own: boolean; // the person's own view
  basis?: string; // legal basis; none when the order names a row that is not of this request
  tags: Tag[];
}

// The relay names the row. What it says of the law counts only when the row is of such a request.
function basis_of(country: Country, { order, head }: PersonEntry): string | undefined {
  const row = order && country.policy.row(order.policy);
  if (!row || !head) return undefined;
  const requester = country.participant(head.issuer);
  const fits =
    row.service === head.service &&
    row.purpose === head.purpose &&
    row.presence === order.presence &&
    (!requester || row.requester_kind === requester.kind);
  return fits ? row.legal_basis : undefined;
}

// An own view is a log-in of this very card: what another one has signed may be a lost card of the
// person, or nobody's, and by consent and delegation others look.
function is_own({ head, own_card, mandate }: PersonEntry): boolean {
  return head?.purpose === "own-view" && own_card && mandate?.kind === "login";
}

function tags_of(country: Country, session: Session, entry: PersonEntry, first: boolean): Tag[] {
  const out: Tag[] = [];
  const { order, head, mandate } = entry;
  if (entry.kind === "refused") out.push("refused");
  if (entry.series !== undefined) out.push("joined");
  if (entry.kind === "named") out.push("named");
  if (first) out.push("first");
  if (order?.presence === "number") out.push("number");
  else if (order && country.policy.row(order.policy)?.tell_at_once) out.push("told");
  if (entry.was_sealed) out.push("sealed");
  const known = session.certificate !== undefined;
  const by_other_card = known && mandate !== undefined && !entry.own_card;
  if (by_other_card && head?.purpose === "own-view") out.push("other_card");
  if (!entry.witnessed) out.push("waiting");
  return out;
}

// As shown: of a series with the number of the entry that joined it before.
export function number_of({ series, seq }: PersonEntry): string {
  return series === undefined ? String(seq) : `${series}-${seq}`;
}

// Newest first; of one second the newer number.
export function looks_of(
  country: Country,
  session: Session,
  entries: PersonEntry[],
  bells: Bell[] = [],
): Look[] {
  const first = new Set(bells.filter((one) => one.first).map((one) => one.seq));
  const out = entries.map((entry): Look => {
    const basis = basis_of(country, entry);
    return {
      entry,
      who: entry.erased || entry.joins ? "" : country.name_of(entry.requester),
      holder: entry.order ? country.name_of(entry.order.holder) : "",
      own: is_own(entry),
      ...(basis === undefined ? {} : { basis }),
      tags: tags_of(country, session, entry, !entry.series && first.has(entry.seq)),
    };
  });
  return out.sort((a, b) => b.entry.time - a.entry.time || b.entry.seq - a.entry.seq);
}

// ---- filter ----

export type Period = "all" | "month" | "quarter" | "year" | "days";

export interface Filter {
  who: string; // organisation's id; "" for all
  service: string;
  period: Period;
  from: string; // days, of period "days"; "" for no end
  to: string;
  hide_own: boolean;
}

export const no_filter: Filter = {
  ...{ who: "", service: "", period: "all", from: "", to: "", hide_own: true },
};

const days_of: Record<Period, number> = { all: 0, month: 31, quarter: 92, year: 366, days: 0 };

function fits_period(time: number, filter: Filter, now: number, day: string): boolean {
  const { period, from, to } = filter;
  if (period === "days") return (from === "" || from <= day) && (to === "" || day <= to);
  return period === "all" || time >= now - days_of[period] * 86_400;
}

// What was erased can be sorted by nothing, and is always shown.
export function filtered(
  looks: Look[],
  filter: Filter,
  now: number,
  day_of: (time: number) => string,
): Look[] {
  return looks.filter(({ entry, own }) => {
    if (entry.erased) return true;
    if (filter.hide_own && own) return false;
    if (filter.who !== "" && entry.requester !== filter.who) return false;
    if (filter.service !== "" && entry.head?.service !== filter.service) return false;
    return fits_period(entry.time, filter, now, day_of(entry.time));
  });
}

// What there is to choose from, by name.
export function organisations_of(looks: Look[]): { id: string; name: string }[] {
  const known = new Map<string, string>();
  for (const { entry, who } of looks) if (who !== "") known.set(entry.requester, who);
  return [...known]
    .map(([id, name]) => ({ id, name }))
    .sort((a, b) => a.name.localeCompare(b.name, "ja"));
}

export function services_of(looks: Look[]): string[] {
  return [
    ...new Set(looks.flatMap(({ entry }) => (entry.head ? [entry.head.service] : []))),
  ].sort();
}

// ---- groups ----

export interface Group {
  name: string; // a day, a month, or "" for what was erased
  looks: Look[];
}

export function grouped(
  looks: Look[],
  by: "day" | "month",
  day_of: (time: number) => string,
): Group[] {
  const out = new Map<string, Look[]>();
  for (const look of looks) {
    const day = day_of(look.entry.time);
    const name = look.entry.erased ? "" : by === "day" ? day : day.slice(0, 7);
    out.set(name, [...(out.get(name) ?? []), look]);
  }
  // What was erased has no time, and so stands last.
  return [...out].map(([name, list]) => ({ name, looks: list }));
}

// ---- what the page says of them ----

// "Nothing was altered" is what the witnesses say as well, and have said lately.
export interface Witnessing {
  overdue: number; // entries that no quorum has cosigned for ten minutes
  at: number; // when one last cosigned the log; 0: never
  confirmed: boolean;
}

export function witnessing_of({ entries, witnessed_at }: PersonEntries, now: number): Witnessing {
  const since = now - unwitnessed_s_max;
  const overdue = entries.filter((one) => !one.witnessed && one.logged_at < since).length;
  return { overdue, at: witnessed_at, confirmed: overdue === 0 && witnessed_at >= since };
}

export interface HolderState {
  id: string;
  name: string;
  at: number; // last compared; 0: never
}

// Holders that can be compared with, of those that were ever asked about the person.
export function holders_of(
  country: Country,
  session: Session,
  compared: Map<string, number>,
): HolderState[] {
  const kinds = country.kinds_for("evidence", session);
  return [...compared]
    .filter(([id]) => kinds.includes(country.participant(id)?.kind ?? ""))
    .map(([id, at]) => ({ id, name: country.name_of(id), at }))
    .sort((a, b) => a.at - b.at || a.name.localeCompare(b.name, "ja"));
}

// Nobody in the list: then only comparing can tell whether something is hidden.
export function is_comparison_due(holders: HolderState[], now: number): boolean {
  return holders.length === 0 || holders.some((one) => one.at < now - compare_s);
}
