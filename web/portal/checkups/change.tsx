// How one item changed over the years, as a chart; all of them, as a table.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { StackChart } from "../../shared/chart";
import { fiscal_year } from "../../shared/months";
import { date_text } from "../../shared/phrases";
import { DataTable } from "../../shared/table";
import { Read, Say, phrase, text_of, without_readings } from "../../shared/words";
import { Select } from "../select";
import { item_text, measured_text, range_text, unit_text } from "./format";
import type { Value } from "./record";
import { drawable, items_of, points_of, value_in, type Examined } from "./years";

// What people compare first; else the first that can be drawn.
const first_choices = ["9A751000000000001", "9N006000000000001"];

function first_of(items: Value[]): string {
  const found = first_choices.find((code) => items.some((item) => item.code === code));
  return found ?? items[0]!.code;
}

function plain(phrase_text: string): string {
  return without_readings(phrase_text);
}

interface ChartProps {
  all: Examined[];
  item: Value; // as the newest check-up that has it
}

function lines_of({ low, high }: Value): number[] {
  return [low, high].flatMap((bound) => (bound === undefined ? [] : [Number(bound)]));
}

function Chart({ all, item }: ChartProps): JSX.Element {
  const points = points_of(all, item.code);
  const [first, last] = [points[0]!, points.at(-1)!];
  const years = [fiscal_year(first.day), fiscal_year(last.day)] as const;
  const name = plain(item_text(item));
  return (
    <StackChart
      summary={text_of("checkups.chart_summary", {
        item: name,
        count: points.length,
        from: date_text(first.day),
        first: measured_text(first.shown),
        to: date_text(last.day),
        last: measured_text(last.shown),
      })}
      domain={[years[0], years[1] + 1]}
      ticks={Array.from({ length: years[1] - years[0] + 1 }, (_, i) => ({
        at: years[0] + i + 0.5,
        label: text_of("checkups.fiscal_year", { year: years[0] + i }),
      }))}
      series={[{ pattern: 1, label: name }]}
      bars={points.map(({ from, to, value }) => ({ from, to, values: [value] }))}
      lines={lines_of(item)}
      smallest_step={1}
      amount={String}
      short_amount={String}
      unit={unit_text(item)}
      readout={(bar) => {
        const { day, shown } = points[bar]!;
        return plain(`${date_text(day)} ${measured_text(shown)}`);
      }}
    />
  );
}

function Cell({ value }: { value: Value | undefined }): JSX.Element {
  if (!value) {
    return (
      <span>
        <Say of="checkups.not_measured" />
      </span>
    );
  }
  return (
    <span>
      <Read text={measured_text(value)} />{" "}
      {value.outside && (
        <small class="outside">
          <Say of="checkups.outside_short" />
        </small>
      )}
    </span>
  );
}

function Table({ all }: { all: Examined[] }): JSX.Element {
  return (
    <DataTable
      caption={phrase("checkups.change_table")}
      columns={[
        { label: phrase("checkups.column_item") },
        ...all.map(({ checkup }) => ({ label: date_text(checkup.day) })),
      ]}
      rows={items_of(all).map((item) => ({
        key: item.code,
        cells: [
          <Read text={item_text(item)} />,
          ...all.map((one) => <Cell value={value_in(one, item.code)} />),
        ],
      }))}
    />
  );
}

export function Change({ all }: { all: Examined[] }): JSX.Element {
  const items = drawable(all);
  const [chosen, choose] = useState("");
  const code = items.some((item) => item.code === chosen) ? chosen : items[0] && first_of(items);
  const item = items.find((one) => one.code === code);
  return (
    <>
      {item && (
        <>
          <Select
            id="item"
            label="checkups.choose_item"
            value={item.code}
            choices={items.map((one) => ({ value: one.code, text: plain(item_text(one)) }))}
            on_change={choose}
          />
          <h3>
            <Read text={item_text(item)} /> {item.unit && `(${unit_text(item)})`}
          </h3>
          <Chart all={all} item={item} />
          {lines_of(item).length > 0 && (
            <p class="hint">
              <Say of="checkups.range_now" range={range_text(item)} />
            </p>
          )}
        </>
      )}
      <details class="data">
        <summary>
          <Say of="checkups.change_open" />
        </summary>
        <Table all={all} />
      </details>
    </>
  );
}
