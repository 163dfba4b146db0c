// Whom, when, which record; own views are hidden unless wanted. Each choice works at once.
import type { JSX } from "preact";
import { Say, text_of } from "../../shared/words";
import { Select } from "../select";
import { organisations_of, services_of, type Filter, type Look, type Period } from "./list";
import { service_text } from "./words";

const periods: Period[] = ["all", "month", "quarter", "year", "days"];

function Days({ filter, change }: { filter: Filter; change: (to: Partial<Filter>) => void }) {
  return (
    <>
      {(["from", "to"] as const).map((end) => (
        <p class="choose" key={end}>
          <label for={`filter-${end}`}>
            <Say of={`looked.${end}`} />
          </label>
          <input
            id={`filter-${end}`}
            type="date"
            value={filter[end]}
            onInput={(event) => change({ [end]: event.currentTarget.value })}
          />
        </p>
      ))}
    </>
  );
}

export type Grouping = "day" | "month";

export function Filters(props: {
  looks: Look[];
  filter: Filter;
  grouping: Grouping;
  change: (to: Partial<Filter>) => void;
  group: (by: Grouping) => void;
}): JSX.Element {
  const { looks, filter, grouping, change, group } = props;
  const all = { value: "", text: text_of("looked.all") };
  const who = organisations_of(looks).map(({ id, name }) => ({ value: id, text: name }));
  const services = services_of(looks).map((one) => ({ value: one, text: service_text(one) }));
  const period_text = (one: Period) =>
    text_of(one === "all" ? "looked.all" : `looked.period_${one}`);
  return (
    <fieldset class="filters no-print">
      <legend>
        <Say of="looked.filters" />
      </legend>
      <Select
        id="filter-who"
        label="looked.filter_who"
        value={filter.who}
        choices={[all, ...who]}
        on_change={(value) => change({ who: value })}
      />
      <Select
        id="filter-service"
        label="looked.filter_service"
        value={filter.service}
        choices={[all, ...services]}
        on_change={(value) => change({ service: value })}
      />
      <Select
        id="filter-period"
        label="looked.filter_period"
        value={filter.period}
        choices={periods.map((one) => ({ value: one, text: period_text(one) }))}
        on_change={(value) => change({ period: value as Period })}
      />
      {filter.period === "days" && <Days filter={filter} change={change} />}
      <Select
        id="filter-grouping"
        label="looked.grouping"
        value={grouping}
        choices={(["day", "month"] as const).map((one) => ({
          value: one,
          text: text_of(`looked.by_${one}`),
        }))}
        on_change={(value) => group(value as Grouping)}
      />
      <label class="choice">
        <input
          type="checkbox"
          checked={filter.hide_own}
          onChange={(event) => change({ hide_own: event.currentTarget.checked })}
        />
        <span>
          <Say of="looked.hide_own" />
        </span>
      </label>
    </fieldset>
  );
}
