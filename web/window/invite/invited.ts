// What became of people who were to be invited.
import { Members, type JsonObject } from "../../shared/json";
import { refuse } from "../../shared/result";

export const invited_max = 1_000; // at once
const text_bytes_max = 256;

export interface Invited {
  cases: { number: string; name: string }[];
  known: number[]; // places of who is known, and was not invited
  batch?: number; // whose letters are made; none: nobody was invited
}

export function read_invited(object: JsonObject, of: number): Invited {
  const members = new Members(object);
  const cases = members.objects("cases", invited_max).map((one) => {
    const member = new Members(one);
    const read = { number: member.text("number", 20), name: member.text("name", text_bytes_max) };
    member.finish();
    return read;
  });
  const known = members.array("known", invited_max).map((place) => {
    const is_place = typeof place === "number" && place >= 1 && place <= of;
    return is_place ? place : refuse("whoever is known is nobody of the file");
  });
  const batch = members.has("batch")
    ? members.integer("batch", 1, Number.MAX_SAFE_INTEGER)
    : undefined;
  members.finish();
  const everybody = cases.length + new Set(known).size === of && known.length === of - cases.length;
  if (!everybody) refuse("somebody is neither invited nor known");
  if ((batch === undefined) !== (cases.length === 0)) refuse("a batch is of somebody");
  return { cases, known, ...(batch === undefined ? {} : { batch }) };
}
