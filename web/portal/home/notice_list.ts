// The holders' lists of notices as one.
import type { OwnRecord } from "../../shared/ask";
import type { PersonEntry } from "../../shared/entries";
import { Members, type JsonObject } from "../../shared/json";
import { refuse } from "../../shared/result";
import { read_answers, type Answers, type Holder } from "../own";

const amount_kinds = ["pay", "receive"] as const;
type AmountFor = (typeof amount_kinds)[number];

interface ListedNotice {
  id: string; // the holder's own
  subject: string;
  sender: string;
  received: string; // date
  deadline?: string;
  amount_yen?: number;
  amount_for?: AmountFor; // absent: neither
}
export interface Notice extends ListedNotice {
  holder: Holder;
  // By which link the holder listed it: under another number of the person it has another list.
  kind: string;
  position: number;
  opened?: boolean; // absent: not known
}

function read_notice(object: JsonObject): ListedNotice {
  const members = new Members(object);
  const out: ListedNotice = {
    id: members.text("id", 40),
    subject: members.text("subject", 256),
    sender: members.text("sender", 256),
    received: members.optional_date("received") ?? refuse("a notice has no day"),
  };
  const deadline = members.optional_date("deadline");
  const amount_yen = members.has("amount_yen") ? members.integer("amount_yen") : undefined;
  const amount_for = members.has("amount_for")
    ? members.one_of("amount_for", amount_kinds)
    : undefined;
  if (amount_for !== undefined && amount_yen === undefined) refuse("an amount that is missing");
  members.optional_text("procedure", 64);
  members.finish();
  return {
    ...out,
    ...(deadline === undefined ? {} : { deadline }),
    ...(amount_yen === undefined ? {} : { amount_yen }),
    ...(amount_for === undefined ? {} : { amount_for }),
  };
}

// docs/protocols/gateway.md, `notices`; refused whole when it is not of that form.
export function read_notices(data: JsonObject): { notices: ListedNotice[]; more: boolean } {
  const members = new Members(data);
  members.text("from", 7);
  members.text("to", 7);
  const more = members.boolean("more");
  const notices = members.objects("notices", 200).map(read_notice);
  members.finish();
  return { notices, more };
}

// The same of `notice`: its paragraphs.
export function read_body(data: JsonObject): string[] {
  const members = new Members(data);
  read_notice(members.object("notice"));
  const body = members.texts("body", 100, 1_000);
  members.finish();
  return body;
}

// In a set of those that were opened.
export function opened_key({ holder, id }: Pick<Notice, "holder" | "id">): string {
  return `${holder.id} ${id}`;
}

// Of which notices the person's own entries say that they were answered.
export function opened_notices(entries: PersonEntry[]): Set<string> {
  const out = new Set<string>();
  for (const { head, order, outcome } of entries) {
    if (head?.service !== "notice" || outcome !== "answered") continue;
    out.add(`${order?.holder} ${head.parameters.id}`);
  }
  return out;
}

interface Listed {
  notices: Notice[];
  more: boolean;
  read: Answers<unknown>;
}

// `opened`: keys; none while that is not known.
export function notices_of(
  records: OwnRecord[],
  opened: Set<string> | undefined,
): Listed {
  const { answers, silent } = read_answers(records, read_notices);
  const notices = answers.flatMap(({ holder, kind, position, document }) =>
    document.notices.map((one) => ({
      ...{ ...one, holder, kind, position },
      ...(opened ? { opened: opened.has(opened_key({ holder, id: one.id })) } : {}),
    })),
  );
  // Stable: of one day, each holder's own order stays.
  notices.sort((a, b) => b.received.localeCompare(a.received));
  return {
    notices,
    more: answers.some(({ document }) => document.more),
    read: { answers, silent },
  };
}
