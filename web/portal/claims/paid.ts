// What was paid, as phrases that say what the amount lacks.
import { money } from "../../shared/phrases";
import { phrase } from "../../shared/words";
import { is_unknown, type Sum } from "./sums";

export function amount_text(sum: Sum): string {
  return is_unknown(sum) ? phrase("claims.paid_unknown") : money(sum.paid_yen);
}

// Beside the amount, where there is room for a sentence.
export function unknown_text(sum: Sum): string {
  if (sum.paid_unknown === 0 || is_unknown(sum)) return "";
  return phrase("claims.sum_unknown", { count: sum.paid_unknown });
}

// Both in one, where there is not.
export function paid_text(sum: Sum): string {
  if (sum.paid_unknown === 0 || is_unknown(sum)) return amount_text(sum);
  return phrase("claims.paid_and_unknown", { paid: amount_text(sum), count: sum.paid_unknown });
}
