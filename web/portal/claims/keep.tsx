// Files and paper. They stay where they are when the log-in has ended, and the page says so.
import type { JSX } from "preact";
import { save } from "../../shared/files";
import { Say } from "../../shared/words";
import { csv_of_claims, csv_of_items } from "./files";
import type { Line } from "./sums";

export function Keep({ lines, today }: { lines: Line[]; today: string }): JSX.Element {
  const csv = (name: string, text: string) =>
    save(`mado-${name}-${today}.csv`, "text/csv;charset=utf-8", text);
  return (
    <div class="no-print">
      <p>
        <Say of="claims.keep_hint" count={lines.length} />
      </p>
      <p class="warning">
        <Say of="claims.shared_computer" />
      </p>
      <p class="choices">
        <button type="button" class="quiet" onClick={() => csv("claims", csv_of_claims(lines))}>
          <Say of="claims.save_claims" />
        </button>
        <button type="button" class="quiet" onClick={() => csv("items", csv_of_items(lines))}>
          <Say of="claims.save_items" />
        </button>
        <button type="button" class="quiet" onClick={() => print()}>
          <Say of="claims.print" />
        </button>
      </p>
    </div>
  );
}
