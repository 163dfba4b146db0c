// The holders' lists of notices as one.
import type { OwnRecord } from "../../shared/ask";
import type { PersonEntry } from "../../shared/entries";
import type { Participant } from "../../shared/directory";

export interface Notice {
  holder: Participant;
  // By which link the holder listed it: under another number of the person it has another list.
  kind: string;
  position: number;
  id: string; // the holder's own
  subject: string;
  sender: string;
  received: string; // date
  deadline?: string;
  amount_yen?: number;
  opened: boolean;
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

// What `opened` holds: "<holder> <id of the notice>".
export function notices_of(
  records: OwnRecord[],
  opened: Set<string>,
): { notices: Notice[]; more: boolean } {
  const notices: Notice[] = [];
  let more = false;
  for (const { kind, position, result } of records) {
    if (!result.ok) continue;
    const { data, holder } = result.value;
    more ||= data.more === true;
    for (const one of data.notices as Record<string, unknown>[]) {
      const id = String(one.id);
      notices.push({
        holder,
        kind,
        position,
        id,
        subject: String(one.subject),
        sender: String(one.sender),
        received: String(one.received),
        ...(one.deadline === undefined ? {} : { deadline: String(one.deadline) }),
        ...(one.amount_yen === undefined ? {} : { amount_yen: Number(one.amount_yen) }),
        opened: opened.has(`${holder.id} ${id}`),
      });
    }
  }
  // Stable: of one day, each holder's own order stays.
  notices.sort((a, b) => b.received.localeCompare(a.received));
  return { notices, more };
}
