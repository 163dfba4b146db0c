// 「確認できました（改ざんなし）」: what this browser has checked, in words that need no knowledge of
// how; and what a list alone cannot show.
import type { JSX } from "preact";
import { now_of } from "../../shared/country";
import { time_text } from "../../shared/dates";
import type { PersonEntries } from "../../shared/entries";
import { save } from "../../shared/files";
import { Say } from "../../shared/words";
import { evidence_of_unwitnessed, type Viewer } from "./files";
import { witnessing_of, type Witnessing } from "./list";

function Witnessed({ entries }: { entries: PersonEntries }): JSX.Element {
  const waiting = entries.entries.filter((one) => !one.witnessed).length;
  const times = entries.cosignatures.map((one) => one.time);
  return (
    <>
      <li>
        {times.length > 0 ? (
          <Say
            of="looked.check_witnessed"
            count={times.length}
            time={time_text(Math.max(...times))}
          />
        ) : (
          <Say of="looked.check_no_witness" />
        )}
      </li>
      {waiting > 0 && (
        <li>
          <Say of="looked.check_waiting" count={waiting} />
        </li>
      )}
    </>
  );
}

function Checks({ entries, with_card }: { entries: PersonEntries; with_card: boolean }) {
  const count = entries.entries.length;
  return (
    <ul>
      <li>
        <Say of="looked.check_numbers" count={count} />
      </li>
      <li>
        <Say of="looked.check_log" />
      </li>
      <li>
        <Say of="looked.check_signed" />
      </li>
      <li>
        <Say of="looked.check_yours" />
      </li>
      {with_card && (
        <li>
          <Say of="looked.check_card" />
        </li>
      )}
      <Witnessed entries={entries} />
      <li>
        <Say of="looked.check_hidden" />
      </li>
    </ul>
  );
}

function Details({ entries, with_card }: { entries: PersonEntries; with_card: boolean }) {
  if (entries.entries.length === 0) return null;
  return (
    <details class="data">
      <summary>
        <Say of="looked.what_checked" />
      </summary>
      <Checks entries={entries} with_card={with_card} />
    </details>
  );
}

function Why({ witnessing }: { witnessing: Witnessing }): JSX.Element {
  const { overdue, at } = witnessing;
  if (overdue > 0) return <Say of="looked.overdue" count={overdue} />;
  if (at === 0) return <Say of="looked.unconfirmed_never" />;
  return <Say of="looked.unconfirmed_old" time={time_text(at)} />;
}

// What fits in itself, and no witness says so too: neither a ✓ nor an alarm.
function Unconfirmed(props: VerifiedProps & { witnessing: Witnessing }): JSX.Element {
  const { of, entries, witnessing } = props;
  const make_file = () => evidence_of_unwitnessed(of, entries);
  return (
    <section class="unconfirmed" role="status" aria-labelledby="verified-name">
      <h2 id="verified-name">
        <span aria-hidden="true">△ </span>
        <Say of="looked.unconfirmed" />
      </h2>
      <p>
        <Say of="looked.unconfirmed_text" count={entries.entries.length} />
      </p>
      <p>
        <Why witnessing={witnessing} />
      </p>
      <p>
        <Say of="looked.unconfirmed_todo" />
      </p>
      <p class="no-print">
        <button
          type="button"
          class="quiet"
          onClick={() => save("mado-evidence.json", "application/json", make_file())}
        >
          <Say of="looked.alarm_save" />
        </button>
      </p>
      <Details entries={entries} with_card={of.session.certificate !== undefined} />
    </section>
  );
}

interface VerifiedProps {
  of: Viewer;
  entries: PersonEntries;
}

export function Verified(props: VerifiedProps): JSX.Element {
  const { of, entries } = props;
  const witnessing = witnessing_of(entries, now_of(of.session));
  if (!witnessing.confirmed) return <Unconfirmed {...props} witnessing={witnessing} />;
  const count = entries.entries.length;
  return (
    <section class="verified" aria-labelledby="verified-name">
      <h2 id="verified-name">
        <span class="sign" aria-hidden="true">
          ✓
        </span>{" "}
        <Say of="looked.good" />
      </h2>
      <p>{count === 0 ? <Say of="looked.none" /> : <Say of="looked.good_text" count={count} />}</p>
      <Details entries={entries} with_card={of.session.certificate !== undefined} />
    </section>
  );
}
