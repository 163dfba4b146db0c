// The list: newest first, by day or month, fifty at a time.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { day_of, day_text } from "../../shared/dates";
import { save } from "../../shared/files";
import { Say } from "../../shared/words";
import { Entry, type Around } from "./entry";
import { csv_of, json_of } from "./files";
import { Filters, type Grouping } from "./filters";
import { filtered, grouped, no_filter, number_of } from "./list";
import type { Filter, Group, Look } from "./list";

const at_once = 50;

function One(props: { group: Group; grouping: Grouping; around: Around }): JSX.Element {
  const { group, grouping, around } = props;
  const { name, looks } = group;
  const id = `group-${name || "erased"}`;
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>
        {name === "" ? <Say of="looked.erased_group" /> : day_text(name)}
{" "}
        <span class="count">
          <Say of="looked.count" count={looks.length} />
        </span>
      </h3>
      <ul class="looks">
        {looks.map((look) => (
          <Entry
            key={number_of(look.entry)}
            look={look}
            around={around}
            whole_time={grouping === "month"}
          />
        ))}
      </ul>
    </section>
  );
}

interface CountProps {
  shown: number;
  all: Look[];
  filter: Filter;
  only_own: number; // what fits, where that is nothing but hidden own looks; else 0
}

function Count({ shown, all, filter, only_own }: CountProps): JSX.Element {
  if (only_own > 0) return <Say of="looked.only_own" count={only_own} />;
  const own = filter.hide_own ? all.filter((one) => one.own).length : 0;
  if (shown === 0 && all.length > own) return <Say of="looked.none_fits" />;
  if (own === 0) return <Say of="looked.shown" shown={shown} all={all.length} />;
  return <Say of="looked.shown_own" shown={shown} all={all.length} own={own} />;
}

function Keep(props: { looks: Look[]; now: number; show_all: () => void }): JSX.Element {
  const { looks, now, show_all } = props;
  const print_them = () => {
    show_all();
    setTimeout(() => print(), 100);
  };
  const day = day_of(now);
  return (
    <section aria-labelledby="keep-name" class="no-print">
      <h2 id="keep-name">
        <Say of="looked.keep_title" />
      </h2>
      <p class="hint">
        <Say of="looked.keep_hint" count={looks.length} />
      </p>
      <p class="choices">
        <button
          type="button"
          class="quiet"
          onClick={() => save(`mado-looked-${day}.csv`, "text/csv;charset=utf-8", csv_of(looks))}
        >
          <Say of="looked.save_csv" />
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => save(`mado-looked-${day}.json`, "application/json", json_of(looks, now))}
        >
          <Say of="looked.save_json" />
        </button>
        <button type="button" class="quiet" onClick={print_them}>
          <Say of="looked.print" />
        </button>
      </p>
    </section>
  );
}

export function All({ looks, around }: { looks: Look[]; around: Around }): JSX.Element {
  const [filter, set_filter] = useState<Filter>(no_filter);
  const [grouping, set_grouping] = useState<Grouping>("day");
  const [limit, set_limit] = useState(at_once);
  const fitting = filtered(looks, filter, around.now, day_of);
  const groups = grouped(fitting.slice(0, limit), grouping, day_of);
  const left = fitting.length - limit;
  const with_own = filtered(looks, { ...filter, hide_own: false }, around.now, day_of);
  const only_own = fitting.length === 0 ? with_own.length : 0;
  const status = useRef<HTMLParagraphElement>(null);
  // The button is gone then: the focus goes to what is shown.
  const show_own = () => {
    status.current!.focus();
    set_filter((before) => ({ ...before, hide_own: false }));
  };
  return (
    <>
      <section aria-labelledby="list-name">
        <h2 id="list-name">
          <Say of="looked.list_title" />
        </h2>
        <Filters
          looks={looks}
          filter={filter}
          grouping={grouping}
          change={(to) => set_filter((before) => ({ ...before, ...to }))}
          group={set_grouping}
        />
        <p role="status" ref={status} tabIndex={-1}>
          <Count shown={fitting.length} all={looks} {...{ filter, only_own }} />
        </p>
        {only_own > 0 && (
          <p>
            <button type="button" class="quiet" onClick={show_own}>
              <Say of="looked.show_own" />
            </button>
          </p>
        )}
        {groups.map((group) => (
          <One key={group.name} group={group} grouping={grouping} around={around} />
        ))}
        {left > 0 && (
          <p>
            <button type="button" class="quiet" onClick={() => set_limit(limit + at_once)}>
              <Say of="looked.more" count={Math.min(left, at_once)} />
            </button>
          </p>
        )}
      </section>
      <Keep looks={fitting} now={around.now} show_all={() => set_limit(fitting.length)} />
    </>
  );
}
