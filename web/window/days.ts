// A day as clerks and papers write it: 1986-05-01, 1986/5/1, 19860501, 1986年5月1日, 昭和61年5月1日,
// S61.5.1.
import { parse_date } from "../shared/json";
import { Refused } from "../shared/result";

// From the first day to the last one. A day of change was in both (1912-07-30, 1926-12-25); later
// ones began at midnight.
const eras = [
  { names: ["明治", "明", "M"], year: 1867, from: "1868-10-23", to: "1912-07-30" },
  { names: ["大正", "大", "T"], year: 1911, from: "1912-07-30", to: "1926-12-25" },
  { names: ["昭和", "昭", "S"], year: 1925, from: "1926-12-25", to: "1989-01-07" },
  { names: ["平成", "平", "H"], year: 1988, from: "1989-01-08", to: "2019-04-30" },
  { names: ["令和", "令", "R"], year: 2018, from: "2019-05-01", to: "9999-12-31" },
];

const written = /^(\D*?)(\d{1,4}|元)[年/.-](\d{1,2})[月/.-](\d{1,2})日?$/;
const digits_only = /^()(\d{4})(\d{2})(\d{2})$/;

function real_day(year: number, month: string, day: string): string | undefined {
  const text = `${String(year).padStart(4, "0")}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  try {
    return parse_date(text);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

// Nothing for what is none: an era that was over by then, too.
export function parse_day(typed: string): string | undefined {
  const text = typed.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  const found = digits_only.exec(text) ?? written.exec(text);
  if (!found) return undefined;
  const [, era_name = "", year_text = "", month = "", day = ""] = found;
  const number = year_text === "元" ? 1 : Number(year_text);
  if (era_name === "") {
    return year_text.length === 4 ? real_day(number, month, day) : undefined;
  }
  const era = eras.find(({ names }) => names.includes(era_name));
  const out = era && number > 0 ? real_day(era.year + number, month, day) : undefined;
  return out && out >= era!.from && out <= era!.to ? out : undefined;
}
