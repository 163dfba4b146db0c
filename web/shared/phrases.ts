// Months, days and amounts as the page's language writes them, as phrases: with readings in their
// notation in やさしい日本語.
import { language, yen } from "./words";

const english_months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

export function money(amount: number): string {
  return language() === "easy" ? yen(amount).replace("円", "[円|えん]") : yen(amount);
}

// The calendar's month, 1 to 12.
export function month_name(number: number): string {
  if (language() === "en") return english_months[number - 1]!.slice(0, 3);
  return language() === "easy" ? `${number}[月|がつ]` : `${number}月`;
}

export function month_text(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  if (language() === "en") return `${english_months[number - 1]} ${year}`;
  return `${year_text(year)}${month_name(number)}`;
}

export function year_text(year: number): string {
  if (language() === "en") return String(year);
  return language() === "easy" ? `${year}[年|ねん]` : `${year}年`;
}

export function date_text(date: string): string {
  const day = Number(date.slice(8, 10));
  if (language() === "en") return `${day} ${month_text(date)}`;
  return `${month_text(date)}${language() === "easy" ? `${day}[日|にち]` : `${day}日`}`;
}
