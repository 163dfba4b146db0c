// Documents as the insurers of the demo country send them, for tests.
import type { OwnRecord } from "../../shared/ask";
import { answered as record, failed as silence } from "../test_records";
import type { Value } from "./record";

const as_of = 1795290000; // 2026-11-22 in Japan
const kind = "medical-insurer";

interface Item {
  code: string;
  name: string;
  unit?: string;
  low?: string;
  high?: string;
  range?: string;
}
const pressure = { code: "9A751000000000001", name: "収縮期血圧", unit: "mmHg" };
const items: Item[] = [
  { code: "9N001000000000001", name: "身長", unit: "cm" },
  { code: "9N006000000000001", name: "体重", unit: "kg" },
  { code: "9N011000000000001", name: "BMI", unit: "kg/m2", low: "18.5", high: "24.9" },
  { code: "9N016160100000001", name: "腹囲", unit: "cm", high: "84.9" },
  { ...pressure, high: "129" },
  { code: "9A761000000000001", name: "拡張期血圧", unit: "mmHg", high: "84" },
  { code: "3F015000002327101", name: "空腹時中性脂肪", unit: "mg/dl", high: "149" },
  { code: "3F070000002327101", name: "HDLコレステロール", unit: "mg/dl", low: "40" },
  { code: "3F077000002327101", name: "LDLコレステロール", unit: "mg/dl", high: "119" },
  { code: "3D046000001906202", name: "HbA1c（NGSP）", unit: "%", high: "5.5", range: "5.6未満" },
  { code: "1A010000000191111", name: "尿蛋白", range: "(-)" },
  { code: "9A110160800000049", name: "安静時心電図所見" },
];

function value_of(item: Item, value: string): Value {
  const { low, high } = item;
  if (!low && !high) return { ...item, value, ...(item.range ? { outside: value !== "(-)" } : {}) };
  const measured = Number(value);
  const outside =
    (low !== undefined && measured < Number(low)) ||
    (high !== undefined && measured > Number(high));
  return { ...item, value, outside };
}

export function checkup(id: string, day: string, measured: string[], more: object = {}): object {
  return {
    id,
    day,
    kind: "specific",
    institution: "A市立総合病院",
    values: items.slice(0, measured.length).map((item, i) => value_of(item, measured[i]!)),
    report: { resourceType: "DiagnosticReport" },
    ...more,
  };
}

export function document(checkups: object[], more: object = {}): object {
  return { from: "2021-12", to: "2026-11", arrived_to: "2026-09", checkups, ...more };
}

function answered(position: number, name: string, data: object): OwnRecord {
  return record({ kind, position, holder: { id: "06990014", name }, as_of }, data);
}

const failed = (position: number, code: string) => silence(kind, position, code);

const doctor = "基準の範囲の外の項目があります。生活習慣を見直し、次の受診のときに医師にご相談ください。";
const well = { metabolic: "none", guidance: "none", doctor: "特に問題は認められません。" };
export const taro = document([
  checkup(
    "4",
    "2026-09-09",
    ["171.3", "71.6", "24.4", "83.5", "126", "80", "131", "53", "118", "5.4", "(-)", "所見なし"],
    well,
  ),
  checkup(
    "3",
    "2025-10-15",
    ["171.3", "72.1", "24.6", "84.0", "128", "82", "138", "51", "122", "5.5", "(±)"],
    { ...well, doctor },
  ),
  checkup(
    "1",
    "2023-10-12",
    ["171.4", "75.2", "25.6", "88.0", "136", "88", "182", "46", "131", "5.6", "(-)"],
    { metabolic: "applies", guidance: "active", doctor },
  ),
]);

const hanako = document([
  checkup(
    "7",
    "2026-08-19",
    ["158.2", "54.6", "21.8", "78.5", "118", "74", "82", "64", "128", "5.7", "(+)"],
    { metabolic: "none", guidance: "none", doctor, institution: "A市健診センター" },
  ),
]);

// The 広域連合 states its ranges in words, and no judgement.
const haru = document(
  ["2024-07-03", "2023-10-11"].map((day, i) => ({
    ...checkup(`K${i}`, day, []),
    kind: "late-elderly",
    doctor,
    values: [{ ...pressure, value: i === 0 ? "134" : "128", range: "130未満", outside: i === 0 }],
  })),
);

const society = "まどか電機健康保険組合";
const city = "A市国民健康保険";
const none = document([]);

export const states: Record<string, { records: OwnRecord[]; done: boolean }> = {
  taro: { records: [answered(1, society, taro)], done: true },
  hanako: { records: [answered(1, city, hanako), answered(2, society, none)], done: true },
  haru: { records: [answered(1, "九十九県後期高齢者医療広域連合", haru)], done: true },
  empty: { records: [answered(1, city, none), answered(2, society, none)], done: true },
  asking: { records: [answered(2, society, taro)], done: false },
  first: { records: [], done: false },
  silent: { records: [answered(1, city, hanako), failed(2, "unavailable")], done: true },
  all_silent: { records: [failed(1, "log_unwitnessed")], done: true },
  nobody: { records: [], done: true },
  unreadable: { records: [answered(1, city, { checkups: [] })], done: true },
};
