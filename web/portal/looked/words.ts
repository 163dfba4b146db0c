// An entry's codes as words: as phrases for what is shown, without readings for files and choices.
// What is not known keeps its code: a list that grows may not break.
import { services } from "country/services.json";
import type { Head } from "../../shared/order";
import type { Look } from "./list";
import { has_words, language, phrase, with_reading, without_readings } from "../../shared/words";

function known(start: string, code: string): string {
  const key = `looked.${start}_${code}`;
  return has_words(key) ? phrase(key) : phrase(`looked.${start}_other`, { code });
}

export function purpose_phrase(look: Look): string {
  return look.entry.head ? known("purpose", look.entry.head.purpose) : "";
}

// The country's file writes readings as the files of words do.
export function service_phrase(service: string): string {
  const name = services.find(({ id }) => id === service)?.[language()];
  return (
    name?.replace(/\[([^|\]]+)\|([^\]]+)\]/g, (_, text: string, read: string) =>
      with_reading(text, read),
    ) ?? phrase("looked.service_other", { code: service })
  );
}

// What was done, where one service does several things (`act`), or that a clerk has decided
// (`decision`); "" where it does one.
export function act_phrase({ service, parameters }: Head): string {
  const act = parameters["decision"] === undefined ? (parameters["act"] ?? "") : "decided";
  const key = `looked.act_${service}_${act}`;
  return has_words(key) ? phrase(key) : "";
}

export function presence_phrase({ entry, tags }: Look): string {
  const { order, own_card, mandate } = entry;
  if (!order) return "";
  if (order.presence !== "card-pin") return phrase(`looked.presence_${order.presence}`);
  const delegated = mandate?.kind === "delegate" && own_card;
  const own = delegated ? "_delegate" : own_card ? "_own" : "";
  const more = tags.includes("other_card") ? "_other" : own;
  return phrase(`looked.presence_card-pin${more}`);
}

export function outcome_phrase({ entry }: Look): string {
  return phrase(`looked.outcome_${entry.outcome === "" ? "unknown" : entry.outcome}`);
}

export const purpose_text = (look: Look): string => without_readings(purpose_phrase(look));
export const act_text = (head: Head): string => without_readings(act_phrase(head));
export const service_text = (service: string): string => without_readings(service_phrase(service));
export const presence_text = (look: Look): string => without_readings(presence_phrase(look));
export const outcome_text = (look: Look): string => without_readings(outcome_phrase(look));
