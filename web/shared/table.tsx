// A table that becomes a list of labelled lines where it is narrow (style: table.css). It needs no
// roles: ARIA in HTML section 4 forbids them here, and tests/e2e/appearance.e2e.ts sees that
// Chromium keeps them with `display: block`.
import type { ComponentChildren, JSX } from "preact";
import { Read, without_readings } from "./words";
import "./table.css";

export interface Column {
  label: string; // a phrase
  amount?: boolean; // to the right
  unseen?: boolean; // the label says nothing new to whoever sees the cells
  plain?: boolean; // as a line of a list it needs no label
}

export interface Row {
  key: string | number;
  cells: ComponentChildren[]; // the first is the row's header
}

interface DataTableProps {
  caption: string; // a phrase
  columns: Column[];
  rows: Row[];
  foot?: ComponentChildren[];
}

export function DataTable({ caption, columns, rows, foot }: DataTableProps): JSX.Element {
  const all = foot ? [...rows, { key: "foot", cells: foot }] : rows;
  return (
    <div class="data-table">
      <table>
        <caption>
          <Read text={caption} />
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" class={class_of(column)}>
                <span class={column.unseen ? "visually-hidden" : undefined}>
                  <Read text={column.label} />
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {all.map((row) => (
            <tr key={row.key} class={row.key === "foot" ? "sum" : undefined}>
              {row.cells.map((cell, i) => (
                <Cell key={i} column={columns[i]!} is_header={i === 0}>
                  {cell}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// What has no label is something to press, and not for paper.
function class_of(column: Column): string | undefined {
  if (column.unseen) return "screen-only";
  return column.amount ? "amount" : undefined;
}

interface CellProps {
  column: Column;
  is_header: boolean;
  children: ComponentChildren;
}

function Cell({ column, is_header, children }: CellProps): JSX.Element {
  if (is_header) {
    return (
      <th scope="row" class={class_of(column)}>
        {children}
      </th>
    );
  }
  const label = column.unseen || column.plain ? undefined : without_readings(column.label);
  return (
    <td class={class_of(column)} data-label={label}>
      {/* One piece beside its label, whatever it is made of. */}
      {children === "" ? null : <div>{children}</div>}
    </td>
  );
}
