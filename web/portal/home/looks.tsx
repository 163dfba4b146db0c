// Bells: what the person is told of at once. Why one rang stands in its entry, which was verified.
import type { JSX } from "preact";
import type { Bell, PersonEntries, PersonEntry } from "../../shared/entries";
import { day_of, day_phrase } from "../../shared/dates";
import { is_lie, type Result } from "../../shared/result";
import { Say, in_japanese, phrase } from "../../shared/words";
import type { Context } from "../../site/shell";
import { shown_bells, told_of } from "./look_list";

function One({ context, bell, entry }: OneProps): JSX.Element {
  const { held_back, did, how } = told_of(bell, entry);
  const who =
    entry && !entry.erased
      ? in_japanese(context.country.name_of(entry.requester))
      : phrase("home.somebody");
  return (
    <li>
      <Say of="home.look" day={day_phrase(day_of(bell.at))} who={who} />{" "}
      <Say of={did} how={how ? phrase(how) : ""} />
      {held_back && (
        <>
          {" "}
          <Say of="home.look_opened" />
        </>
      )}
    </li>
  );
}

interface OneProps {
  context: Context;
  bell: Bell;
  entry: PersonEntry | undefined;
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
  const own = entries.ok ? entries.value.entries.filter((one) => one.series === undefined) : [];
  const of_seq = new Map(own.map((one) => [one.seq, one]));
  const { shown, more } = shown_bells(bells.ok ? bells.value : [], of_seq);
  return (
    <>
      {shown.length > 0 && (
        <ul class="looks">
          {shown.map((bell) => (
            <One key={bell.seq} context={context} bell={bell} entry={of_seq.get(bell.seq)} />
          ))}
        </ul>
      )}
      {more > 0 && (
        <p>
          <Say of="home.more_looks" count={more} />
        </p>
      )}
      {!bells.ok || !entries.ok ? (
        <p class="silent" role="alert">
          <Say of="home.looks_silent" />
        </p>
      ) : (
        shown.length === 0 && (
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
