// A table, or where that has no room a list of the same cells with their labels. Two sets of
// elements and not one with another `display`: WebKit forgets what a table's rows and cells are
// when CSS lays them out otherwise, and ARIA's roles on a table are not valid HTML beside it (HTML
// AAM; the W3C's checker). A label that CSS puts there would have no readings either.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { use_box } from "./box";
import { Read } from "./words";
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

// In the table's own type: large text makes a list of it as a phone does.
const list_em = 42;

export function DataTable(props: DataTableProps): JSX.Element {
  const { rows, foot } = props;
  const [element, box] = use_box<HTMLDivElement>();
  const all = foot ? [...rows, { key: "foot", cells: foot }] : rows;
  // Without a width it is folded away: what it will be is seen when it is opened.
  const is_list = box.width > 0 && box.width <= list_em * box.em;
  return (
    <div class="data-table" ref={element}>
      {is_list ? <AsList {...props} rows={all} /> : <AsTable {...props} rows={all} />}
    </div>
  );
}

function AsTable({ caption, columns, rows }: DataTableProps): JSX.Element {
  return (
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
        {rows.map((row) => (
          <tr key={row.key} class={row.key === "foot" ? "sum" : undefined}>
            {row.cells.map((cell, i) =>
              i === 0 ? (
                <th key={i} scope="row" class={class_of(columns[i]!)}>
                  {cell}
                </th>
              ) : (
                <td key={i} class={class_of(columns[i]!)}>
                  {cell}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AsList({ caption, columns, rows }: DataTableProps): JSX.Element {
  const id = useId();
  return (
    <>
      <p class="caption" id={id}>
        <Read text={caption} />
      </p>
      <ul class="rows" aria-labelledby={id}>
        {rows.map((row) => (
          <li key={row.key} class={row.key === "foot" ? "sum" : undefined}>
            <p class="row-name">{row.cells[0]}</p>
            <Cells cells={row.cells} columns={columns} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Cells({ cells, columns }: { cells: Row["cells"]; columns: Column[] }): JSX.Element {
  const shown = columns.map((column, i) => ({ column, cell: cells[i] })).slice(1);
  const labelled = shown.filter(({ column, cell }) => is_labelled(column) && cell !== "");
  const others = shown.filter(({ column, cell }) => !is_labelled(column) && cell !== "");
  return (
    <>
      {others.map(({ column, cell }) => !column.unseen && <p key={column.label}>{cell}</p>)}
      {labelled.length > 0 && (
        <dl>
          {labelled.map(({ column, cell }) => (
            <div key={column.label}>
              <dt>
                <Read text={column.label} />
              </dt>
              <dd>{cell}</dd>
            </div>
          ))}
        </dl>
      )}
      {others.map(({ column, cell }) => column.unseen && <div key={column.label}>{cell}</div>)}
    </>
  );
}

function is_labelled({ unseen, plain }: Column): boolean {
  return !unseen && !plain;
}

// What has no label is something to press, and not for paper.
function class_of(column: Column): string | undefined {
  if (column.unseen) return "screen-only";
  return column.amount ? "amount" : undefined;
}
