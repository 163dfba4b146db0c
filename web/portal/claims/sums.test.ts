import { beforeAll, expect, test } from "vitest";
import { months_of } from "../../shared/months";
import { load_words } from "../../shared/words";
import { csv_of_claims, csv_of_items } from "./files";
import { paid_text } from "./paid";
import { read_claims, type Answer } from "./record";
import {
  by_month,
  filtered,
  institutions_of,
  is_to_come,
  lines_of,
  month_sums,
  period_of,
  sum_of,
} from "./sums";
import { document_of, of_city, of_society, type Made } from "./test_documents";

beforeAll(() => load_words("ja", ["shell", "claims"]));

const today = "2026-11-26";
const year = period_of(today, 12);

function answer(position: number, claims: Made[], arrived_to: string, months = 60): Answer {
  const asked = period_of(today, months);
  const document = read_claims(document_of(claims, { ...asked, arrived_to }), asked);
  const holder = { id: String(position), name: `保険者${position}` };
  return { kind: "medical-insurer", position, holder, as_of: 0, document };
}
const answers = [answer(1, of_city, "2026-09"), answer(2, of_society, "2026-07")];

test("periods end with this month, over the turn of years", () => {
  expect(year).toEqual({ from: "2025-12", to: "2026-11" });
  expect(period_of("2026-01-01", 1)).toEqual({ from: "2026-01", to: "2026-01" });
  expect(period_of("2026-12-31", 60)).toEqual({ from: "2022-01", to: "2026-12" });
  const months = months_of(year);
  expect(months).toHaveLength(12);
  expect(months.slice(0, 2)).toEqual(["2025-12", "2026-01"]);
});

test("newest first, of the months that are shown", () => {
  const lines = lines_of(answers, year);
  expect(by_month(lines).map(({ month, lines: of }) => `${month} ${of.length}`)).toEqual([
    ..."2026-07 1,2026-06 2,2026-05 1,2026-03 1,2026-02 2".split(","),
  ]);
  expect(lines_of(answers, period_of(today, 60))).toHaveLength(9);
});

test("one institution", () => {
  const lines = lines_of(answers, year);
  expect(institutions_of(lines)).toHaveLength(7);
  expect(filtered(lines, "ひまわり薬局").map(({ claim }) => claim.month)).toEqual(["2026-06"]);
  expect(filtered(lines, "")).toBe(lines);
});

test("what was paid is added up by kind; an unknown payment is no payment of nothing", () => {
  const sum = sum_of(lines_of(answers, year));
  expect(sum).toEqual({
    ...{ claims: 7, paid_unknown: 1 },
    cost_yen: 35_450 + 3510 + 1430 + 7680 + 4180 + 4500 + 1430,
    paid_yen: 10_640 + 1050 + 430 + 2300 + 1350 + 430,
    paid: { clinic: 1050 + 2300 + 1350, dental: 0, pharmacy: 860, other: 10_640 },
  });
  expect(paid_text(sum)).toBe("16,200円（ほかに額の分からないものが1件）");
  const march = lines_of(answers, { from: "2026-03", to: "2026-03" });
  expect(paid_text(sum_of(march))).toBe("分かりません");
  expect(paid_text(sum_of([]))).toBe("0円");
});

test("each month says whose claims have not come in", () => {
  const sums = month_sums(lines_of(answers, year), answers, year);
  const waiting = sums.map(({ waiting: of }) => of.map(({ position }) => position).join());
  expect(waiting).toEqual(["", "", "", "", "", "", "", "", "2", "2", "1,2", "1,2"]);
  const to_come = sums.filter((one) => is_to_come(one, answers)).map(({ month }) => month);
  expect(to_come).toEqual(["2026-10", "2026-11"]);
  expect(sums.reduce((all, { paid_yen }) => all + paid_yen, 0)).toBe(16_200);
});

test("a claim that came in early is shown, whatever the insurer says has come in", () => {
  const one = [answer(1, of_city, "2026-06")];
  const sums = month_sums(lines_of(one, year), one, year);
  const july = sums.find(({ month }) => month === "2026-07")!;
  expect([july.paid_yen, july.waiting.length, is_to_come(july, one)]).toEqual([10_640, 1, false]);
});

test("tables to keep: a row a claim, or a row an item", () => {
  const lines = lines_of(answers, year);
  const claims = csv_of_claims(lines).split("\r\n");
  expect(claims[0]!.startsWith('\ufeff"月","保険者","医療機関・薬局"')).toBe(true);
  expect(claims).toHaveLength(1 + 7 + 1);
  expect(claims.find((row) => row.includes("まつのき接骨院"))).toBe(
    '"2026-03","保険者2","まつのき接骨院","柔道整復（接骨院・整骨院）","4","","4180","",""',
  );
  const items = csv_of_items(lines).split("\r\n");
  expect(items).toHaveLength(1 + (1 + 2 + 4 + 3 + 1 + 1 + 4) + 1);
  const withheld = items.filter((row) => row.includes("本町こころの診療所"));
  expect(withheld).toHaveLength(1);
  expect(withheld[0]).toContain('"内訳は、医師に確認のうえ開示します。","",""');
});
