// Documents for tests: a woman of 79 as her city's care insurance has her, each state by itself.
// Made as docs/protocols/gateway.md says, not with the code under test.
import type { JsonObject } from "../../shared/json";

interface State {
  from: string;
  to?: string;
  level?: string;
  share_percent: number;
}

// The newest first.
export const states: State[] = [
  { from: "2026-08-01", to: "2028-08-31", level: "要介護2", share_percent: 10 },
  { from: "2025-09-01", to: "2026-07-31", level: "要介護2", share_percent: 20 },
  { from: "2024-09-01", to: "2025-08-31", level: "要支援1", share_percent: 20 },
  { from: "2012-06-14", to: "2024-08-31", share_percent: 10 },
];

const our_class = (code: string, value: string) => ({
  type: { coding: [{ system: "urn:mado:coverage-class", code }] },
  value,
});

export function payer({ from, to, level, share_percent }: State): JsonObject {
  return {
    ...{ rank: 1, share_percent, guarantee: true, special_payment: false },
    ...{ symbol: "", number: "0000012079", branch: "" },
    coverage: {
      resourceType: "Coverage",
      contained: [{ resourceType: "Patient", id: "patient", name: [{ text: "厚労 ハル" }] }],
      status: "active",
      period: { start: from, ...(to === undefined ? {} : { end: to }) },
      class: [
        our_class("plan", "第1号"),
        ...(level === undefined ? [] : [our_class("care-level", level)]),
      ],
    },
  };
}

export function document_on(on: string): JsonObject {
  const valid = states.filter(({ from, to }) => from <= on && (to === undefined || on <= to));
  if (valid.length > 0) return { on, result: "insured", payers: valid.map(payer) };
  const ended = on > "2028-08-31" ? { last_day: "2028-08-31", end_reason: "転出" } : {};
  return { on, result: "not_on_this_date", payers: [], ...ended };
}
