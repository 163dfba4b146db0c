// What a person can keep: a table, data, one entry's proof, and the evidence of what does not fit.
import { base64url, utf8 } from "../../shared/bytes";
import { csv_text } from "../../shared/files";
import type { CrossCheck } from "../../shared/cross_check";
import type { PersonEntries, PersonEntry } from "../../shared/entries";
import type { Json } from "../../shared/json";
import { log_proof_text, type Checkpoint } from "../../shared/tlog";
import { opened_entry, type Head } from "../../shared/order";
import { now_of, type Country, type Session } from "../../shared/country";
import type { Problem } from "../../shared/result";
import { clock_text, day_of } from "../../shared/dates";
import { text_of } from "../../shared/words";
import { number_of, type Look } from "./list";
import { act_text, outcome_text, presence_text, purpose_text, service_text } from "./words";

function what_text(head: Head): string {
  return [service_text(head.service), act_text(head)].filter((text) => text !== "").join(" ");
}

const columns: [name: string, value: (look: Look) => string][] = [
  ["seq", ({ entry }) => number_of(entry)],
  ["time", ({ entry }) => (entry.erased ? "" : `${day_of(entry.time)} ${clock_text(entry.time)}`)],
  ["who", ({ who }) => who],
  ["who_id", ({ entry }) => entry.requester],
  ["holder", ({ holder }) => holder],
  ["service", ({ entry }) => (entry.head ? what_text(entry.head) : "")],
  ["purpose", (look) => purpose_text(look)],
  ["basis", ({ basis }) => basis ?? ""],
  ["presence", (look) => presence_text(look)],
  ["outcome", (look) => (look.entry.order ? outcome_text(look) : "")],
  ["witnessed", ({ entry }) => text_of(entry.witnessed ? "looked.yes" : "looked.no")],
  ["index", ({ entry }) => String(entry.index)],
];

export function csv_of(looks: Look[]): string {
  return csv_text([
    columns.map(([name]) => text_of(`looked.csv_${name}`)),
    ...looks.map((look) => columns.map(([, value]) => value(look))),
  ]);
}

function look_json({ entry, who, holder, basis }: Look): Json {
  const place = {
    seq: entry.seq,
    ...(entry.series === undefined ? {} : { series: entry.series }),
    index: entry.index,
    entry: entry.entry,
    witnessed: entry.witnessed,
  };
  if (entry.erased) return { ...place, erased: { ...entry.erased } };
  return {
    ...place,
    kind: entry.kind,
    time: entry.time,
    requester: { id: entry.requester, name: who },
    ...(entry.order ? { holder: { id: entry.order.holder, name: holder } } : {}),
    ...(entry.head ? { service: entry.head.service, purpose: entry.head.purpose } : {}),
    ...(entry.order ? { presence: entry.order.presence, policy: entry.order.policy } : {}),
    ...(basis === undefined ? {} : { legal_basis: basis }),
    outcome: entry.outcome === "" ? null : entry.outcome,
    own_card: entry.own_card,
    // What was hashed and signed: whoever has this can check the rest.
    signed: entry.raw,
    checkpoint: entry.note,
  };
}

function text_of_json(value: Json): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

export function json_of(looks: Look[], now: number): string {
  return text_of_json({ form: "mado-looked/1", made_at: now, entries: looks.map(look_json) });
}

// c2sp.org/tlog-proof@v1, as `./mado log prove` writes it: anybody's tool takes it. Of what was
// erased it says the place only.
export function proof_of({ kind, salt, content, index, proof, note, erased }: PersonEntry): string {
  return log_proof_text({
    ...(erased ? {} : { extra: opened_entry(kind, salt, utf8(content)) }),
    ...{ index, proof, checkpoint: note },
  });
}

function checkpoint_json({ origin, size, root }: Checkpoint): Json {
  return { origin, size, root: base64url(root) };
}

// Who looks at the list, and whose it is.
export interface Viewer {
  country: Country;
  session: Session;
}

// Everything that others signed about what does not fit: the relay's list, the holders' evidence
// with the receipts of these very questions, the entries with their proofs, answers that were
// refused.
export function evidence_of(viewer: Viewer, check: CrossCheck): string {
  const listed = new Map(check.entries.entries.map((one) => [one.order_entry, one]));
  const findings = check.findings.map((finding): Json => {
    const entry = listed.get(finding.entry);
    return {
      ...finding,
      in_list: entry ? { ...entry.raw, checkpoint: entry.note, proof: entry.proof } : null,
    };
  });
  const concerned = new Set(check.findings.map((one) => one.holder));
  const holders = check.holders
    .filter((one) => one.holder && concerned.has(one.holder.id))
    .map((one): Json => ({
      holder: one.holder!.id,
      answers: one.answers.map((answer) => ({
        head: answer.head,
        receipt: answer.receipt!.raw,
        answer: answer.signed_answer,
      })),
    }));
  const lies = check.lies.map(({ kind, holder, problem }): Json => ({
    ...{ kind, holder: holder?.id ?? null },
    ...why_json(problem!),
  }));
  return text_of_evidence(viewer, {
    below: check.below,
    checkpoint: checkpoint_json(check.entries.checkpoint),
    findings,
    lies,
    holders,
    held: {
      differences: check.held.differences.map((one) => ({
        ...one,
        number: one.number ? { ...one.number } : null,
      })),
      answers: check.held.signed.map((one) => ({ ...one })),
    },
    list: check.entries.pages.map((page) => ({ ...page })),
  });
}

function why_json({ code, detail = "", signed }: Problem): { why: Json; signed: Json } {
  return { why: { code, detail }, signed: signed ? { ...signed } : null };
}

// Of a list that was not believed: what the relay has signed, and why it does not fit; and the list
// that it gave before, where there was one.
export function evidence_of_list(
  viewer: Viewer,
  { problem, before }: { problem: Problem; before?: PersonEntries | undefined },
): string {
  const { why, signed } = why_json(problem);
  return text_of_evidence(viewer, {
    why,
    list: signed === null ? [] : [signed],
    before: before ? before.pages.map((page) => ({ ...page })) : [],
  });
}

// Of a list that fits in itself, and that no witness has seen, or none of late.
export function evidence_of_unwitnessed(viewer: Viewer, entries: PersonEntries): string {
  const { cosignatures, witnessed_size, pages } = entries;
  return text_of_evidence(viewer, {
    why: { code: "unwitnessed", detail: "no quorum of witnesses has cosigned the log of late" },
    ...{ witnessed_size, cosignatures: cosignatures.map((one) => ({ ...one })) },
    list: pages.map((page) => ({ ...page })),
  });
}

// `directory.entry`: the log has this version, so whoever wants to check knows which. `card`: whose
// signatures were looked for, x5t#S256.
function text_of_evidence({ country, session }: Viewer, what: Record<string, Json>): string {
  const { version, entry, issued_at, policy } = country.directory;
  const directory = { version, entry, issued_at, policy };
  const card = session.certificate?.thumbprint ?? null;
  const made_at = now_of(session);
  return text_of_json({ form: "mado-looked-evidence/1", made_at, directory, card, ...what });
}
