// Days and times as people read them. Days are texts "2026-11-30" and have no time zone; times are
// the country's.
import { date_text, month_text } from "./phrases";
import { without_readings } from "./words";

let utc_offset_s = 9 * 3600;

// As the country's policy says.
export function set_utc_offset(seconds: number): void {
  utc_offset_s = seconds;
}

// 2026年11月30日; 30 November 2026, as everywhere; the month where there is no day. Without readings,
// to stand anywhere.
export function day_text(day: string): string {
  const has_day = day.length > "2026-11".length;
  return without_readings(has_day ? date_text(day) : month_text(day));
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
  return without_readings(time_phrase(time));
}

// The same with readings, for elements.
export function day_phrase(day: string): string {
  return date_text(day);
}

export function time_phrase(time: number): string {
  const { day, clock } = parts_of(time);
  return `${day_phrase(day)} ${clock}`;
}
