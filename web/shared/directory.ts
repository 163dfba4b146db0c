// The directory: who takes part, with which keys; signed by the supervising authority, verified
// before anything of it is used (docs/protocols/directory.md). Strict, as lib/wire/directory.cpp.
import { hash_of, parse_base64url, parse_utf8, same_bytes, utf8, type Hash } from "./bytes";
import { Members, parse_json_object, type JsonObject } from "./json";
import { parse_jws, read_certificate, read_jwk, verify_jws, type PublicKey } from "./keys";
import { refuse } from "./result";
import {
  check_quorum,
  parse_verifier,
  witnesses_max,
  type Quorum,
  type Verifier,
  type VerifierType,
} from "./tlog";

export interface Participant {
  id: string;
  name: string;
  kind: string;
  certificates: Hash[];
  signing_keys: Map<string, PublicKey>;
  sealing_keys: Map<string, PublicKey>;
  services: string[];
}

interface PublicService {
  key: Verifier;
  url: string;
  certificate: Hash;
}

export interface Directory {
  version: number;
  entry: Hash; // that it has in the log (docs/protocols/log.md)
  issued_at: number;
  policy: Hash;
  participants: Map<string, Participant>;
  relay: Participant;
  logs: Map<string, PublicService>; // by origin
  witnesses: PublicService[];
  quorum: Quorum;
}

export const directory_bytes_max = 64 * 1024 * 1024;
const participants_max = 500_000;
const limits = {
  text_bytes_max: directory_bytes_max,
  depth_max: 8,
  values_max: participants_max * 32,
};

function read_keys(objects: JsonObject[]): Map<string, PublicKey> {
  const out = new Map<string, PublicKey>();
  for (const object of objects) {
    const members = new Members(object);
    const kid = members.text("kid", 64);
    const key = read_jwk(members.object("jwk"));
    members.finish();
    if (out.has(kid)) refuse("two keys have one kid");
    out.set(kid, key);
  }
  return out;
}

function check_address(text: string): void {
  const port = Number(/^.+:(\d{1,5})$/.exec(text)?.[1] ?? 0);
  if (port < 1 || port > 65535) refuse("an address has no host and port");
}

// One path has one text: no empty segments, no dots that lead elsewhere.
const url_prefix = new RegExp(
  "^https://([A-Za-z0-9.-]+|\\[[A-Za-z0-9.:]+\\]):(\\d{1,5})" +
    "/((?!\\.{1,2}/)[A-Za-z0-9\\-._~]+/)*$",
);
function check_url_prefix(text: string): string {
  const port = Number(url_prefix.exec(text)?.[2] ?? 0);
  return port >= 1 && port <= 65535 ? text : refuse("a URL prefix has an impossible form");
}

function read_participant(object: JsonObject): Participant {
  const members = new Members(object);
  const out: Participant = {
    id: members.code("id"),
    name: members.text("name", 300),
    kind: members.code("kind"),
    certificates: members.hashes("certificates", 16),
    signing_keys: read_keys(members.objects("signing_keys", 16)),
    services: members.texts("services", 64, 64),
    sealing_keys: members.has("sealing_keys")
      ? read_keys(members.objects("sealing_keys", 16))
      : new Map(),
  };
  members.texts("addresses", 16, 300).forEach(check_address);
  const uris = members.has("redirect_uris") ? members.texts("redirect_uris", 64, 1000) : [];
  for (const uri of uris) check_url_prefix(uri.endsWith("/") ? uri : `${uri}/`);
  members.optional_hash("web_build");
  members.finish();
  return out;
}

function read_participants(objects: JsonObject[]): Map<string, Participant> {
  const out = new Map<string, Participant>();
  let last = "";
  for (const object of objects) {
    const one = read_participant(object);
    if (one.id <= last) refuse("participants are not sorted by id, or an id comes twice");
    last = one.id;
    out.set(one.id, one);
  }
  return out;
}

async function read_service(object: JsonObject, type: VerifierType): Promise<PublicService> {
  const members = new Members(object);
  const out = {
    key: await parse_verifier(members.text("key", 500), type),
    url: check_url_prefix(members.text("url", 300)),
    certificate: members.hash("certificate"),
  };
  members.finish();
  return out;
}

async function read_logs(members: Members) {
  const logs = new Map<string, PublicService>();
  for (const object of members.objects("logs", 64)) {
    const log = await read_service(object, 0x01);
    if (logs.has(log.key.name)) refuse("two logs have one origin");
    logs.set(log.key.name, log);
  }
  const witnesses: PublicService[] = [];
  for (const object of members.objects("witnesses", witnesses_max)) {
    const witness = await read_service(object, 0x04);
    // signed-note, "Verifier keys": no key for two types. A log would be its own witness.
    const is_its = (log: PublicService) => same_bytes(log.key.raw_key, witness.key.raw_key);
    if ([...logs.values()].some(is_its)) refuse("a log and a witness have one key");
    witnesses.push(witness);
  }
  const needed = members.integer("quorum", 0, witnesses_max);
  const quorum = check_quorum({ witnesses: witnesses.map((one) => one.key), needed });
  return { logs, witnesses, quorum };
}

function relay_of(participants: Map<string, Participant>): Participant {
  const relays = [...participants.values()].filter((one) => one.kind === "relay");
  if (relays.length !== 1) refuse("the directory must name exactly one relay");
  return relays[0]!;
}

export async function open_directory(text: string, authority: PublicKey): Promise<Directory> {
  const jws = parse_jws(text, "mado-directory+jws", directory_bytes_max);
  await verify_jws(jws, authority, "not signed by the supervising authority");
  const members = new Members(parse_json_object(parse_utf8(jws.payload), limits));
  const version = members.integer("version", 1);
  const issued_at = members.time("issued_at");
  const policy = members.hash("policy");
  members.hash("schemes");
  const listed = members.objects("participants", participants_max);
  const participants = read_participants(listed);
  const relay = relay_of(participants);
  const of_relay = listed.find((one) => one.id === relay.id);
  if (!Array.isArray(of_relay?.addresses) || of_relay.addresses.length === 0) {
    refuse("the relay has no address");
  }
  for (const der of members.texts("card_authorities", 64, 16 * 1024)) {
    await read_certificate(parse_base64url(der));
  }
  const { logs, witnesses, quorum } = await read_logs(members);
  members.finish();
  const of_one_relay = [...logs.values()].filter((one) =>
    relay.certificates.includes(one.certificate),
  );
  if (of_one_relay.length > 1) refuse("two logs show the relay's certificate, which writes one");
  const entry = await hash_of(utf8("mado/directory/1\n"), utf8(text));
  return { version, entry, issued_at, policy, participants, relay, logs, witnesses, quorum };
}
