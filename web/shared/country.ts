// The country that this page is of: directory and policy, verified before anything else is done;
// and the session of the person who is logged in. Nothing unchecked comes out of here.
import {
  hash_of,
  parse_base64url,
  parse_utf8,
  same_bytes,
  utf8,
  type Bytes,
  type Hash,
} from "./bytes";
import { directory_bytes_max, open_directory, type Directory, type Participant } from "./directory";
import { Members, parse_json_object, type Json, type JsonObject } from "./json";
import { read_certificate, read_jwk, type Certificate } from "./keys";
import { parse_mandate, verify_mandate, type Mandate } from "./order";
import { Policy, policy_bytes_max } from "./policy";
import { bad, checked, good, refuse, type Problem, type Result } from "./result";

export type Fetcher = (path: string, init?: RequestInit) => Promise<Response>;

const page_timeout_ms = 20_000;
const problem_bytes_max = 4096;
const no_problem_document = "no problem document";

// What a body must not exceed is not read further.
async function read_body(response: Response, bytes_max: number): Promise<Bytes> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await reader?.read();
    if (!next || next.done) break;
    size += next.value.length;
    if (size > bytes_max) {
      await reader?.cancel();
      return refuse("the answer is too large");
    }
    parts.push(next.value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

// docs/protocols/errors.md (as wire::find_error), and what the HTTP server says before.
const problem_codes = new Set(
  [
    "malformed too_large not_found method_not_allowed not_in_directory certificate_mismatch",
    "head_signature head_stale head_audience key_reused not_allowed service_unknown",
    "number_malformed no_match several_match no_link path_closed card_unknown card_revoked",
    "card_expired card_list_old mandate_signature mandate_nonce mandate_expired",
    "mandate_for_other mandate_scope mandate_used mandate_ended mandate_unknown sealing_invalid",
    "pin_wrong card_locked card_missing link_unconfirmed link_taken card_taken answer_unknown",
    "unavailable",
    "holder_refused holder_failed",
    "receipt_invalid order_stale order_for_other order_replayed head_mismatch number_mismatch",
    "log_contradicted log_unwitnessed answer_invalid directory_invalid overloaded not_ready",
    "internal header_too_large upgrade_required",
  ].flatMap((line) => line.split(" ")),
);

// Whoever answers with a code that is not known, or with none, is not trusted to say what is wrong.
export function read_problem(object: JsonObject): Problem {
  const { code, request_id } = object;
  if (typeof code !== "string" || !problem_codes.has(code)) {
    return { code: "answer_invalid", detail: no_problem_document };
  }
  const words = object.reason ?? object.detail;
  const is_plain = (text: Json | undefined) => /^[ -~]{1,64}$/.test(String(text));
  return {
    code,
    ...(typeof words === "string" && is_plain(words) ? { detail: words } : {}),
    ...(typeof request_id === "string" && is_plain(request_id) ? { request_id } : {}),
  };
}

// The body of a 200, or the problem. `words`: with one of which alone a site may refuse, too.
export async function exchange(
  fetcher: Fetcher,
  path: string,
  bytes_max: number,
  body?: string,
  words: readonly string[] = [],
): Promise<Result<Bytes>> {
  const init: RequestInit = {
    credentials: "same-origin",
    redirect: "error",
    cache: "no-cache", // directory and policy are kept, and asked for whether they are the same
    signal: AbortSignal.timeout(page_timeout_ms),
  };
  if (body !== undefined) {
    Object.assign(init, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  }
  let response: Response;
  let bytes: Bytes;
  try {
    response = await fetcher(path, init);
    bytes = await read_body(response, response.status === 200 ? bytes_max : problem_bytes_max);
  } catch {
    return bad("unavailable", "no connection");
  }
  if (response.status === 200) return good(bytes);
  const word = words.find((one) => same_bytes(utf8(one), bytes));
  if (word !== undefined) return bad(word);
  const problem = await checked("answer_invalid", () =>
    read_problem(parse_json_object(parse_utf8(bytes), { text_bytes_max: problem_bytes_max })),
  );
  // Whoever answers neither way is not ours: a proxy's page, say.
  return problem.ok && problem.value.detail !== no_problem_document
    ? { ok: false, problem: problem.value }
    : bad("unavailable", no_problem_document);
}

export class Country {
  private constructor(
    readonly directory: Directory,
    readonly policy: Policy,
    readonly fetcher: Fetcher,
  ) {}

  // Fetches and verifies: the authority's key, the directory under it, the policy under that.
  static async load(
    fetcher: Fetcher = (path, init) => fetch(path, init),
  ): Promise<Result<Country>> {
    const [authority, directory, policy] = await Promise.all([
      exchange(fetcher, "/authority", 4096),
      exchange(fetcher, "/directory", directory_bytes_max),
      exchange(fetcher, "/policy", policy_bytes_max),
    ]);
    if (!authority.ok) return authority;
    if (!directory.ok) return directory;
    if (!policy.ok) return policy;
    return checked("directory_invalid", async () => {
      const key = read_jwk(parse_json_object(parse_utf8(authority.value)));
      const opened = await open_directory(parse_utf8(directory.value), key);
      const rows = await Policy.open(policy.value, opened.policy);
      return new Country(opened, rows, fetcher);
    });
  }

  participant(id: string): Participant | undefined {
    return this.directory.participants.get(id);
  }
  // What is not in the directory any more has its id for a name.
  name_of(id: string): string {
    return this.participant(id)?.name ?? id;
  }
  // Of which kinds of holder the portal may ask this service for the person.
  kinds_for(service: string, session: Session): string[] {
    const portal = this.participant(session.organisation);
    return portal ? this.policy.holder_kinds(service, portal.kind) : [];
  }
}

export interface Session {
  mandate: string; // the log-in's JWS
  id: Hash; // its SHA-256
  expires: number;
  organisation: string; // the portal
  scope: string[]; // the services that the log-in covers
  certificate?: Certificate; // of the card: then what it signed is verified
  clock_ahead_s: number; // of the server, to this computer's: which may be wrong by days
}

// By the server's clock.
export function now_of(session: Session): number {
  return Math.floor(Date.now() / 1000) + session.clock_ahead_s;
}

function check_log_in(mandate: Mandate, session: Session, country: Country): void {
  const is_for_us =
    mandate.kind === "login" &&
    mandate.organisation === session.organisation &&
    mandate.audience === country.directory.relay.id;
  if (!is_for_us) refuse("the session's mandate is no log-in for this portal");
  if (session.expires > mandate.expires) refuse("the session is longer than its mandate");
}

export async function read_session(country: Country, bytes: Bytes): Promise<Session> {
  const members = new Members(parse_json_object(parse_utf8(bytes)));
  const mandate = members.text("mandate", 4096);
  const der = members.optional_text("certificate", 16 * 1024);
  const expires = members.time("expires");
  const organisation = members.code("organisation");
  const clock_ahead_s = members.time("now") - Math.floor(Date.now() / 1000);
  members.finish();
  const read = parse_mandate(mandate);
  const id = await hash_of(utf8(mandate));
  const session = { mandate, id, expires, organisation, scope: read.scope, clock_ahead_s };
  check_log_in(read, session, country);
  if (der === undefined) return session;
  const certificate = await read_certificate(parse_base64url(der));
  if (read.jws.certificate !== certificate.thumbprint) refuse("the certificate is another card's");
  await verify_mandate(read, certificate, "the card did not sign the session's mandate");
  return { ...session, certificate };
}

export async function load_session(country: Country): Promise<Result<Session>> {
  const body = await exchange(country.fetcher, "/session", 64 * 1024);
  if (!body.ok) return body;
  return checked("answer_invalid", () => read_session(country, body.value));
}
