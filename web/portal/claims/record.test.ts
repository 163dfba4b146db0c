import { expect, test } from "vitest";
import type { Mutable } from "../../shared/test_country";
import { Refused } from "../../shared/result";
import example from "./example.json";
import { read_claims } from "./record";
import { document_of } from "./test_documents";

const asked = { from: "2026-02", to: "2026-03" };

// Two claims of the demo country, as its gateway wrote them.
test("a holder's document", () => {
  const { arrived_to, claims } = read_claims(example, asked);
  expect(arrived_to).toBe("2026-07");
  expect(claims).toEqual([
    {
      ...{ month: "2026-02", kind: "medical", institution: "本町こころの診療所" },
      ...{ cost_yen: 4500, points: 450, paid_yen: 1350, days: 1, withheld: true, items: [] },
    },
    {
      ...{ month: "2026-02", kind: "medical", institution: "花みずき内科クリニック" },
      ...{ cost_yen: 3510, points: 351, paid_yen: 1050, days: 1, withheld: false },
      items: [
        { name: "初診料", quantity: 1, yen: 2910 },
        { name: "処方箋料（その他）", quantity: 1, yen: 600 },
      ],
    },
  ]);
});

test("a tariff in yen has no points, and what is not known is not there", () => {
  const made = { month: "2026-03", kind: "judo", institution: "まつのき接骨院", cost_yen: 4180 };
  const [claim] = read_claims(document_of([made], asked), asked).claims;
  expect(claim).toEqual({ ...made, withheld: false, items: [] });
});

// One thing that is not as it should be; the second claim is the one with items.
const wrongs: [what: string, change: (document: Mutable) => unknown][] = [
  ["other months than asked", (d) => (d.from = "2026-01")],
  ["a month that there is not", (d) => (d.arrived_to = "2026-13")],
  ["an unknown member", (d) => (d.more = true)],
  ["no list", (d) => delete d.claims],
  ["a claim of a month that was not asked for", (d) => (d.claims[1].month = "2026-04")],
  ["an unknown kind", (d) => (d.claims[1].kind = "optician")],
  ["an unknown reason to withhold", (d) => (d.claims[0].withheld = "secret")],
  ["an unknown member of a claim", (d) => (d.claims[1].diagnosis = "J00")],
  ["no institution", (d) => delete d.claims[1].institution],
  ["a payment below nothing", (d) => (d.claims[1].paid_yen = -1)],
  ["an amount as a text", (d) => (d.claims[1].cost_yen = "3510")],
  ["more days than a month has", (d) => (d.claims[1].days = 32)],
  ["points that do not fit the cost", (d) => (d.claims[1].points = 350)],
  ["no points where the tariff has them", (d) => delete d.claims[1].points],
  ["points where the tariff is in yen", (d) => (d.claims[1].kind = "judo")],
  ["a cost other than the explanation's", (d) => (total(d).amount.value = 1)],
  ["a payment other than the explanation's", (d) => (d.claims[1].paid_yen = 1)],
  ["a payment that only the claim has", (d) => d.claims[1].explanation.total.pop()],
  ["a total twice", (d) => d.claims[1].explanation.total.push(total(d))],
  ["no explanation", (d) => delete d.claims[1].explanation],
  ["another resource", (d) => (d.claims[1].explanation.resourceType = "Claim")],
  ["an item without a name", (d) => delete item(d).productOrService.coding[0].display],
  ["an item in another currency", (d) => (item(d).net.currency = "USD")],
  ["half a quantity", (d) => (item(d).quantity.value = "0.5")],
  ["items of a withheld claim", (d) => (d.claims[1].withheld = "ask-doctor")],
];
const total = (document: Mutable) => document.claims[1].explanation.total[0];
const item = (document: Mutable) => document.claims[1].explanation.item[0];

test.each(wrongs)("refused whole: %s", (_, change) => {
  const document: Mutable = structuredClone(example);
  change(document);
  expect(() => read_claims(document, asked)).toThrow(Refused);
});
