// What the tests share: a country with its keys, a log in memory, one person with a card, and a
// portal and relay that answer as ours do. Everything is made as the protocol pages say, not with
// the code under test; `lie` changes one thing of what is made.
import {
  CompactEncrypt,
  CompactSign,
  calculateJwkThumbprint,
  exportJWK,
  importJWK,
  type JWK,
} from "jose";
import { base64, base64url, concat, hash_of, parse_base64url, sha256, u64 } from "./bytes";
import { utf8, type Bytes } from "./bytes";
import type { Fetcher } from "./country";
import type { Json, JsonObject } from "./json";

export type Mutable = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

export const test_now = () => Math.floor(Date.now() / 1000);
export const random = (bytes = 32): Bytes => crypto.getRandomValues(new Uint8Array(bytes));
export const filled = (byte: number) => base64url(new Uint8Array(32).fill(byte));

// ---- a naive tree: RFC 9162 section 2.1, straight from its definitions ----

const leaf = (entry: Uint8Array) => sha256(Uint8Array.of(0), entry);
const node = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right);

function split_of(count: number): number {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
}

export class Tree {
  readonly leaves: Bytes[] = [];
  private readonly known = new Map<string, Promise<Bytes>>();

  async append(entry: Uint8Array): Promise<number> {
    return this.leaves.push(await leaf(entry)) - 1;
  }
  range(begin: number, end: number): Promise<Bytes> {
    const key = `${begin} ${end}`;
    const made = this.known.get(key) ?? this.make(begin, end);
    this.known.set(key, made);
    return made;
  }
  private async make(begin: number, end: number): Promise<Bytes> {
    if (begin === end) return sha256(new Uint8Array());
    if (end - begin === 1) return this.leaves[begin]!;
    const middle = begin + split_of(end - begin);
    return node(await this.range(begin, middle), await this.range(middle, end));
  }
  root(size = this.leaves.length): Promise<Bytes> {
    return this.range(0, size);
  }
  // PATH(m, D[n]).
  async inclusion(index: number, size: number, begin = 0, end = size): Promise<Bytes[]> {
    if (end - begin === 1) return [];
    const middle = begin + split_of(end - begin);
    if (index < middle) {
      return [...(await this.inclusion(index, size, begin, middle)), await this.range(middle, end)];
    }
    return [...(await this.inclusion(index, size, middle, end)), await this.range(begin, middle)];
  }
  // PROOF(m, D[n]) = SUBPROOF(m, D[n], true).
  async consistency(older: number, size: number): Promise<Bytes[]> {
    return older === size ? [] : this.subproof(older, 0, size, true);
  }
  private async subproof(
    older: number,
    begin: number,
    end: number,
    whole: boolean,
  ): Promise<Bytes[]> {
    if (older === end) return whole ? [] : [await this.range(begin, end)];
    const middle = begin + split_of(end - begin);
    if (older <= middle) {
      return [...(await this.subproof(older, begin, middle, whole)), await this.range(middle, end)];
    }
    return [...(await this.subproof(older, middle, end, false)), await this.range(begin, middle)];
  }
}

// ---- keys ----

export interface SigningKey {
  kid: string;
  jwk: JWK;
  private_key: CryptoKey;
}

export async function make_key(usage: "sign" | "agree" = "sign"): Promise<SigningKey> {
  const name = usage === "sign" ? "ECDSA" : "ECDH";
  const uses: KeyUsage[] = usage === "sign" ? ["sign", "verify"] : ["deriveBits"];
  const pair = (await crypto.subtle.generateKey(
    { name, namedCurve: "P-256" },
    true,
    uses,
  )) as CryptoKeyPair;
  const { crv, kty, x, y } = await exportJWK(pair.publicKey);
  const jwk = { crv: crv!, kty: kty!, x: x!, y: y! };
  return { kid: await calculateJwkThumbprint(jwk), jwk, private_key: pair.privateKey };
}

export async function sign(
  type: string,
  payload: unknown,
  key: SigningKey,
  header: JsonObject = { kid: key.kid },
): Promise<string> {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return new CompactSign(utf8(text))
    .setProtectedHeader({ alg: "ES256", typ: type, ...header } as { alg: string })
    .sign(key.private_key);
}

export interface NoteKey {
  name: string;
  id: Bytes;
  vkey: string;
  private_key: CryptoKey;
}

export async function make_note_key(name: string, type: 1 | 4): Promise<NoteKey> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const id = (await sha256(utf8(`${name}\n`), Uint8Array.of(type), raw)).slice(0, 4);
  const id_text = Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const vkey = `${name}+${id_text}+${base64(concat(Uint8Array.of(type), raw))}`;
  return { name, id, vkey, private_key: pair.privateKey };
}

async function ed25519(key: NoteKey, text: string): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key.private_key, utf8(text)));
}

export async function sign_note(text: string, key: NoteKey): Promise<string> {
  const line = base64(concat(key.id, await ed25519(key, text)));
  return `${text}\n— ${key.name} ${line}\n`;
}

export async function cosign(note: string, key: NoteKey, time: number): Promise<string> {
  const text = note.slice(0, note.lastIndexOf("\n\n") + 1);
  const signature = await ed25519(key, `cosignature/v1\ntime ${time}\n${text}`);
  return `${note}— ${key.name} ${base64(concat(key.id, u64(time), signature))}\n`;
}

// ---- a card's certificate ----

function der(tag: number, ...inside: Uint8Array[]): Bytes {
  const content = concat(...inside);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return concat(Uint8Array.of(tag, ...length), content);
}

// The form of one; its signature is not looked at by anybody here.
export async function make_certificate(key: SigningKey): Promise<Bytes> {
  const public_key = (await importJWK(key.jwk, "ES256", { extractable: true })) as CryptoKey;
  const info = new Uint8Array(await crypto.subtle.exportKey("spki", public_key));
  const nothing = der(0x30);
  const serial = der(0x02, Uint8Array.of(1));
  const fields = [
    der(0xa0, der(0x02, Uint8Array.of(2))),
    serial,
    nothing,
    nothing,
    nothing,
    nothing,
  ];
  return der(0x30, der(0x30, ...fields, info), nothing, der(0x03, Uint8Array.of(0, 1)));
}

// ---- the country ----

export const policy_row = (over: JsonObject): JsonObject => ({
  id: "evidence.portal.own-view.card-pin",
  service: "evidence",
  requester_kind: "portal",
  purpose: "own-view",
  presence: "card-pin",
  mandate: "login",
  holder_kinds: ["medical-insurer", "care-insurer"],
  legal_basis: "個人情報の保護に関する法律第33条第5項（第三者提供記録の開示請求）",
  keep_days: 1826,
  tell_at_once: false,
  from: "2024-12-02",
  ...over,
});

const by_number = (over: JsonObject): JsonObject => {
  const { mandate: _, ...row } = policy_row({ presence: "number", tell_at_once: true, ...over });
  return row as JsonObject;
};

const policies = [
  policy_row({}),
  ...["entries", "bells", "question", "questions", "numbers", "cards"].map((service) =>
    policy_row({ id: `${service}.portal.own-view.card-pin`, service, holder_kinds: ["relay"] }),
  ),
  policy_row({
    id: "claims.portal.own-view.card-pin",
    service: "claims",
    holder_kinds: ["medical-insurer"],
    legal_basis: "個人情報の保護に関する法律第33条・第76条（本人の開示請求。診療報酬明細書等）",
  }),
  policy_row({ id: "notices.portal.own-view.card-pin", service: "notices" }),
  policy_row({
    id: "staff-looks.portal.own-view.card-pin",
    service: "staff-looks",
    holder_kinds: ["issuer"],
  }),
  policy_row({
    id: "eligibility.portal.own-view.card-pin",
    service: "eligibility",
    legal_basis: "個人情報の保護に関する法律第33条・第76条（本人の開示請求。被保険者の資格）",
  }),
  policy_row({
    id: "claims.portal.acting-for.card-pin",
    service: "claims",
    purpose: "acting-for",
    mandate: "delegate",
    holder_kinds: ["medical-insurer"],
  }),
  ...["check", "consent", "application"].map((mandate) =>
    policy_row({
      id: `eligibility.clinic.treatment.${mandate}`,
      service: "eligibility",
      requester_kind: "clinic",
      purpose: "treatment",
      mandate,
      holder_kinds: ["medical-insurer"],
    }),
  ),
  by_number({
    id: "eligibility.clinic.treatment.number",
    service: "eligibility",
    requester_kind: "clinic",
    purpose: "treatment",
    holder_kinds: ["medical-insurer"],
    legal_basis: "健康保険法第63条第3項（資格の確認。番号と生年月日による場合）",
  }),
  by_number({
    id: "eligibility.care-provider.care.number",
    service: "eligibility",
    requester_kind: "care-provider",
    purpose: "care",
    legal_basis: "介護保険法第41条（被保険者証の確認。番号と生年月日による場合）",
  }),
  by_number({
    id: "eligibility.investigator.investigation.number",
    service: "eligibility",
    requester_kind: "investigator",
    purpose: "investigation",
    holder_kinds: ["medical-insurer"],
    sealable: true,
    legal_basis: "刑事訴訟法第197条第2項（捜査関係事項照会）",
  }),
];

const participants: [id: string, name: string, kind: string][] = [
  ["06990014", "まどか電機健康保険組合", "medical-insurer"],
  ["990010", "A市国民健康保険", "medical-insurer"],
  ["992016", "A市介護保険", "care-insurer"],
  ["care-provider-1", "ひだまり訪問介護ステーション", "care-provider"],
  ["clinic-1", "花みずき内科クリニック", "clinic"],
  ["court-1", "九十九地方裁判所", "sealing-authority"],
  ["issuer", "発行センター", "issuer"],
  ["police-1", "九十九県警察本部", "investigator"],
  ["portal", "マイページ", "portal"],
  ["relay", "中継センター", "relay"],
];

interface Row extends JsonObject {
  entry: string;
  index: number;
  time: number;
  requester: string;
  service: string;
  outcome: string;
}

export interface OrderOver {
  requester?: string;
  holder?: string;
  service?: string;
  purpose?: string;
  policy?: string;
  presence?: string;
  time?: number;
  outcome?: string | null;
  head?: Mutable;
  subject?: string;
  hidden_from?: "list" | "holder"; // the lie that a comparison finds
}

// One thing that is not as it should be.
export interface Lie {
  head?: (head: Mutable) => unknown;
  head_signer?: string;
  order?: (order: Mutable) => unknown;
  reply?: (reply: Mutable) => unknown;
  receipt?: (receipt: Mutable) => unknown;
  answer?: (answer: Mutable) => unknown;
  answer_signer?: string;
  answer_type?: string;
  subject?: string;
  page?: (page: Mutable) => unknown;
  problem?: (body: Mutable) => JsonObject | undefined; // of a request
}

// Entries about a number that nobody had linked.
export interface Series {
  link_number: Bytes;
  list: Mutable[];
}

export class TestCountry {
  readonly keys = new Map<string, SigningKey>();
  readonly tree = new Tree();
  readonly list: Mutable[] = []; // the person's entries
  readonly series = new Map<string, Series>(); // by the index of the entry that joined them
  readonly evidence = new Map<string, Row[]>();
  readonly questions: Mutable[] = [];
  readonly asked: Mutable[] = []; // bodies of POST /ask
  readonly numbers: JsonObject[] = []; // that the relay says it holds, and more cards than the one
  readonly more_cards: JsonObject[] = [];
  link_number = random(16);
  cosigned_size = 0;
  lie: Lie = {};
  // Which holders the person has, by kind, newest first.
  links: Record<string, string[]> = {
    "medical-insurer": ["06990014"],
    "care-insurer": ["992016"],
  };
  data: Record<string, Json> = {};
  // What a holder answers, where that depends on the holder or on what was asked.
  answers: (holder: string, body: Mutable) => Json | undefined = () => undefined;

  private constructor(
    readonly authority: SigningKey,
    readonly card: SigningKey,
    readonly certificate: Bytes,
    readonly sealing: SigningKey,
    readonly log: NoteKey,
    readonly witnesses: NoteKey[],
  ) {}

  static async make(): Promise<TestCountry> {
    const card = await make_key();
    const out = new TestCountry(
      await make_key(),
      card,
      await make_certificate(card),
      await make_key("agree"),
      await make_note_key("log.example/2026", 1),
      await Promise.all([1, 2].map((i) => make_note_key(`witness.example/${i}`, 4))),
    );
    for (const [id] of participants) out.keys.set(id, await make_key());
    await out.grow(2);
    return out;
  }

  directory(): Mutable {
    const listed = participants.map(([id, name, kind], i) => {
      const { kid, jwk } = this.keys.get(id)!;
      const sealing = { sealing_keys: [{ kid: this.sealing.kid, jwk: this.sealing.jwk }] };
      return {
        ...{ id, name, kind, certificates: [filled(i)], signing_keys: [{ kid, jwk }] },
        services: kind.endsWith("insurer") ? ["eligibility", "claims", "evidence"] : [],
        addresses: kind === "relay" ? ["relay.example:8443"] : [],
        ...(kind === "relay" ? sealing : {}),
      };
    });
    const service = (key: NoteKey, i: number) => ({
      ...{ key: key.vkey, url: `https://log${i}.example:8444/` },
      certificate: filled(100 + i),
    });
    return {
      ...{ version: 7, issued_at: 1_795_312_800, policy: "", schemes: filled(9) },
      ...{ participants: listed, logs: [service(this.log, 0)] },
      witnesses: this.witnesses.map((key, i) => service(key, i + 1)),
      ...{ quorum: 2, card_authorities: [] },
    };
  }
  policy_text(): string {
    return JSON.stringify({ utc_offset_s: 32_400, policies });
  }
  async signed_directory(change: (directory: Mutable) => void = () => undefined): Promise<string> {
    const directory = structuredClone(this.directory());
    directory.policy = await hash_of(utf8(this.policy_text()));
    change(directory);
    return sign("mado-directory+jws", directory, this.authority);
  }

  // ---- the log ----

  async grow(entries: number): Promise<void> {
    for (let i = 0; i < entries; ++i) await this.tree.append(random());
  }
  async note(size = this.tree.leaves.length, tree = this.tree): Promise<string> {
    const text = `${this.log.name}\n${size}\n${base64(await tree.root(size))}\n`;
    return sign_note(text, this.log);
  }
  async cosigned(size = this.cosigned_size, count = 2): Promise<string> {
    let note = await this.note(size);
    for (const key of this.witnesses.slice(0, count)) note = await cosign(note, key, test_now());
    return note;
  }
  private async append(kind: string, salt: Bytes, content: string) {
    const entry = await sha256(utf8(`mado/${kind}/1\n`), salt, utf8(content));
    return { entry: base64url(entry), index: await this.tree.append(entry) };
  }
  private commit(what: string, salt: Bytes, bytes: Uint8Array): Promise<string> {
    return hash_of(utf8(`mado/${what}/1\n`), salt, bytes);
  }

  // ---- orders ----

  async head(over: Mutable = {}): Promise<Mutable> {
    const time = test_now();
    return {
      ...{ iss: "clinic-1", aud: "relay", jti: base64url(random(16)), iat: time, exp: time + 60 },
      ...{ to: { kind: "medical-insurer", position: 1 }, service: "eligibility" },
      ...{ purpose: "treatment", seal_to: (await make_key("agree")).jwk, parameters: {} },
      ...over,
    };
  }
  async sign_head(head: Mutable, signer = head.iss as string): Promise<string> {
    return sign("mado-head+jws", head, this.keys.get(signer)!);
  }

  // An order about this person: in the log, in the person's list, in the holder's evidence.
  async order(over: OrderOver = {}) {
    const time = over.time ?? test_now();
    const { holder = "06990014", outcome = "answered", requester = "clinic-1" } = over;
    const head = await this.head({
      ...{ iss: requester, iat: time, exp: time + 60, service: over.service ?? "eligibility" },
      ...{ purpose: over.purpose ?? "treatment", ...over.head },
    });
    return this.record({
      head: await this.sign_head(head),
      ...{ time, holder, outcome, requester, service: head.service },
      policy: over.policy ?? "eligibility.clinic.treatment.number",
      presence: over.presence ?? "number",
      subject: over.subject ?? '{"number":{"number":"1"}}',
      ...(over.hidden_from === undefined ? {} : { hidden_from: over.hidden_from }),
    });
  }

  // `until`: sealed until then, without a running number.
  async record(from: Mutable, until?: number) {
    const salts = [random(), random(), random(), random()] as const;
    const [salt, subject_salt, number_salt, person_salt] = salts;
    const seq = until === undefined ? this.list.length + 1 : 0;
    const number = JSON.stringify({ holder: from.holder });
    const who = concat(this.link_number, u64(seq), ...(until === undefined ? [] : [u64(until)]));
    const order: Mutable = {
      ...{ id: base64url(random(16)), time: from.time, relay: "relay", holder: from.holder },
      ...{ policy: from.policy, presence: from.presence },
      ...{ keep_until: from.time + 1826 * 86_400, head: from.head },
      subject: await this.commit("subject", subject_salt, utf8(from.subject)),
      number: await this.commit("number", number_salt, utf8(number)),
      person: await this.commit("person", person_salt, who),
    };
    from.change?.(order);
    const content = JSON.stringify(order);
    const place = await this.append("order", salt, content);
    const entry: Mutable = {
      ...{ seq, index: place.index, kind: "order", content, salt: base64url(salt) },
      ...{ person_salt: base64url(person_salt), subject: base64url(utf8(from.subject)) },
      ...{ subject_salt: base64url(subject_salt), number: base64url(utf8(number)) },
      number_salt: base64url(number_salt),
      ...(from.outcome ? { outcome: from.outcome } : {}),
    };
    if (from.hidden_from !== "list" && until === undefined) this.list.push(entry);
    const row = { ...place, time: from.time, requester: from.requester, service: from.service };
    if (from.hidden_from !== "holder") this.add_evidence(from.holder, row, from.outcome);
    return {
      ...place,
      content,
      salt,
      subject_salt,
      entry_of_person: entry,
      entry_hash: place.entry,
    };
  }
  private add_evidence(holder: string, row: Omit<Row, "outcome">, outcome: string | null) {
    const rows = this.evidence.get(holder) ?? [];
    rows.push({ ...row, outcome: outcome ?? "answered" } as Row);
    this.evidence.set(holder, rows);
  }

  // What the relay was told, sealed as to it: the JWE, and the key of its content.
  async sealed_tell(payload: Json) {
    const header = { alg: "ECDH-ES", enc: "A256GCM", epk: (await make_key("agree")).jwk };
    const protected_text = base64url(utf8(JSON.stringify(header)));
    const [iv, key] = [random(12), random()];
    const own = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
    const algorithm = { name: "AES-GCM", iv, additionalData: utf8(protected_text) };
    const text = utf8(JSON.stringify(payload));
    const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, own, text));
    const parts = [iv, sealed.slice(0, -16), sealed.slice(-16)].map(base64url);
    return { payload: `${protected_text}..${parts.join(".")}`, payload_key: base64url(key) };
  }
  // A tell to the relay about this person, by the insurer.
  async tell(service: string, act: string, payload: Json): Promise<Mutable> {
    const shown = await this.sealed_tell(payload);
    const time = test_now() - 1000;
    const head = await this.head({
      ...{ iss: "06990014", iat: time, exp: time + 3600, to: { holder: "relay" }, service },
      ...{ purpose: "membership", parameters: { act } },
      payload_hash: await hash_of(utf8(shown.payload)),
    });
    const subject = '{"own":{"scheme":"file-number","number":"１"}}';
    const policy = `${service}.medical-insurer.membership.none`;
    const { entry_of_person } = await this.record({
      ...{ head: await this.sign_head(head), time, holder: "relay", outcome: "answered" },
      ...{ requester: "06990014", service, policy, presence: "none", subject },
      hidden_from: "holder",
    });
    this.list.push(...(this.list.includes(entry_of_person) ? [] : [entry_of_person]));
    return Object.assign(entry_of_person, shown);
  }

  // An entry that the log itself makes about the person.
  async add_refused(requester = "clinic-1", time = test_now()): Promise<Mutable> {
    const salt = random();
    const person_salt = random();
    const seq = this.list.length + 1;
    const person = await this.commit("person", person_salt, concat(this.link_number, u64(seq)));
    const content = JSON.stringify({ time, requester, person });
    const { index } = await this.append("refused", salt, content);
    const entry = {
      ...{ seq, index, kind: "refused", content, salt: base64url(salt) },
      person_salt: base64url(person_salt),
    };
    this.list.push(entry);
    return entry;
  }

  // An order that was sealed, and the entry that opens it today.
  async add_opened(over: { sealing?: Mutable; signer?: string; time?: number } = {}) {
    const time = over.time ?? test_now() - 100_000;
    const until = time + 86_400;
    const sealing = await sign(
      "mado-sealing+jws",
      {
        ...{ iss: "court-1", aud: "relay", for: "police-1", service: "eligibility" },
        ...{ jti: base64url(random(16)), subject: filled(3), until, iat: time, exp: time + 3600 },
        ...over.sealing,
      },
      this.keys.get(over.signer ?? "court-1")!,
    );
    const more = { purpose: "investigation", sealing, iat: time, exp: time + 60 };
    const head = await this.head({ iss: "police-1", ...more });
    const policy = "eligibility.investigator.investigation.number";
    const common = { holder: "06990014", outcome: "answered", requester: "police-1" };
    const sealed = await this.record(
      {
        ...{ ...common, head: await this.sign_head(head), time, service: "eligibility", policy },
        ...{ presence: "number", subject: '{"number":{"number":"1"}}' },
      },
      until,
    );
    const [salt, person_salt] = [random(), random()];
    const seq = this.list.length + 1;
    const person = await this.commit("person", person_salt, concat(this.link_number, u64(seq)));
    const place = { index: sealed.index, entry: sealed.entry };
    const content = JSON.stringify({ time: until, ...place, person });
    const { index } = await this.append("opened", salt, content);
    const entry = {
      ...{ seq, index, kind: "opened", content, salt: base64url(salt) },
      ...{ person_salt: base64url(person_salt), order: sealed.entry_of_person },
    };
    this.list.push(entry);
    return entry;
  }

  // An order by a family's number, and the entry that gives it to the person.
  async add_named(change: (order: Mutable) => unknown = () => undefined) {
    const own: Series = { link_number: this.link_number, list: this.list.splice(0) };
    this.link_number = random(16);
    await this.order();
    const [order] = this.list.splice(0) as [Mutable];
    this.link_number = own.link_number;
    this.list.push(...own.list);
    const [salt, person_salt] = [random(), random()];
    const seq = this.list.length + 1;
    const tag = utf8("mado/order/1\n");
    const salted = concat(tag, parse_base64url(order.salt), utf8(order.content));
    const of = base64url(await sha256(salted));
    const text = JSON.stringify({
      ...{ time: test_now(), index: order.index, entry: of },
      person: await this.commit("person", person_salt, concat(this.link_number, u64(seq))),
    });
    const { index } = await this.append("named", salt, text);
    delete order.person_salt;
    order.seq = 0;
    change(order);
    this.list.push({
      ...{ seq, index, kind: "named", content: text, salt: base64url(salt) },
      ...{ person_salt: base64url(person_salt), order },
    });
  }

  // So many orders about a number that nobody had linked, and the entry that joined them.
  async join(orders: number, change: (content: Mutable) => unknown = () => undefined) {
    const own: Series = { link_number: this.link_number, list: this.list.splice(0) };
    this.link_number = random(16);
    for (let i = 0; i < orders; ++i) await this.order();
    const series: Series = { link_number: this.link_number, list: this.list.splice(0) };
    this.link_number = own.link_number;
    this.list.push(...own.list);
    const [salt, person_salt] = [random(), random()];
    const seq = this.list.length + 1;
    const content: Mutable = {
      ...{ time: test_now(), link_number: base64url(series.link_number), last_seq: orders },
      person: await this.commit("person", person_salt, concat(this.link_number, u64(seq))),
    };
    change(content);
    const text = JSON.stringify(content);
    const { index } = await this.append("joined", salt, text);
    this.list.push({
      ...{ seq, index, kind: "joined", content: text, salt: base64url(salt) },
      person_salt: base64url(person_salt),
    });
    this.series.set(String(index), series);
    return series;
  }

  // ---- the relay's answers about the person ----

  private async proof(index: number): Promise<string[]> {
    const size = index < this.cosigned_size ? this.cosigned_size : this.tree.leaves.length;
    return (await this.tree.inclusion(index, size)).map(base64url);
  }
  async page(after = 0, limit = 200, { link_number, list }: Series = this): Promise<Mutable> {
    const size = this.tree.leaves.length;
    const entries = [];
    for (const one of list.slice(after, after + limit)) {
      const entry: Mutable = { ...one, proof: one.proof ?? (await this.proof(one.index)) };
      if (one.order) entry.order = { ...one.order, proof: await this.proof(one.order.index) };
      entries.push(entry);
    }
    const out: Mutable = {
      link_number: base64url(link_number),
      ...{ last_seq: list.length, checkpoint: await this.note(), entries },
      more: after + limit < list.length,
    };
    if (this.cosigned_size > 0) {
      out.cosigned = await this.cosigned();
      const proof = await this.tree.consistency(this.cosigned_size, size);
      out.consistency = proof.map(base64url);
    }
    await this.lie.page?.(out);
    return out;
  }
  private async relay_data(body: Mutable): Promise<Json> {
    const { service, parameters } = body;
    const after = Number(parameters.after ?? 0);
    const series = this.series.get(parameters.series);
    if (service === "entries") return series ? this.page(after, 200, series) : this.page(after);
    if (service === "bells") return { more: false, bells: [] };
    if (service === "questions") return { more: false, questions: this.questions };
    const size = this.tree.leaves.length;
    if (service === "numbers") return { size, numbers: this.numbers };
    if (service === "cards") {
      const certificate = await hash_of(this.certificate);
      const use = { use: "authentication", state: "active", not_after: test_now() + 1000 };
      return { size, cards: [{ certificate, ...use }, ...this.more_cards] };
    }
    const entry = this.list.find((one) => String(one.index) === parameters.index);
    const id = base64url(random(16));
    const deadline = test_now() + 30 * 86_400;
    this.questions.push({
      ...{ id, index: Number(parameters.index), asked_at: test_now(), deadline, text: "？" },
      entry: await hash_of(utf8("mado/order/1\n"), parse(entry!.salt), utf8(entry!.content)),
    });
    return { id, deadline };
  }
  private holder_data(body: Mutable, holder: string, before: number): Json {
    if (body.service !== "evidence") {
      return this.answers(holder, body) ?? this.data[body.service] ?? {};
    }
    const after = Number(body.parameters.after ?? 0);
    const rows = (this.evidence.get(holder) ?? []).filter(
      (row) => row.index > after && row.index < before,
    );
    return { after, more: rows.length > 5000, rows: rows.slice(0, 5000) };
  }

  // ---- the portal ----

  async session(): Promise<Mutable> {
    const now = test_now();
    const certificate = await hash_of(this.certificate);
    const own = ["entries", "bells", "question", "questions", "numbers", "cards"];
    const scope = [...own, "evidence", "claims", "eligibility", "notices"];
    const mandate = await sign(
      "mado-mandate+jws",
      {
        ...{ aud: "relay", for: "portal", kind: "login", scope, nonce: base64url(random()) },
        ...{ iat: now, exp: now + 1800 },
      },
      this.card,
      { "x5t#S256": certificate },
    );
    return {
      ...{ mandate, certificate: base64url(this.certificate), expires: now + 1800 },
      ...{ organisation: "portal", now },
    };
  }
  private async seal(answer: Mutable, seal_to: JWK, signer: string): Promise<string> {
    const type = this.lie.answer_type ?? "mado-answer+jws";
    const jws = await sign(type, answer, this.keys.get(signer)!);
    return new CompactEncrypt(utf8(jws))
      .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM", cty: "mado-answer+jws" })
      .encrypt(await importJWK(seal_to, "ECDH-ES"));
  }
  private async answer(body: Mutable, from: string, order: string, data: Json): Promise<string> {
    const answer = {
      ...{ iss: from, aud: await calculateJwkThumbprint(body.seal_to), order },
      ...{ iat: test_now(), service: body.service, as_of: test_now() - 3600, data },
    };
    this.lie.answer?.(answer);
    return this.seal(answer, body.seal_to, this.lie.answer_signer ?? from);
  }
  private async ask(body: Mutable, mandate: string): Promise<Mutable> {
    const head = await this.head({
      ...{ iss: "portal", to: { ...body.to }, service: body.service, purpose: "own-view" },
      ...{ seal_to: body.seal_to, parameters: { ...body.parameters } },
      ...(body.payload ? { payload_hash: await hash_of(utf8(body.payload)) } : {}),
    });
    this.lie.head?.(head);
    const signed = await this.sign_head(head, this.lie.head_signer ?? head.iss);
    if (body.to.holder === "relay") {
      const order = await hash_of(utf8(signed));
      const answer = await this.answer(body, "relay", order, await this.relay_data(body));
      return { head: signed, reply: { outcome: "answered", answer } };
    }
    const holder = body.to.holder ?? this.links[body.to.kind]?.[body.to.position - 1];
    const logged = await this.record({
      ...{ head: signed, time: test_now(), holder, outcome: "answered", requester: "portal" },
      ...{ service: body.service, policy: `${body.service}.portal.own-view.card-pin` },
      presence: "card-pin",
      subject: this.lie.subject ?? `{"mandate":"${mandate}"}`,
      change: this.lie.order,
    });
    const size = this.tree.leaves.length;
    const receipt = {
      ...{ order: base64url(utf8(logged.content)), salt: base64url(logged.salt) },
      index: logged.index,
      proof: (await this.tree.inclusion(logged.index, size)).map(base64url),
      checkpoint: await this.note(size),
    };
    this.lie.receipt?.(receipt);
    const data = this.holder_data(body, holder, logged.index);
    const answer = await this.answer(body, holder, logged.entry_hash, data);
    const reply = { outcome: "answered", answer, receipt };
    return {
      head: signed,
      reply: { ...reply, subject_salt: base64url(logged.subject_salt) },
    };
  }
  private find_problem(body: Mutable): JsonObject | undefined {
    const links = this.links[body.to.kind];
    const at_end = body.to.kind && !links?.[body.to.position - 1];
    const request_id = "8p4o3vXGpqEu4wqy";
    return this.lie.problem?.(body) ?? (at_end ? { code: "no_link", request_id } : undefined);
  }

  // One request after the other: a log has one writer.
  private writing: Promise<unknown> = Promise.resolve();
  private mandate = "";

  readonly fetcher: Fetcher = async (path, init) => {
    const json = (body: unknown, status = 200) =>
      new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
    if (path === "/authority") return json(this.authority.jwk);
    if (path === "/directory") return json(await this.signed_directory());
    if (path === "/policy") return json(this.policy_text());
    if (path === "/session") {
      const session = await this.session();
      this.mandate = session.mandate;
      return json(session);
    }
    if (path !== "/ask") return json({ code: "not_found" }, 404);
    const body = JSON.parse(init!.body as string);
    this.asked.push(body);
    const problem = this.find_problem(body);
    if (problem) return json({ problem });
    const work = this.writing.then(() => this.ask(body, this.mandate));
    this.writing = work.catch(() => undefined);
    const reply = await work;
    this.lie.reply?.(reply);
    return json(reply);
  };
}

function parse(text: string): Bytes {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}
