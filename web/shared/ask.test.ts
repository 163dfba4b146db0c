// Answers come out only when everything holds: each test changes one thing of an honest exchange.
import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { ask, ask_relay, fetch_own, type OwnRecord } from "./ask";
import { base64url, utf8 } from "./bytes";
import { Country, load_session, read_problem, type Session } from "./country";
import { parse_head } from "./order";
import { is_lie } from "./result";
import {
  filled,
  make_certificate,
  make_key,
  sign,
  TestCountry,
  type Lie,
  type Mutable,
} from "./test_country";

let world: TestCountry;
let country: Country;
let session: Session;

beforeAll(async () => {
  world = await TestCountry.make();
  const loaded = await Country.load(world.fetcher);
  if (!loaded.ok) throw new Error(loaded.problem.detail);
  country = loaded.value;
  const opened = await load_session(country);
  if (!opened.ok) throw new Error(opened.problem.detail);
  session = opened.value;
});
beforeEach(() => {
  world.lie = {};
  world.data.claims = { from: "2026-01", claims: [] };
  world.links = { "medical-insurer": ["06990014"], "care-insurer": ["992016"] };
});

const claims = {
  to: { kind: "medical-insurer", position: 1 },
  service: "claims",
  parameters: { from: "2026-01" },
};

test("an honest exchange", async () => {
  const result = await ask(country, session, claims);
  if (!result.ok) throw new Error(`${result.problem.code} ${result.problem.detail}`);
  const { value } = result;
  expect(value.data).toEqual({ from: "2026-01", claims: [] });
  expect(value.holder.name).toBe("まどか電機健康保険組合");
  expect(value.order!.presence).toBe("card-pin");
  expect(value.outcome).toBe("answered");
  // A fresh key for every request, without its private half.
  const [one, other] = [world.asked.at(-1)!, await ask(country, session, claims)];
  expect(other.ok).toBe(true);
  expect(Object.keys(one.seal_to).sort()).toEqual(["crv", "kty", "x", "y"]);
  expect(world.asked.at(-1)!.seal_to.x).not.toBe(one.seal_to.x);
});

test("an honest exchange with the relay itself", async () => {
  const result = await ask_relay(country, session, { service: "bells", parameters: {} });
  if (!result.ok) throw new Error(`${result.problem.code} ${result.problem.detail}`);
  expect(result.value.holder.id).toBe("relay");
  expect(result.value.order).toBeUndefined();
});

const flip = (text: string) => `${text.slice(0, -4)}${text.endsWith("AAAA") ? "BBBB" : "AAAA"}`;
const old = (head: Mutable) => {
  head.iat -= 200;
  head.exp -= 200;
};

// What is changed, and what is said of it.
const lies: [what: string, lie: Lie, code: string, detail: string | RegExp][] = [
  // the head that the portal signed
  [
    "another purpose",
    { head: (h) => (h.purpose = "treatment") },
    "answer_invalid",
    /asks something/,
  ],
  [
    "another service",
    { head: (h) => (h.service = "evidence") },
    "answer_invalid",
    /asks something/,
  ],
  ["another position", { head: (h) => (h.to.position = 2) }, "answer_invalid", /asks something/],
  [
    "a holder",
    { head: (h) => (h.to = { holder: "06990014" }) },
    "answer_invalid",
    /asks something/,
  ],
  [
    "another kind",
    { head: (h) => (h.to.kind = "care-insurer") },
    "answer_invalid",
    /asks something/,
  ],
  ["more", { head: (h) => (h.parameters.to = "2026-02") }, "answer_invalid", /asks something/],
  ["less", { head: (h) => (h.parameters = {}) }, "answer_invalid", /asks something/],
  ["other months", { head: (h) => (h.parameters = { from: "2020-01" }) }, "answer_invalid", /asks/],
  [
    "the portal's own key",
    { head: (h) => (h.seal_to = { ...h.seal_to, ...portal_key }) },
    "answer_invalid",
    /another key/,
  ],
  ["another relay", { head: (h) => (h.aud = "relay-2") }, "answer_invalid", /another relay/],
  ["a clinic asks", { head: (h) => (h.iss = "clinic-1") }, "answer_invalid", /another organ/],
  ["a clinic signs", { head_signer: "clinic-1" }, "answer_invalid", /did not sign/],
  ["a payload", { head: (h) => (h.payload_hash = filled(1)) }, "answer_invalid", /payload/],
  ["card-seen", { head: (h) => (h.presence = "card-seen") }, "answer_invalid", /says more/],
  ["sealed", { head: (h) => (h.sealing = "x") }, "answer_invalid", /says more/],
  ["long-lived", { head: (h) => (h.exp = h.iat + 61) }, "answer_invalid", /another time/],
  ["over before it began", { head: (h) => (h.exp = h.iat) }, "answer_invalid", /another time/],
  ["of the future", { head: (h) => ((h.iat += 99), (h.exp += 99)) }, "answer_invalid", /time/],
  ["an old one", { head: old }, "answer_invalid", /another time/],
  ["an unknown member", { head: (h) => (h.more = 1) }, "answer_invalid", "unknown member"],
  // the receipt
  ["none", { reply: (r) => delete r.reply.receipt }, "receipt_invalid", "no receipt"],
  ["no salt", { reply: (r) => delete r.reply.subject_salt }, "receipt_invalid", "no receipt"],
  [
    "another salt",
    { reply: (r) => (r.reply.subject_salt = filled(1)) },
    "receipt_invalid",
    /subject/,
  ],
  ["another subject", { subject: '{"mandate":"x"}' }, "receipt_invalid", /another subject/],
  ["another index", { receipt: (r) => (r.index += 1) }, "receipt_invalid", /not at this index/],
  ["another entry's salt", { receipt: (r) => (r.salt = filled(1)) }, "receipt_invalid", /not at/],
  ["a shorter proof", { receipt: (r) => r.proof.pop() }, "receipt_invalid", /not at this index/],
  ["another proof", { receipt: (r) => (r.proof[0] = filled(1)) }, "receipt_invalid", /not at this/],
  [
    "another log",
    { receipt: (r) => (r.checkpoint = r.checkpoint.replaceAll("log.example", "log.other")) },
    "receipt_invalid",
    /does not name/,
  ],
  [
    "a larger tree",
    { receipt: (r) => (r.checkpoint = r.checkpoint.replace(/\n(\d+)\n/, "\n9$1\n")) },
    "receipt_invalid",
    /signature is wrong/,
  ],
  ["another relay's order", { order: (o) => (o.relay = "relay-2") }, "receipt_invalid", /head/],
  ["by number", { order: (o) => (o.presence = "number") }, "receipt_invalid", /presence or time/],
  ["of yesterday", { order: (o) => (o.time -= 86_400) }, "receipt_invalid", /presence or time/],
  ["of tomorrow", { order: (o) => (o.time += 86_400) }, "receipt_invalid", /presence or time/],
  ["another kind of holder", { order: (o) => (o.holder = "992016") }, "receipt_invalid", /holder/],
  ["nobody", { order: (o) => (o.holder = "00000000") }, "receipt_invalid", /another holder/],
  [
    "another head in the order",
    { order: (o) => (o.head = flip(o.head)) },
    "receipt_invalid",
    /head/,
  ],
  // the answer
  ["another holder's", { answer: (a) => (a.iss = "992016") }, "answer_invalid", /another holder/],
  ["another holder's key", { answer_signer: "992016" }, "answer_invalid", /not in the directory/],
  ["the relay's key", { answer_signer: "relay" }, "answer_invalid", /not in the directory/],
  ["for another key", { answer: (a) => (a.aud = filled(1)) }, "answer_invalid", /another key/],
  ["to another order", { answer: (a) => (a.order = filled(1)) }, "answer_invalid", /another order/],
  ["of another service", { answer: (a) => (a.service = "evidence") }, "answer_invalid", /service/],
  ["of the future", { answer: (a) => (a.iat += 100) }, "answer_invalid", /future/],
  ["an unknown member", { answer: (a) => (a.more = 1) }, "answer_invalid", "unknown member"],
  ["half a yen", { answer: (a) => (a.data = { yen: 0.5 }) }, "answer_invalid", /integer/],
  ["another type", { answer_type: "mado-head+jws" }, "answer_invalid", /not of the type/],
  ["altered", { reply: (r) => (r.reply.answer = flip(r.reply.answer)) }, "answer_invalid", /open/],
  ["no JWE", { reply: (r) => (r.reply.answer = "x.y") }, "answer_invalid", /5 parts/],
  ["another outcome", { reply: (r) => (r.reply.outcome = "refused") }, "answer_invalid", /words/],
  ["a member of the reply", { reply: (r) => (r.reply.x = 1) }, "answer_invalid", "unknown member"],
  ["a member beside it", { reply: (r) => (r.x = 1) }, "answer_invalid", "unknown member"],
  ["no reply", { reply: (r) => delete r.reply }, "answer_invalid", /missing/],
];

let portal_key: Mutable = {};
beforeAll(async () => {
  portal_key = (await make_key("agree")).jwk as Mutable;
});

test.each(lies)("refused: %s", async (_, lie, code, detail) => {
  world.lie = lie;
  const result = await ask(country, session, claims);
  expect(result).toMatchObject({
    ok: false,
    problem: { code, detail: expect.stringMatching(detail), found_here: true },
  });
});

test.each<[string, Lie]>([
  ["to another head", { answer: (a) => (a.order = filled(1)) }],
  ["by a holder", { answer_signer: "06990014" }],
  ["in the name of a holder", { answer: (a) => (a.iss = "06990014") }],
])("the relay's own answer, refused: %s", async (_, lie) => {
  world.lie = lie;
  const result = await ask_relay(country, session, { service: "bells" });
  expect(result).toMatchObject({ ok: false, problem: { code: "answer_invalid" } });
});

// JOSE headers that would choose their own key or algorithm.
test.each<[string, Mutable, string]>([
  ["crit", { crit: ["b64"], b64: true }, "unknown member"],
  ["jku", { jku: "https://evil.example/keys" }, "unknown member"],
  ["jwk", { jwk: { kty: "EC" } }, "unknown member"],
  ["x5u", { x5u: "https://evil.example/cert" }, "unknown member"],
  ["x5c", { x5c: [] }, "unknown member"],
  ["two keys", { "x5t#S256": filled(1) }, "a JWS header names two keys"],
  ["none", { alg: "none" }, "a member is none of the known words"],
  ["a MAC", { alg: "HS256" }, "a member is none of the known words"],
  ["another curve", { alg: "ES384" }, "a request that its organisation did not sign"],
])("a head with %s in its header is refused", async (_, header, detail) => {
  world.lie.reply = (reply) => {
    const [first, ...rest] = reply.head.split(".");
    const object = { ...JSON.parse(atob(first)), ...header };
    reply.head = [base64url(utf8(JSON.stringify(object))), ...rest].join(".");
  };
  const result = await ask(country, session, claims);
  expect(result).toMatchObject({ ok: false, problem: { code: "answer_invalid", detail } });
});

test.each<[string, Mutable, string]>([
  ["zip", { zip: "DEF" }, "unknown member"],
  ["crit", { crit: ["exp"] }, "unknown member"],
  ["another agreement", { alg: "ECDH-ES+A256KW" }, "a member is none of the known words"],
  ["another cipher", { enc: "A128GCM" }, "a member is none of the known words"],
  ["another key", { epk: { kty: "oct", k: "AA" } }, '"kty" is neither EC nor RSA'],
])("an answer with %s in its JWE's header is refused", async (_, header, detail) => {
  world.lie.reply = ({ reply }) => {
    const [first, ...rest] = reply.answer.split(".");
    const object = { ...JSON.parse(atob(first)), ...header };
    reply.answer = [base64url(utf8(JSON.stringify(object))), ...rest].join(".");
  };
  const result = await ask(country, session, claims);
  expect(result).toMatchObject({ ok: false, problem: { code: "answer_invalid", detail } });
});

test("problems keep their code; what is none is not believed", async () => {
  const problem = async (body: Mutable) => {
    world.lie.problem = () => body as never;
    const result = await ask(country, session, claims);
    return result.ok ? undefined : result.problem;
  };
  expect(await problem({ code: "holder_refused", reason: "log_unwitnessed" })).toEqual({
    code: "holder_refused",
    detail: "log_unwitnessed",
  });
  expect(await problem({ code: "mandate_ended", request_id: "r" })).toEqual({
    code: "mandate_ended",
    request_id: "r",
  });
  const moving = { code: "internal", detail: "\u001b[2J", request_id: "\u001b[2J" };
  expect(await problem(moving)).toEqual({ code: "internal" });
  const unknown = { code: "answer_invalid", detail: "no problem document" };
  for (const body of [{ code: "x" }, { code: "<b>" }, { title: "Bad gateway" }]) {
    expect(await problem(body)).toEqual(unknown);
  }
  const answering = (body: unknown, status: number) =>
    Object.assign(Object.create(country), {
      fetcher: async () => new Response(JSON.stringify(body), { status }),
    });
  // What the portal itself refuses is a problem document of its own.
  const refused = await ask(answering({ code: "overloaded" }, 503), session, claims);
  expect(refused).toEqual({ ok: false, problem: { code: "overloaded" } });
  const page = Object.assign(Object.create(country), {
    fetcher: async () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
  });
  expect(await ask(page, session, claims)).toEqual({
    ok: false,
    problem: { code: "unavailable", detail: "no problem document" },
  });
  const both = await ask(
    answering({ problem: { code: "no_link" }, reply: {} }, 200),
    session,
    claims,
  );
  expect(both).toMatchObject({ ok: false, problem: { code: "answer_invalid" } });
});

// Every code of the page of errors is known here, and no other.
test("the codes of docs/protocols/errors.md", () => {
  const page = readFileSync(new URL("../../docs/protocols/errors.md", import.meta.url), "utf8");
  const codes = [...page.matchAll(/^\| `(\w+)` \| \d{3} \|/gm)].map((one) => one[1]!);
  expect(codes.length).toBeGreaterThan(40);
  for (const code of codes) expect(read_problem({ code })).toEqual({ code });
  expect(read_problem({ code: "header_too_large" }).code).toBe("header_too_large");
  expect(read_problem({ code: "code" }).code).toBe("answer_invalid");
});

test("what others say of an answer is no finding of this page", async () => {
  const said = async (lie: Lie) => {
    world.lie = lie;
    const result = await ask(country, session, claims);
    return result.ok ? undefined : result.problem;
  };
  const invalid = (code: string) => ({ problem: () => ({ code, reason: "forged" }) });
  expect(is_lie((await said(invalid("receipt_invalid")))!)).toBe(false);
  expect(is_lie((await said(invalid("answer_invalid")))!)).toBe(false);
  expect(is_lie((await said(invalid("nothing_known")))!)).toBe(false);
  expect(is_lie((await said({ answer: (a) => (a.order = filled(1)) }))!)).toBe(true);
});

test("what is refused is kept with what was signed", async () => {
  const kept = async (lie: Lie) => {
    world.lie = lie;
    const result = await ask(country, session, claims);
    return result.ok ? undefined : result.problem.signed;
  };
  const jws = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  const forged = await kept({ receipt: (r) => (r.salt = filled(1)) });
  expect(forged).toEqual({ head: jws, answer: jws, receipt: expect.anything() });
  expect(forged!.receipt!.salt).toBe(filled(1));
  expect(parse_head(forged!.head).service).toBe("claims");
  const all = { head: jws, answer: jws, receipt: expect.anything() };
  expect(await kept({ answer_signer: "992016" })).toEqual(all);
  expect(await kept({ head: (h) => (h.service = "evidence") })).toEqual(all);
  // Nobody can open it: then as much as there is.
  const altered = await kept({ reply: (r) => (r.reply.answer = "x.y") });
  expect(altered).toEqual({ head: jws, receipt: expect.anything() });
  expect(await kept({ head_signer: "clinic-1" })).toBeUndefined();
});

test("no connection, and an endless body", async () => {
  const broken = (fetcher: Country["fetcher"]) =>
    Object.assign(Object.create(country), { fetcher });
  const down = broken(() => Promise.reject(new TypeError("fetch failed")));
  expect(await ask(down, session, claims)).toEqual({
    ok: false,
    problem: { code: "unavailable", detail: "no connection" },
  });
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
  });
  const result = await ask(
    broken(async () => new Response(endless)),
    session,
    claims,
  );
  expect(result.ok).toBe(false);
});

test("kinds side by side, position after position, as they come", async () => {
  world.links = { "medical-insurer": ["06990014", "06990014"], "care-insurer": ["992016"] };
  const seen: OwnRecord[] = [];
  const question = { service: "claims", kinds: ["medical-insurer", "care-insurer", "pension"] };
  const records = await fetch_own(country, session, question, (one) => seen.push(one));
  const places = records.map((one) => `${one.kind} ${one.position} ${one.holder?.id}`);
  expect(places).toEqual([
    "medical-insurer 1 06990014",
    "medical-insurer 2 06990014",
    "care-insurer 1 992016",
  ]);
  expect(seen).toHaveLength(3);
});

test("a silent holder does not hide the next one; a silent relay ends the asking", async () => {
  world.links = { "medical-insurer": ["06990014", "06990014"] };
  const ask_with = async (problem: Mutable) => {
    world.lie.problem = (body) => (body.to.position === 1 ? (problem as never) : undefined);
    const question = { service: "claims", kinds: ["medical-insurer"] };
    return (await fetch_own(country, session, question)).map((one) => one.result.ok);
  };
  expect(await ask_with({ code: "unavailable", reason: "slow" })).toEqual([false, true]);
  expect(await ask_with({ code: "holder_failed" })).toEqual([false, true]);
  expect(await ask_with({ code: "unavailable", request_id: "r" })).toEqual([false]);
  expect(await ask_with({ code: "unavailable", reason: "timed_out" })).toEqual([false]);
  expect(await ask_with({ code: "mandate_ended", request_id: "r" })).toEqual([false]);
});

test("at most five at once", async () => {
  let now = 0;
  let most = 0;
  const counting = Object.assign(Object.create(country), {
    fetcher: async (path: string, init?: RequestInit) => {
      most = Math.max(most, ++now);
      await new Promise((resume) => setTimeout(resume, 1));
      const out = await world.fetcher(path, init);
      --now;
      return out;
    },
  });
  const results = await Promise.all(
    Array.from({ length: 20 }, () => ask(counting, session, claims)),
  );
  expect(results.every((one) => one.ok)).toBe(true);
  expect(most).toBe(5);
});

// ---- the session ----

const session_of = async (change: (session: Mutable) => unknown) => {
  const made = await world.session();
  await change(made);
  const other = Object.assign(Object.create(country), {
    fetcher: async () => new Response(JSON.stringify(made)),
  });
  return load_session(other);
};
const mandate_of = async (over: Mutable, key = world.card, header?: Mutable) => {
  const payload = {
    ...{ aud: "relay", for: "portal", kind: "login", scope: ["entries"], nonce: "n" },
    ...{ iat: 1, exp: 4_000_000_000, ...over },
  };
  const certificate = base64url(
    new Uint8Array(await crypto.subtle.digest("SHA-256", world.certificate)),
  );
  return sign("mado-mandate+jws", payload, key, header ?? { "x5t#S256": certificate });
};

test("a session without the certificate says less", async () => {
  const opened = await session_of((one) => delete one.certificate);
  expect(opened.ok && opened.value.certificate).toBe(undefined);
});

test.each<[string, (session: Mutable) => unknown]>([
  ["for another organisation", async (s) => (s.mandate = await mandate_of({ for: "clinic-1" }))],
  ["for another relay", async (s) => (s.mandate = await mandate_of({ aud: "relay-2" }))],
  ["no log-in", async (s) => (s.mandate = await mandate_of({ kind: "check" }))],
  ["over earlier", async (s) => (s.mandate = await mandate_of({ exp: 1000 }))],
  ["by another key", async (s) => (s.mandate = await mandate_of({}, await make_key()))],
  ["of another card", async (s) => (s.mandate = await mandate_of({}, world.card, { kid: "x" }))],
  [
    "another certificate",
    async (s) => (s.certificate = base64url(await make_certificate(await make_key()))),
  ],
  ["an unknown member", (s) => (s.more = 1)],
])("a session that is refused: %s", async (_, change) => {
  const opened = await session_of(change);
  expect(opened).toMatchObject({ ok: false, problem: { code: "answer_invalid" } });
});
