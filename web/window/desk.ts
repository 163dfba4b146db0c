// What every part of the window's page goes by.
import { in_japanese, phrase, text_of } from "../shared/words";
import type { Problem } from "../shared/result";
import { holder_of } from "./numbers";
import { refusals, type Office, type ToSign } from "./office";
import type { Claim, Role } from "./record";

export interface Desk {
  office: Office;
  now: () => number; // the server's clock
  name_of: (id: string) => string; // of a participant, by the verified directory
  to_agent: (what: ToSign) => void; // leaves the page
  roles: ReadonlySet<string>; // of the clerk who is logged in
  municipality?: string; // whose window it is; none: the centre's own
  leave_for: (address: string) => void; // the same, to an address
  ask_at?: string; // where a person who has the slip asks: whom, and their telephone
  stop_at: string; // the address of the page for whoever has lost a card
  status_at: string; // of the one that says how far a case is
}

// As a form does: the agent's own page shows the document, and the browser comes back from there.
export function hand_to_agent({ agent, form }: ToSign): void {
  const element = document.createElement("form");
  element.method = "post";
  element.action = agent;
  for (const [name, value] of Object.entries(form)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    element.append(field);
  }
  document.body.append(element);
  element.submit();
}

// Of whose register it is: "医療保険の登録簿（A市国民健康保険）".
export function register_phrase(desk: Desk, { role, number }: Pick<Claim, "role" | "number">) {
  const name = desk.name_of(holder_of(role, number));
  return phrase("window.register", { role: role_phrase(role), name: in_japanese(name) });
}
export function role_phrase(role: Role): string {
  return phrase(`window.role_${role}`);
}

// Of the municipality that deals with it; the issuing centre itself has no name here.
export function office_name(desk: Desk, id: string): string {
  return id === "" ? phrase("window.another_office") : in_japanese(desk.name_of(id));
}

// 1234 5678 9012: as it is read out.
export function grouped(number: string): string {
  return number.replace(/(.{4})(?=.)/g, "$1 ");
}

const known_problems = new Set([
  ...[...refusals, "not_allowed", "mandate_ended"],
  ...["overloaded", "unavailable", "malformed", "too_large", "answer_invalid", "not_ready"],
]);

export function problem_text({ code, request_id }: Problem): string {
  const words = text_of(`window.problem_${known_problems.has(code) ? code : "other"}`, { code });
  if (request_id === undefined) return words;
  return `${words} ${text_of("window.request_id", { id: request_id })}`;
}

const known_refusals = new Set([
  ...["holder_refused", "holder_failed", "not_allowed", "service_unknown", "number_malformed"],
  ...["several_match", "no_match", "not_in_directory", "path_closed"],
  // The relay's, of links, cards and decisions.
  ...["link_unconfirmed", "link_taken", "card_taken", "mandate_unknown"],
  // The authority's: apps/ca/service.hpp.
  ...["act_unknown", "key_malformed", "key_type", "key_weak", "key_taken", "key_compromised"],
  ...["attributes_missing", "attributes_malformed", "attributes_unwanted", "too_young"],
  ...["serial_unknown", "serial_of_other", "revoked", "over", "reason_unknown"],
  ...["register_missing", "register_invalid", "register_old", "register_other"],
]);

export function refusal_phrase(code: string): string {
  return phrase(`window.refused_${known_refusals.has(code) ? code : "other"}`, { code });
}
