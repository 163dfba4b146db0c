// What a card has signed for an order, against what the order is: a mandate serves its
// organisation, services and time and no other (docs/protocols/mandate.md, "What the relay checks";
// as lib/client/mandates.cpp). Else a relay and an organisation that play along could look for
// years with one old log-in.
import { parse_utf8 } from "./bytes";
import type { Directory } from "./directory";
import { Members, parse_json_object } from "./json";
import type { Certificate } from "./keys";
import {
  clock_skew_s,
  mandate_bytes_max,
  parse_mandate,
  subject_bytes_max,
  verify_mandate,
  type Head,
  type Mandate,
  type MandateKind,
  type Order,
  type Presence,
} from "./order";
import type { Policy } from "./policy";
import { refuse } from "./result";

const day_s = 86_400;
const lifetime_s_max: Record<MandateKind, number> = {
  ...{ login: 1800, check: 120, consent: day_s, delegate: day_s, application: day_s },
};

interface Subject {
  presence: Presence; // that an order about it has
  mandate?: Mandate;
  by?: Mandate; // of a delegate: the log-in of the one who acts
}

function read_signed(members: Members): Subject {
  const application = members.optional_text("application", mandate_bytes_max);
  if (application !== undefined) {
    const mandate = parse_mandate(application);
    if (mandate.kind !== "application") refuse("an application is a mandate of another kind");
    return { presence: "card-pin", mandate };
  }
  const mandate = parse_mandate(members.text("mandate", mandate_bytes_max));
  const acting = members.optional_text("by", mandate_bytes_max);
  const by = acting === undefined ? undefined : parse_mandate(acting);
  if (mandate.kind === "application" || (mandate.kind === "delegate") !== (by !== undefined)) {
    refuse("an entry's mandate is not of its subject's form");
  }
  return { presence: "card-pin", mandate, ...(by ? { by } : {}) };
}

// docs/protocols/request.md, "Subject".
function read_subject(bytes: Uint8Array, head: Head): Subject {
  const limits = { text_bytes_max: subject_bytes_max };
  const members = new Members(parse_json_object(parse_utf8(bytes), limits));
  let out: Subject;
  if (members.has("number")) {
    members.object("number");
    out = { presence: head.card_seen ? "card-seen" : "number" };
  } else if (members.has("own")) {
    members.object("own"); // the requester's own number of the person
    out = { presence: "none" };
  } else if (members.has("self")) {
    if (!members.optional_boolean("self")) refuse("a subject is nobody");
    out = { presence: "none" };
  } else {
    out = read_signed(members);
  }
  members.finish();
  return out;
}

// What an order is, and who might have signed for it.
export interface Ordered {
  order: Order;
  head: Head;
  directory: Directory;
  policy: Policy;
  card?: Certificate; // the person's own
}

// By the relay's clock, to which the card's reader may be a minute ahead; the order has the time of
// the request's first coming, whenever it was repeated.
function check_covers(mandate: Mandate, { order, head, directory }: Ordered): void {
  const { audience, organisation, kind, scope, issued_at, expires } = mandate;
  if (audience !== directory.relay.id || organisation !== head.issuer) {
    refuse("an entry's mandate is for another organisation");
  }
  if (!scope.includes(head.service)) refuse("an entry's mandate does not cover the service");
  const lifetime = expires - issued_at;
  if (lifetime <= 0 || lifetime > lifetime_s_max[kind]) {
    refuse("an entry's mandate lives longer than its kind may");
  }
  if (order.time < issued_at - clock_skew_s || order.time >= expires) {
    refuse("an entry's mandate was not in force at the order's time");
  }
}

// A mandate that names the person's card must be signed by it. Whose another card is, and whether
// it signed, cannot be seen without its certificate.
async function is_of_card(mandate: Mandate, card: Certificate | undefined): Promise<boolean> {
  if (card === undefined || mandate.jws.certificate !== card.thumbprint) return false;
  await verify_mandate(mandate, card, "an entry has a mandate that the card did not sign");
  if (mandate.kind === "application") refuse("an application is signed with the signing key");
  return true;
}

// The kind that the policy's row takes. A row that the policy has no more says nothing of it.
function check_kind({ kind, payload_hashes }: Mandate, { order, head, policy }: Ordered): void {
  const row = policy.row(order.policy);
  if (row && row.mandate !== kind) {
    refuse("an entry's mandate is of another kind than its policy row takes");
  }
  if (kind !== "application") return;
  const { payload_hash } = head;
  if (payload_hash === undefined || !payload_hashes.includes(payload_hash)) {
    refuse("an application is of another payload");
  }
}

async function check_acting(delegate: Mandate, by: Mandate, ordered: Ordered): Promise<void> {
  if (by.kind !== "login") refuse("who acts for another has no log-in");
  if (by.jws.certificate !== delegate.delegate) refuse("somebody else acts than the one named");
  check_covers(by, ordered);
  await is_of_card(by, ordered.card);
}

// What a card has signed for this order; refused when it does not cover it, or when the order has
// another presence than its subject.
export async function read_mandate(
  subject: Uint8Array,
  ordered: Ordered,
): Promise<{ mandate?: Mandate; own_card: boolean }> {
  const { presence, mandate, by } = read_subject(subject, ordered.head);
  if (ordered.order.presence !== presence) refuse("an entry has another presence than its subject");
  if (mandate === undefined) return { own_card: false };
  const own_card = await is_of_card(mandate, ordered.card);
  check_covers(mandate, ordered);
  check_kind(mandate, ordered);
  if (by) await check_acting(mandate, by, ordered);
  return { mandate, own_card };
}

// A check serves one order for each holder and service; repeats of a request make no second entry.
// What the card signed says which check it is: a signature can be written in two ways.
export function use_of_check(mandate: Mandate, order: Order, head: Head): string {
  const { certificate, payload } = mandate.jws;
  return [certificate, parse_utf8(payload), order.holder, head.service].join("\n");
}
