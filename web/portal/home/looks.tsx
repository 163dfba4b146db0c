// Bells: what the person is told of at once. Why one rang stands in its entry, which was verified.
import type { JSX } from "preact";
import type { Bell, PersonEntries, PersonEntry } from "../../shared/entries";
import { day_of, day_phrase } from "../../shared/dates";
import { is_lie, type Result } from "../../shared/result";
import { Say, in_japanese, phrase } from "../../shared/words";
import type { Context } from "../shell";

const shown_max = 5;

function why(bell: Bell, entry: PersonEntry | undefined): string {
  if (entry?.kind === "refused") return "home.look_refused";
  if (entry?.kind === "opened") return "home.look_opened";
  return bell.first ? "home.look_first" : "home.look_told";
}

export function Looks(props: {
  context: Context;
  entries: Result<PersonEntries> | undefined;
  bells: Result<Bell[]> | undefined;
}): JSX.Element {
  const { context, entries, bells } = props;
  if (!entries || !bells) {
    return (
      <p role="status" class="asking">
        <Say of="shell.asking" />
      </p>
    );
  }
  if (!entries.ok && is_lie(entries.problem)) {
    return (
      <p class="mistake" role="alert">
        <a class="alone" href="/looked">
          <Say of="home.entries_wrong" />
        </a>
      </p>
    );
  }
  const of_seq = new Map(entries.ok ? entries.value.entries.map((one) => [one.seq, one]) : []);
  const newest = bells.ok ? bells.value.toReversed().slice(0, shown_max) : [];
  return (
    <>
      {newest.length > 0 && (
        <ul class="looks">
          {newest.map((bell) => {
            const entry = of_seq.get(bell.seq);
            const who = entry
              ? in_japanese(context.country.name_of(entry.requester))
              : phrase("home.somebody");
            return (
              <li>
                <Say of="home.look" day={day_phrase(day_of(bell.at))} who={who} />{" "}
                <Say of={why(bell, entry)} />
              </li>
            );
          })}
        </ul>
      )}
      {!bells.ok || !entries.ok ? (
        <p class="silent" role="alert">
          <Say of="home.looks_silent" />
        </p>
      ) : (
        newest.length === 0 && (
          <p>
            <Say of="home.no_looks" />
          </p>
        )
      )}
      <p class="no-print">
        <a class="alone" href="/looked">
          <Say of="home.all_looks" />
        </a>
      </p>
    </>
  );
}
