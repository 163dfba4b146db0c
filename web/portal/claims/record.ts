// What the medical insurers answer (service `claims`, docs/protocols/gateway.md). A document that
// does not read, or says two things of one claim, is refused whole.
import { Members, type JsonObject } from "../../shared/json";
import { refuse } from "../../shared/result";
import type { Answer as OneAnswer } from "../own";

// The kinds, and which of them count in points, are the document's (docs/protocols/gateway.md): a
// claim that contradicts itself is not shown. No amount is worked out from them.
export const kinds = ["medical", "dental", "pharmacy", "dpc", "visiting-nurse", "judo"] as const;
export type ClaimKind = (typeof kinds)[number];

interface Item {
  name: string;
  quantity?: number;
  yen: number;
}

export interface Claim {
  month: string; // "2026-07"
  kind: ClaimKind;
  institution: string;
  cost_yen: number;
  points?: number;
  paid_yen?: number; // none: not known to the insurer
  days?: number;
  withheld: boolean; // its items are shown only after the doctor was asked
  items: Item[];
}

export interface Period {
  from: string;
  to: string;
}

export interface ClaimsDocument extends Period {
  arrived_to: string; // claims of later months have not come in yet
  claims: Claim[];
}

const claims_max = 10_000;
const items_max = 50_000;
const yen_per_point = 10; // the document's too
export const in_yen: readonly ClaimKind[] = ["visiting-nurse", "judo"];
// The holder's bounds for a claim's numbers; what is counted in points is worth ten times as much.
const number_max = 1_000_000_000;
const yen_max = number_max * yen_per_point;

function optional_integer(members: Members, name: string, max: number): number | undefined {
  return members.has(name) ? members.integer(name, 0, max) : undefined;
}

// ---- FHIR R4 ExplanationOfBenefit: only what is shown is looked at, it may have more ----

function first_coding(concept: JsonObject): JsonObject {
  return new Members(concept).objects("coding", 10)[0] ?? refuse("a code is missing");
}

function money_of(amount: JsonObject): number {
  const members = new Members(amount);
  if (members.text("currency") !== "JPY") refuse("an amount is not in yen");
  return members.integer("value", 0, yen_max);
}

function item_of(item: JsonObject): Item {
  const members = new Members(item);
  const name = new Members(first_coding(members.object("productOrService"))).text("display", 1024);
  const amount = members.optional_object("quantity");
  const quantity = amount && new Members(amount).integer("value", 0, number_max);
  const yen = money_of(members.object("net"));
  return { name, yen, ...(quantity === undefined ? {} : { quantity }) };
}

function total_of(explanation: JsonObject, category: string): number | undefined {
  const totals = new Members(explanation).objects("total", 10);
  const found = totals.filter((one) => {
    const { code } = first_coding(new Members(one).object("category"));
    return code === category;
  });
  if (found.length > 1) refuse("a claim has a total twice");
  return found[0] && money_of(new Members(found[0]).object("amount"));
}

function items_of(explanation: JsonObject): Item[] {
  if (explanation.resourceType !== "ExplanationOfBenefit") refuse("a claim is not explained");
  if (explanation.item === undefined) return [];
  return new Members(explanation).objects("item", items_max).map(item_of);
}

// ---- the document ----

// The amounts stand beside the explanation and in it.
function check_claim(claim: Claim, explanation: JsonObject): Claim {
  const { kind, points, cost_yen, paid_yen, withheld, items } = claim;
  if (in_yen.includes(kind) !== (points === undefined)) refuse("points do not fit the kind");
  if (points !== undefined && points * yen_per_point !== cost_yen) {
    refuse("points do not fit the cost");
  }
  const says_the_same =
    total_of(explanation, "submitted") === cost_yen && total_of(explanation, "copay") === paid_yen;
  if (!says_the_same) refuse("a claim and its explanation differ");
  if (withheld && items.length > 0) refuse("a withheld claim has items");
  return claim;
}

function claim_of(object: JsonObject, { from, to }: Period): Claim {
  const members = new Members(object);
  const month = members.month("month");
  if (month < from || month > to) refuse("a claim of a month that was not asked for");
  const points = optional_integer(members, "points", number_max);
  const paid_yen = optional_integer(members, "paid_yen", number_max);
  const days = optional_integer(members, "days", 31);
  const withheld = members.has("withheld");
  if (withheld) members.one_of("withheld", ["ask-doctor"]);
  const explanation = members.object("explanation");
  const claim: Claim = {
    month,
    kind: members.one_of("kind", kinds),
    institution: members.text("institution"),
    cost_yen: members.integer("cost_yen", 0, yen_max),
    ...(points === undefined ? {} : { points }),
    ...(paid_yen === undefined ? {} : { paid_yen }),
    ...(days === undefined ? {} : { days }),
    withheld,
    items: items_of(explanation),
  };
  members.finish();
  return check_claim(claim, explanation);
}

export function read_claims(data: JsonObject, asked: Period): ClaimsDocument {
  const members = new Members(data);
  const [from, to] = [members.text("from"), members.text("to")];
  if (from !== asked.from || to !== asked.to) refuse("the months are not those that were asked");
  const arrived_to = members.month("arrived_to");
  const claims = members.objects("claims", claims_max).map((one) => claim_of(one, asked));
  members.finish();
  return { from, to, arrived_to, claims };
}

export type Answer = OneAnswer<ClaimsDocument>;
