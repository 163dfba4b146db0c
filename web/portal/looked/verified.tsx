// 「確認できました（改ざんなし）」: what this browser has checked, in words that need no knowledge of
// how; and what a list alone cannot show.
import type { JSX } from "preact";
import { time_text } from "../../shared/dates";
import type { PersonEntries } from "../../shared/entries";
import { Say } from "../../shared/words";

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

export function Verified(props: {
  entries: PersonEntries;
  with_card: boolean;
  overdue: number;
}): JSX.Element {
  const { entries, with_card, overdue } = props;
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
      {count > 0 && (
        <details>
          <summary>
            <Say of="looked.what_checked" />
          </summary>
          <Checks entries={entries} with_card={with_card} />
        </details>
      )}
      {overdue > 0 && (
        <div class="late">
          <h3>
            <Say of="looked.overdue_title" />
          </h3>
          <p>
            <Say of="looked.overdue" count={overdue} />
          </p>
        </div>
      )}
    </section>
  );
}
