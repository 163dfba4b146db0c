// Days and times as people read them. Days are texts "2026-11-30" and have no time zone; times are
// the country's.
import { language } from "./words";

let utc_offset_s = 9 * 3600;

// As the country's policy says.
export function set_utc_offset(seconds: number): void {
  utc_offset_s = seconds;
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

// 2026年11月30日; 30 Nov 2026; 2026-11 for a month alone.
export function day_text(day: string): string {
  const [year, month, date] = day.split("-").map(Number);
  if (language() === "en") {
    return [date, months[(month ?? 1) - 1], year].filter((part) => part !== undefined).join(" ");
  }
  return `${year}年${month}月` + (date === undefined ? "" : `${date}日`);
}

export function day_before(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

function parts_of(time: number): { day: string; clock: string } {
  const iso = new Date((time + utc_offset_s) * 1000).toISOString();
  return { day: iso.slice(0, 10), clock: iso.slice(11, 16) };
}

export function day_of(time: number): string {
  return parts_of(time).day;
}

export function clock_text(time: number): string {
  return parts_of(time).clock;
}

export function time_text(time: number): string {
  const { day, clock } = parts_of(time);
  return `${day_text(day)} ${clock}`;
}
