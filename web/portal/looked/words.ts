// An entry's codes as words. What is not known keeps its code: a list that grows may not break.
import type { Look } from "./list";
import { has_words, text_of } from "../../shared/words";
import { service_name } from "../services";

function known(start: string, code: string): string {
  const key = `looked.${start}_${code}`;
  return has_words(key) ? text_of(key) : text_of(`looked.${start}_other`, { code });
}

export function purpose_text(look: Look): string {
  return look.entry.head ? known("purpose", look.entry.head.purpose) : "";
}

export function service_text(service: string): string {
  return service_name(service) ?? text_of("looked.service_other", { code: service });
}

export function presence_text({ entry, tags }: Look): string {
  const { order, own_card, mandate } = entry;
  if (!order) return "";
  if (order.presence !== "card-pin") return text_of(`looked.presence_${order.presence}`);
  const delegated = mandate?.kind === "delegate" && own_card;
  const own = delegated ? "_delegate" : own_card ? "_own" : "";
  const more = tags.includes("other_card") ? "_other" : own;
  return text_of(`looked.presence_card-pin${more}`);
}

export function outcome_text({ entry }: Look): string {
  return text_of(`looked.outcome_${entry.outcome === "" ? "unknown" : entry.outcome}`);
}
