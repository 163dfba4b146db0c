// Months, days and amounts as the page's language writes them, as phrases: with readings in
// やさしい日本語.
import { parts_of } from "./months";
import { language, with_reading, yen } from "./words";

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

// A unit behind a number, with its reading where the page has readings.
function unit(japanese: string, read: string): string {
  return language() === "easy" ? with_reading(japanese, read) : japanese;
}

export function money(amount: number): string {
  return yen(amount).replace("円", unit("円", "えん"));
}

// 厚労 花子 is 厚労花子 everywhere; グエン ヴァン アン keeps its spaces.
export function name_text(name: string): string {
  const japanese =
    /^\p{Script=Han}+[ 　][\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u;
  return japanese.test(name) ? name.replace(/[ 　]/, "") : name;
}

type English = "whole" | "short"; // the name of a month: November, Nov

function english_month(number: number, english: English): string {
  const name = english_months[number - 1]!;
  return english === "short" ? name.slice(0, 3) : name;
}

// The calendar's month, 1 to 12.
export function month_name(number: number): string {
  if (language() === "en") return english_month(number, "short");
  return `${number}${unit("月", "がつ")}`;
}

export function month_text(month: string, english: English = "whole"): string {
  const [year, number] = parts_of(month);
  if (language() === "en") return `${english_month(number, english)} ${year}`;
  return `${year_text(year)}${month_name(number)}`;
}

export function year_text(year: number): string {
  return language() === "en" ? String(year) : `${year}${unit("年", "ねん")}`;
}

export function date_text(date: string, english: English = "whole"): string {
  const day = Number(date.slice(8, 10));
  const month = month_text(date, english);
  return language() === "en" ? `${day} ${month}` : `${month}${day}${unit("日", "にち")}`;
}
