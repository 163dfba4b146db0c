// The requester's side in the browser: the portal signs the head, this page made the key that
// opens the answer. An answer comes out of here only when everything of docs/protocols/request.md,
// "Reply", holds (as lib/client/client.cpp), and when the portal asked what this page asked.
import { hash_of, parse_utf8, utf8, type Hash } from "./bytes";
import { exchange, now_of, read_problem, type Country, type Session } from "./country";
import type { Participant } from "./directory";
import { Members, is_object, parse_json_object, type JsonObject } from "./json";
import { make_seal_to, open_jwe, parse_jws, seal_jwe, verify_jws, type SealTo } from "./keys";
import {
  ask_lifetime_s,
  clock_skew_s,
  commit,
  parse_head,
  position_max,
  read_receipt,
  signing_key,
  verify_head,
  verify_receipt,
  type Head,
  type Order,
  type Outcome,
  type Receipt,
  type Target,
} from "./order";
import { bad, checked, good, refuse } from "./result";
import type { Problem, Result, SignedPage } from "./result";

const answer_bytes_max = 4 * 1024 * 1024;
const reply_bytes_max = answer_bytes_max + 64 * 1024;
const document_values_max = 100_000;
const reply_limits = { text_bytes_max: reply_bytes_max, depth_max: 5, values_max: 300 };
// Of the whole page, so that a person with many insurers does not crowd out others.
const side_by_side_max = 5;

export interface Question {
  to: Target;
  service: string;
  parameters?: Record<string, string>;
  payload?: string; // JWE to the one who is asked
}

export interface Answered {
  data: JsonObject;
  as_of: number; // when the holder's records were last brought up to date
  outcome: Outcome;
  holder: Participant;
  order?: Order; // none for questions to the relay itself
  entry?: Hash; // the order's in the log
  receipt?: Receipt;
  // What the holder signed, and what the page asked: to show to others.
  signed_answer: string;
  head: string;
}

// ---- no more than five at once ----

let running = 0;
const waiting: (() => void)[] = [];

async function in_turn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= side_by_side_max) await new Promise<void>((resume) => waiting.push(resume));
  else ++running;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    // The place goes to the next one, or becomes free.
    if (next) next();
    else --running;
  }
}

// ---- checks ----

interface Asked {
  country: Country;
  session: Session;
  question: Question;
  seal_to: SealTo;
  subject: Uint8Array;
  began: number;
}

function same_target(one: Target, other: Target): boolean {
  if ("holder" in one) return "holder" in other && one.holder === other.holder;
  return "kind" in other && one.kind === other.kind && one.position === other.position;
}

function same_texts(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
  );
}

async function open_head(text: string, { country }: Asked): Promise<Head> {
  const head = parse_head(text);
  await verify_head(head, country.directory);
  return head;
}

// The portal signed what this page asks, and nothing else.
async function check_head(head: Head, asked: Asked): Promise<void> {
  const { country, session, question, seal_to } = asked;
  if (head.issuer !== session.organisation) refuse("the request is another organisation's");
  if (head.audience !== country.directory.relay.id) refuse("the request is for another relay");
  const seal_to_thumbprint = await seal_to.public_key.thumbprint();
  if ((await head.seal_to.thumbprint()) !== seal_to_thumbprint) {
    refuse("the request has another key than this page's");
  }
  if (
    !same_target(head.to, question.to) ||
    head.service !== question.service ||
    head.purpose !== "own-view" ||
    !same_texts(head.parameters, question.parameters ?? {})
  ) {
    refuse("the request asks something else");
  }
  const payload_hash = question.payload && (await hash_of(utf8(question.payload)));
  if (head.payload_hash !== payload_hash) refuse("the request has another payload");
  if (head.card_seen || head.sealing !== undefined) refuse("the request says more than was asked");
  const lifetime = head.expires - head.issued_at;
  const is_fresh =
    lifetime > 0 &&
    lifetime <= ask_lifetime_s &&
    head.issued_at >= asked.began - clock_skew_s &&
    head.issued_at <= now_of(session) + clock_skew_s;
  if (!is_fresh) refuse("the request is of another time");
}

interface Reply {
  answer: string;
  receipt?: Receipt;
  subject_salt?: Hash;
}

function read_reply(object: JsonObject): Reply {
  const members = new Members(object);
  members.one_of("outcome", ["answered"]);
  const answer = members.text("answer", answer_bytes_max);
  const receipt = members.optional_object("receipt");
  const subject_salt = members.optional_hash("subject_salt");
  members.finish();
  return {
    answer,
    ...(receipt === undefined ? {} : { receipt: read_receipt(receipt) }),
    ...(subject_salt === undefined ? {} : { subject_salt }),
  };
}

// `to` as asked and the holder as answered fit together.
function target_fits(to: Target, holder: Participant): boolean {
  return "holder" in to ? to.holder === holder.id : to.kind === holder.kind;
}

interface Proven {
  order: Order;
  entry: Hash;
  receipt: Receipt;
  holder: Participant;
}

// The order must be this very request: the same head, the same subject, a holder that fits.
async function check_receipt(reply: Reply, head: Head, asked: Asked): Promise<Proven> {
  const { directory } = asked.country;
  const { receipt, subject_salt } = reply;
  if (!receipt || subject_salt === undefined) return refuse("no receipt");
  const { order, entry } = await verify_receipt(receipt, directory);
  if (order.head !== head.jws.compact || order.relay !== directory.relay.id) {
    refuse("the order has another head");
  }
  if ((await commit("subject", subject_salt, asked.subject)) !== order.subject) {
    refuse("the order is about another subject");
  }
  const is_in_time = order.time >= head.issued_at - clock_skew_s && order.time < head.expires;
  if (order.presence !== "card-pin" || !is_in_time) {
    refuse("the order has another presence or time");
  }
  const holder = directory.participants.get(order.holder);
  if (!holder || !target_fits(head.to, holder)) return refuse("the order is to another holder");
  return { order, entry, receipt, holder };
}

interface Expected {
  from: Participant;
  order: Hash; // the entry; to the relay itself: SHA-256 of the head's JWS
  asked: Asked;
}

// Opens, verifies, and refuses what was not asked for.
async function open_answer(jwe: string, { from, order, asked }: Expected) {
  const signed_answer = await open_jwe(jwe, asked.seal_to.private_key, answer_bytes_max);
  const jws = parse_jws(signed_answer, "mado-answer+jws", answer_bytes_max);
  const key = signing_key(from, jws) ?? refuse("the answer's key is not in the directory");
  await verify_jws(jws, key, "the answer's signature is wrong");
  const members = new Members(
    parse_json_object(parse_utf8(jws.payload), {
      text_bytes_max: answer_bytes_max,
      depth_max: 32,
      values_max: document_values_max + 7,
    }),
  );
  const issuer = members.code("iss");
  const audience = members.hash("aud");
  const answers = members.hash("order");
  const issued_at = members.time("iat");
  const service = members.code("service");
  const as_of = members.time("as_of");
  const data = members.object("data");
  members.finish();
  if (issuer !== from.id) refuse("the answer is another holder's");
  if (audience !== (await asked.seal_to.public_key.thumbprint())) {
    refuse("the answer is for another key");
  }
  if (answers !== order) refuse("the answer is to another order");
  if (service !== asked.question.service) refuse("the answer is of another service");
  if (issued_at > now_of(asked.session) + clock_skew_s) refuse("the answer is from the future");
  return { data, as_of, signed_answer };
}

// ---- ask ----

function subject_of(session: Session): Uint8Array {
  // The very bytes that the relay commits to: a compact JWS needs no escapes.
  return utf8(`{"mandate":"${session.mandate}"}`);
}

type Read = { head: string; reply: JsonObject } | { problem: Problem };

function read_envelope(body: Uint8Array): Read {
  const members = new Members(parse_json_object(parse_utf8(body), reply_limits));
  // What the relay said instead of an answer.
  const problem = members.optional_object("problem");
  const out = problem
    ? { problem: read_problem(problem) }
    : { head: members.text("head", 8 * 1024), reply: members.object("reply") };
  members.finish();
  return out;
}

// What there is to show of an answer that is refused.
async function shown_of(head: Head, reply: JsonObject, asked: Asked): Promise<SignedPage> {
  const { receipt, answer } = reply;
  const opened = await checked("answer_invalid", () =>
    open_jwe(String(answer), asked.seal_to.private_key, answer_bytes_max),
  );
  return {
    head: head.jws.compact,
    ...(is_object(receipt) ? { receipt } : {}),
    ...(opened.ok ? { answer: opened.value } : {}),
  };
}

async function check_answer(body: Uint8Array, asked: Asked): Promise<Result<Answered>> {
  const read = await checked("answer_invalid", () => read_envelope(body));
  if (!read.ok) return read;
  if ("problem" in read.value) return { ok: false, problem: read.value.problem };
  const { head: text, reply } = read.value;
  const head = await checked("answer_invalid", () => open_head(text, asked));
  if (!head.ok) return head;
  const answered = await check_reply(head.value, reply, asked);
  if (answered.ok) return answered;
  const signed = await shown_of(head.value, reply, asked);
  return { ok: false, problem: { ...answered.problem, signed } };
}

async function check_reply(
  head: Head,
  object: JsonObject,
  asked: Asked,
): Promise<Result<Answered>> {
  const read = await checked("answer_invalid", async () => {
    await check_head(head, asked);
    return read_reply(object);
  });
  if (!read.ok) return read;
  const reply = read.value;
  const compact = head.jws.compact;
  const { relay } = asked.country.directory;
  if ("holder" in head.to && head.to.holder === relay.id) {
    // No order, no entry: bound to the head.
    const order = await hash_of(utf8(compact));
    return checked("answer_invalid", async () => {
      const opened = await open_answer(reply.answer, { from: relay, order, asked });
      return { ...opened, outcome: "answered", holder: relay, head: compact };
    });
  }
  const proven = await checked("receipt_invalid", () => check_receipt(reply, head, asked));
  if (!proven.ok) return proven;
  const { holder, entry } = proven.value;
  return checked("answer_invalid", async () => {
    const opened = await open_answer(reply.answer, { from: holder, order: entry, asked });
    return { ...opened, ...proven.value, outcome: "answered", head: compact };
  });
}

export async function ask(
  country: Country,
  session: Session,
  question: Question,
): Promise<Result<Answered>> {
  return in_turn(async () => {
    const asked: Asked = {
      country,
      session,
      question,
      seal_to: await make_seal_to(),
      subject: subject_of(session),
      began: now_of(session),
    };
    const body = JSON.stringify({
      mandate: session.id, // whose page this is: another log-in's it must not be
      to: question.to,
      service: question.service,
      parameters: question.parameters ?? {},
      seal_to: asked.seal_to.public_key.jwk,
      ...(question.payload === undefined ? {} : { payload: question.payload }),
    });
    const reply = await exchange(country.fetcher, "/ask", reply_bytes_max + 16 * 1024, body);
    return reply.ok ? check_answer(reply.value, asked) : reply;
  });
}

// ---- own records ----

export interface OwnRecord {
  kind: string;
  position: number;
  holder?: Participant; // who it is stands in an answer only
  result: Result<Answered>;
}

// Problems of one holder. With every other one the next position would have it too.
const of_one_holder = new Set([
  "no_match",
  "several_match",
  "holder_refused",
  "holder_failed",
  "service_unknown",
  "answer_invalid",
  "receipt_invalid",
]);

// Why one holder does not answer, as the relay says it. Where the relay itself is silent there is
// another reason, or none.
const silences = new Set(["absent", "slow", "unwell"]);

export function is_of_one_holder(problem: Problem): boolean {
  if (problem.code === "unavailable") return silences.has(problem.detail ?? "");
  return of_one_holder.has(problem.code);
}

export interface OwnQuestion {
  service: string;
  kinds: string[];
  parameters?: Record<string, string>;
}

async function fetch_kind(
  country: Country,
  session: Session,
  question: OwnQuestion & { kind: string },
  on_record: (record: OwnRecord) => void,
): Promise<OwnRecord[]> {
  const out: OwnRecord[] = [];
  const { kind, service, parameters = {} } = question;
  for (let position = 1; position <= position_max; ++position) {
    const result = await ask(country, session, { to: { kind, position }, service, parameters });
    // The end of the person's links.
    if (!result.ok && result.problem.code === "no_link") break;
    const holder = result.ok ? { holder: result.value.holder } : {};
    const record: OwnRecord = { kind, position, ...holder, result };
    out.push(record);
    on_record(record);
    if (!result.ok && !is_of_one_holder(result.problem)) break;
  }
  return out;
}

// Kinds side by side, in each position after position until there is no further link. `on_record`
// is called as each answer comes; the returned list is in the order of the kinds.
export async function fetch_own(
  country: Country,
  session: Session,
  question: OwnQuestion,
  on_record: (record: OwnRecord) => void = () => undefined,
): Promise<OwnRecord[]> {
  const lines = question.kinds.map((kind) =>
    fetch_kind(country, session, { ...question, kind }, on_record),
  );
  return (await Promise.all(lines)).flat();
}

// ---- the relay itself ----

export interface ToRelay {
  service: string;
  parameters?: Record<string, string>;
  payload?: JsonObject; // is sealed here
}

// Not logged, answered by the relay from what it keeps for this person.
export async function ask_relay(
  country: Country,
  session: Session,
  question: ToRelay,
): Promise<Result<Answered>> {
  const { relay } = country.directory;
  const { service, parameters = {}, payload } = question;
  const to = { holder: relay.id };
  if (payload === undefined) return ask(country, session, { to, service, parameters });
  const [kid] = [...relay.sealing_keys.keys()].sort();
  const key = kid === undefined ? undefined : relay.sealing_keys.get(kid);
  if (kid === undefined || !key) return bad("directory_invalid", "no sealing key");
  const sealed = await checked("directory_invalid", () =>
    seal_jwe(utf8(JSON.stringify(payload)), key, kid),
  );
  if (!sealed.ok) return sealed;
  return ask(country, session, { to, service, parameters, payload: sealed.value });
}

// Page after page: `take` returns from where the next one goes on, or nothing at the end. What it
// refuses is kept with its signatures.
export async function ask_pages(
  country: Country,
  session: Session,
  service: string,
  take: (data: JsonObject, signed: SignedPage) => Promise<Result<number | undefined>>,
  more: Record<string, string> = {}, // parameters
): Promise<Result<void>> {
  let after: number | undefined = 0;
  while (after !== undefined) {
    const parameters = { ...more, after: String(after) };
    const answered = await ask_relay(country, session, { service, parameters });
    if (!answered.ok) return answered;
    const { data, head, signed_answer } = answered.value;
    const signed = { head, answer: signed_answer };
    const next = await take(data, signed);
    if (!next.ok) return { ok: false, problem: { ...next.problem, signed } };
    after = next.value;
  }
  return good(undefined);
}
