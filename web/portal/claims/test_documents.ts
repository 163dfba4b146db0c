// Documents for tests: claims as two insurers have them of one person who changed from the one to
// the other in April 2026. Made as docs/protocols/gateway.md says, not with the code under test.
import type { JsonObject } from "../../shared/json";

export interface Made {
  month: string;
  kind: string;
  institution: string;
  points?: number;
  cost_yen?: number; // where the tariff is in yen
  paid_yen?: number;
  days?: number;
  withheld?: boolean;
  items?: [name: string, amount: number, quantity: number][]; // in points, or in yen
}

const jpy = (value: number) => ({ value, currency: "JPY" });
const total = (code: string, value: number) => ({
  category: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/adjudication", code }] },
  amount: jpy(value),
});

function claim_json(made: Made): JsonObject {
  const { month, kind, institution, points, days, paid_yen, items = [] } = made;
  const cost_yen = made.cost_yen ?? points! * 10;
  const worth = points === undefined ? 1 : 10;
  const copay = paid_yen === undefined ? [] : [total("copay", paid_yen)];
  const item = items.map(([display, amount, value], i) => ({
    ...{ sequence: i + 1, quantity: { value }, net: jpy(amount * worth) },
    productOrService: { coding: [{ system: "urn:mado:jp:receipt-code", code: "1", display }] },
  }));
  return {
    ...{ month, kind, institution, cost_yen },
    ...(points === undefined ? {} : { points }),
    ...(paid_yen === undefined ? {} : { paid_yen }),
    ...(days === undefined ? {} : { days }),
    ...(made.withheld ? { withheld: "ask-doctor" } : {}),
    explanation: {
      resourceType: "ExplanationOfBenefit",
      ...(item.length > 0 ? { item } : {}),
      total: [total("submitted", cost_yen), ...copay],
    },
  };
}

export function document_of(
  claims: Made[],
  { from, to, arrived_to = "2026-09" }: { from: string; to: string; arrived_to?: string },
): JsonObject {
  const asked = claims.filter(({ month }) => month >= from && month <= to);
  return { from, to, arrived_to, claims: asked.map(claim_json) };
}

const pharmacy: Made["items"] = [
  ["調剤基本料１", 45, 1],
  ["薬剤調製料（内服薬）", 24, 1],
  ["服薬管理指導料", 59, 1],
  ["アセトアミノフェン錠５００ｍｇ　３錠", 15, 5],
];

// Of the society, until March 2026.
export const of_society: Made[] = [
  {
    ...{ month: "2023-06", kind: "dental", institution: "上山歯科医院" },
    ...{ points: 1204, paid_yen: 3610, days: 3, items: [["歯科初診料", 1204, 1]] },
  },
  {
    ...{ month: "2025-02", kind: "dpc", institution: "A市立総合病院" },
    ...{ points: 42310, paid_yen: 80100, days: 9 },
    items: [["診断群分類による包括評価", 40310, 9], ["入院時食事療養", 2000, 26]],
  },
  {
    ...{ month: "2026-02", kind: "medical", institution: "本町こころの診療所" },
    ...{ points: 450, paid_yen: 1350, days: 1, withheld: true },
  },
  {
    ...{ month: "2026-02", kind: "pharmacy", institution: "駅前調剤薬局" },
    ...{ points: 143, paid_yen: 430, days: 1, items: pharmacy },
  },
  {
    ...{ month: "2026-03", kind: "judo", institution: "まつのき接骨院" },
    ...{ cost_yen: 4180, days: 4, items: [["施術料", 4180, 4]] },
  },
];

// Of the city, since April 2026.
export const of_city: Made[] = [
  {
    ...{ month: "2026-05", kind: "medical", institution: "A市駅前整形外科" },
    ...{ points: 768, paid_yen: 2300, days: 3 },
    items: [["初診料", 291, 1], ["再診料", 150, 2], ["単純撮影", 327, 2]],
  },
  {
    ...{ month: "2026-06", kind: "medical", institution: "花みずき内科クリニック" },
    ...{ points: 351, paid_yen: 1050, days: 1 },
    items: [["初診料", 291, 1], ["処方箋料（その他）", 60, 1]],
  },
  {
    ...{ month: "2026-06", kind: "pharmacy", institution: "ひまわり薬局" },
    ...{ points: 143, paid_yen: 430, days: 1, items: pharmacy },
  },
  {
    ...{ month: "2026-07", kind: "visiting-nurse", institution: "ひだまり訪問看護" },
    ...{ cost_yen: 35450, paid_yen: 10640, days: 4, items: [["訪問看護基本療養費", 30000, 4]] },
  },
];
