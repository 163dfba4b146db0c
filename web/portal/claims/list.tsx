// The claims, newest month first: where, what it cost, what was paid, and what it was for.
import type { JSX } from "preact";
import { money, month_text } from "../../shared/phrases";
import { DataTable } from "../../shared/table";
import { Ja, Read, Say, in_japanese, phrase } from "../../shared/words";
import { Entry } from "../answered";
import { DoubtButton } from "./doubt";
import { paid_text } from "./paid";
import type { Claim } from "./record";
import { by_month, sum_of, type Line, type MonthLines } from "./sums";

export function List({ lines, several }: { lines: Line[]; several: boolean }): JSX.Element {
  return (
    <>
      {by_month(lines).map((one) => (
        <Month key={one.month} of={one} several={several} />
      ))}
    </>
  );
}

function Month({ of, several }: { of: MonthLines; several: boolean }): JSX.Element {
  const { month, lines } = of;
  const id = `month-${month}`;
  return (
    <section aria-labelledby={id} class="month">
      <h3 id={id}>
        <Read text={month_text(month)} />{" "}
        <span class="count">
          <Say of="claims.month_sum" count={lines.length} paid={paid_text(sum_of(lines))} />
        </span>
      </h3>
      <ul class="cards">
        {lines.map((line, i) => (
          <One key={i} line={line} several={several} />
        ))}
      </ul>
    </section>
  );
}

function Figures({ line, several }: { line: Line; several: boolean }): JSX.Element {
  const { paid_yen, cost_yen, points, days } = line.claim;
  return (
    <dl>
      <Entry of="claims.column_paid">
        {paid_yen === undefined ? (
          <Say of="claims.paid_unknown" />
        ) : (
          <strong>
            <Read text={money(paid_yen)} />
          </strong>
        )}
      </Entry>
      <Entry of="claims.column_cost">
        <Read text={money(cost_yen)} />
        {points !== undefined && <Say of="claims.points" points={points.toLocaleString("en-US")} />}
      </Entry>
      {days !== undefined && (
        <Entry of="claims.column_days">
          <Say of="claims.days" days={days} />
        </Entry>
      )}
      {several && (
        <Entry of="claims.column_insurer">
          <Ja>{line.answer.holder.name}</Ja>
        </Entry>
      )}
    </dl>
  );
}

function One({ line, several }: { line: Line; several: boolean }): JSX.Element {
  const { claim } = line;
  return (
    <li class="card claim">
      <h4>
        <Ja>{claim.institution}</Ja>{" "}
        <span class="kind">
          <Say of={`claims.kind_${claim.kind}`} />
        </span>
      </h4>
      <Figures line={line} several={several} />
      {claim.withheld ? <Withheld holder={line.answer.holder.name} /> : <Items claim={claim} />}
      <DoubtButton line={line} />
    </li>
  );
}

function Withheld({ holder }: { holder: string }): JSX.Element {
  return (
    <div class="withheld">
      <p>
        <strong>
          <Say of="claims.withheld" />
        </strong>
      </p>
      <p>
        <Say of="claims.withheld_todo" holder={in_japanese(holder)} />
      </p>
    </div>
  );
}

function Items({ claim }: { claim: Claim }): JSX.Element {
  const { items, institution, month, cost_yen } = claim;
  if (items.length === 0) {
    return (
      <p>
        <Say of="claims.no_items" />
      </p>
    );
  }
  const sum = items.reduce((all, { yen }) => all + yen, 0);
  return (
    <details class="data">
      <summary>
        <Say of="claims.items_open" count={items.length} />
        <span class="visually-hidden">
          <Say
            of="claims.items_of"
            institution={in_japanese(institution)}
            month={month_text(month)}
          />
        </span>
      </summary>
      <DataTable
        caption={phrase("claims.items_table", {
          institution: in_japanese(institution),
          month: month_text(month),
        })}
        columns={[
          { label: phrase("claims.column_item") },
          { label: phrase("claims.column_quantity"), amount: true },
          { label: phrase("claims.column_yen"), amount: true },
        ]}
        rows={items.map(({ name, quantity, yen }, i) => ({
          key: i,
          cells: [
            <Ja>{name}</Ja>,
            quantity?.toLocaleString("en-US") ?? "",
            <Read text={money(yen)} />,
          ],
        }))}
        foot={[<Say of="claims.column_sum" />, "", <Read text={money(sum)} />]}
      />
      {sum !== cost_yen && (
        <p>
          <Say of="claims.items_differ" cost={money(cost_yen)} />
        </p>
      )}
    </details>
  );
}
