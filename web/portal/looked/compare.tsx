// 照合: the list against every holder's own evidence. By itself when it was not done for a week.
import type { JSX } from "preact";
import type { CrossCheck } from "../../shared/cross_check";
import { time_text } from "../../shared/dates";
import { DataTable, type Row } from "../../shared/table";
import { Ja, Say, phrase } from "../../shared/words";
import { Silent } from "../answered";
import { compare_s, type HolderState } from "./list";
import { HeldResult, wrong_of_held } from "./told";

export type Comparing =
  | { step: "not_yet" | "failed" }
  | { step: "running"; count: number }
  | { step: "done"; check: CrossCheck };

// What does not fit, between both sides or in an answer itself, or in what is held.
export function wrong_of({ findings, lies, held }: CrossCheck): number {
  return findings.length + lies.length + wrong_of_held(held);
}

function Result({ check }: { check: CrossCheck }): JSX.Element {
  const compared = check.holders.filter((one) => !one.problem).length;
  const wrong = wrong_of(check);
  if (wrong > 0) return <Say of="looked.compare_bad" count={wrong} />;
  if (!check.complete) return <Say of="looked.compare_incomplete" />;
  if (compared === 0) return <Say of="looked.compare_nobody" />;
  return (
    <>
      <span aria-hidden="true">✓ </span>
      <Say of="looked.compare_good" count={compared} />
    </>
  );
}

function Compared({ at, now }: { at: number; now: number }): JSX.Element {
  if (at === 0) return <Say of="looked.never" />;
  const time = time_text(at);
  return at < now - compare_s ? <Say of="looked.long_ago" time={time} /> : <>{time}</>;
}

interface HoldersProps {
  holders: HolderState[];
  comparing: Comparing;
  now: number;
}

function row_of(holder: HolderState, { comparing, now }: HoldersProps): Row {
  const check = comparing.step === "done" ? comparing.check : undefined;
  const here = check?.holders.filter((one) => one.holder?.id === holder.id) ?? [];
  const compared = here.length > 0 && here.every((one) => !one.problem);
  const rows = here.reduce((sum, one) => sum + one.rows, 0);
  return {
    key: holder.id,
    cells: [
      <Ja>{holder.name}</Ja>,
      <span>
        {compared ? <Say of="looked.now_compared" /> : <Compared at={holder.at} now={now} />}
        {check && !compared && (
          <span class="hint">
            <Say of="looked.not_now" />
          </span>
        )}
      </span>,
      compared ? <Say of="looked.count" count={rows} /> : "",
    ],
  };
}

function Holders(props: HoldersProps): JSX.Element {
  return (
    <DataTable
      caption={phrase("looked.compare_caption")}
      columns={["holder", "compared", "rows"].map((name) => ({
        label: phrase(`looked.col_${name}`),
      }))}
      rows={props.holders.map((holder) => row_of(holder, props))}
    />
  );
}

// Who it would have been the relay does not say: each kind and reason once.
function silent_of({ holders }: CrossCheck): { kind: string; code: string }[] {
  const out = new Map<string, { kind: string; code: string }>();
  for (const { kind, holder, problem } of holders) {
    if (problem && !holder) out.set(`${kind} ${problem.code}`, { kind, code: problem.code });
  }
  return [...out.values()];
}

export function Compare(props: {
  holders: HolderState[];
  comparing: Comparing;
  now: number;
  start: () => void;
}): JSX.Element {
  const { holders, comparing, now, start } = props;
  const running = comparing.step === "running";
  const silent = comparing.step === "done" ? silent_of(comparing.check) : [];
  return (
    <section aria-labelledby="compare-name" class="compare">
      <h2 id="compare-name">
        <Say of="looked.compare_title" />
      </h2>
      <p>
        <Say of="looked.compare_why" />
      </p>
      <p role="status" class={running ? "asking" : undefined}>
        {running && (
          <Say
            of={comparing.count > 0 ? "looked.compare_running" : "looked.compare_begins"}
            count={comparing.count}
          />
        )}
        {comparing.step === "failed" && <Say of="looked.compare_failed" />}
        {comparing.step === "done" && <Result check={comparing.check} />}
      </p>
      {comparing.step === "done" && <HeldResult held={comparing.check.held} />}
      {silent.length > 0 && (
        <ul class="sources">
          {silent.map((one) => (
            <Silent key={`${one.kind} ${one.code}`} kind={one.kind} code={one.code} />
          ))}
        </ul>
      )}
      {holders.length > 0 && <Holders holders={holders} comparing={comparing} now={now} />}
      <p class="no-print">
        <button
          type="button"
          class="quiet"
          aria-disabled={running}
          onClick={() => !running && start()}
        >
          <Say of="looked.compare_button" />
        </button>
      </p>
    </section>
  );
}
