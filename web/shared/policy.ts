// The policy: which row allows what, with its legal basis in words. Its hash is in the directory,
// so nobody can change a row alone (docs/protocols/directory.md).
import { hash_of, parse_utf8, type Bytes, type Hash } from "./bytes";
import { Members, parse_json_object, type JsonObject } from "./json";
import { mandate_kinds, presences, type MandateKind, type Presence } from "./order";
import { refuse } from "./result";

interface PolicyRow {
  id: string;
  service: string;
  requester_kind: string;
  purpose: string;
  presence: Presence;
  mandate?: MandateKind;
  holder_kinds: string[];
  legal_basis: string;
  keep_days: number;
  tell_at_once: boolean;
  sealable: boolean;
  from: string;
  to?: string;
}

const policy_limits = { text_bytes_max: 1024 * 1024, values_max: 65_536 };
export const policy_bytes_max = policy_limits.text_bytes_max;

function read_row(object: JsonObject): PolicyRow {
  const members = new Members(object);
  const mandate = members.has("mandate") ? members.one_of("mandate", mandate_kinds) : undefined;
  const out: PolicyRow = {
    id: members.code("id"),
    service: members.code("service"),
    requester_kind: members.code("requester_kind"),
    purpose: members.code("purpose"),
    presence: members.one_of("presence", presences),
    holder_kinds: members.texts("holder_kinds", 16, 64),
    legal_basis: members.text("legal_basis", 600),
    keep_days: members.integer("keep_days", 1, 36_525),
    tell_at_once: members.boolean("tell_at_once"),
    sealable: members.optional_boolean("sealable") ?? false,
    from: members.optional_date("from") ?? refuse("a policy row has no first day"),
  };
  const to = members.optional_date("to");
  members.optional_boolean("unlinked"); // the relay's business: no page goes by it
  members.finish();
  if ((mandate !== undefined) !== (out.presence === "card-pin")) {
    refuse("a policy row must name its mandate with card-pin, and only then");
  }
  if (out.legal_basis === "") refuse("a policy row has no legal basis");
  return {
    ...out,
    ...(mandate === undefined ? {} : { mandate }),
    ...(to === undefined ? {} : { to }),
  };
}

export class Policy {
  private constructor(
    readonly rows: Map<string, PolicyRow>,
    readonly utc_offset_s: number,
  ) {}

  static async open(bytes: Bytes, expected: Hash): Promise<Policy> {
    if ((await hash_of(bytes)) !== expected) refuse("not the policy of the directory");
    const members = new Members(parse_json_object(parse_utf8(bytes), policy_limits));
    const utc_offset_s = members.integer("utc_offset_s", -50_400, 50_400);
    const rows = new Map<string, PolicyRow>();
    for (const object of members.objects("policies", 4096)) {
      const row = read_row(object);
      if (rows.has(row.id)) refuse("two policy rows have one id");
      rows.set(row.id, row);
    }
    members.finish();
    return new Policy(rows, utc_offset_s);
  }

  row(id: string): PolicyRow | undefined {
    return this.rows.get(id);
  }
  // Of which kinds of holder such a requester may ask this service, in the file's order.
  holder_kinds(service: string, requester_kind: string): string[] {
    const rows = [...this.rows.values()].filter(
      (row) => row.service === service && row.requester_kind === requester_kind,
    );
    return [...new Set(rows.flatMap((row) => row.holder_kinds))];
  }
}
