// Cases as a list: those of the day, or those that were found.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { DataTable, type Row } from "../shared/table";
import { Ja, Read, Say, phrase, text_of } from "../shared/words";
import { grouped, refusal_phrase, type Desk } from "./desk";
import { Choice, Since, Until, actor_key, end_key, todo_phrase } from "./parts";
import { days_late, due } from "./progress";
import type { Summary, Todo } from "./record";

interface ListProps {
  desk: Desk;
  cases: Summary[];
  caption: string; // a phrase
  open: (number: string) => void;
}

// What clerks can do comes before what programs do by themselves.
function first_of(todo: Todo[]): Todo | undefined {
  return due(todo.filter(({ actor }) => actor === "clerk")) ?? due(todo);
}

function Open({ one, open }: { one: Summary; open: (number: string) => void }): JSX.Element {
  return (
    <button type="button" class="link open" onClick={() => open(one.number)}>
      <span class="number">{grouped(one.number)}</span>{" "}
      {one.name === undefined ? <Say of="window.nobody_yet" /> : <Ja>{one.name}</Ja>}
      <span class="kind">
        <Say of={`window.kind_${one.kind}`} />
      </span>
    </button>
  );
}

function row_of({ desk, open }: ListProps, one: Summary): Row {
  const todo = first_of(one.todo);
  const now = desk.now();
  if (!todo) {
    const end = <Say of={end_key(one)} />;
    return { key: one.number, cells: [<Open one={one} open={open} />, end, "", "", ""] };
  }
  const others = one.todo.length - 1;
  const what = (
    <>
      <Read text={todo_phrase(todo, one)} />
      {todo.refused !== undefined && (
        <span class="refused">
          <Read text={refusal_phrase(todo.refused)} />
        </span>
      )}
      {others > 0 && (
        <span class="hint">
          <Say of="window.and_others" count={others} />
        </span>
      )}
    </>
  );
  return {
    key: one.number,
    cells: [
      <Open one={one} open={open} />,
      what,
      <Say of={actor_key(todo, one)} />,
      <Since since={todo.since} now={now} cell />,
      <Until todo={todo} now={now} cell />,
    ],
  };
}

export function CaseTable(props: ListProps): JSX.Element {
  const label = (name: string) => ({ label: phrase(`window.column_${name}`) });
  return (
    <DataTable
      caption={props.caption}
      columns={[label("case"), label("next"), label("who"), label("since"), label("until")]}
      rows={props.cases.map((one) => row_of(props, one))}
    />
  );
}

const shown = ["all", "clerk", "person", "late"] as const;
type Shown = (typeof shown)[number];

function is_shown({ todo }: Summary, which: Shown, now: number): boolean {
  if (which === "all") return true;
  if (which === "late") return todo.some((one) => days_late(one, now) > 0);
  return todo.some(({ actor }) => actor === which);
}

// Which of them, with how many there are of each.
export function Day({ desk, cases, open }: Omit<ListProps, "caption">): JSX.Element {
  const [which, set_which] = useState<Shown>("all");
  const of = (shown: Shown) => cases.filter((one) => is_shown(one, shown, desk.now()));
  const count = (shown: Shown) => of(shown).length;
  const found = of(which);
  if (cases.length === 0) {
    return (
      <p>
        <Say of="window.day_empty" />
      </p>
    );
  }
  return (
    <>
      <Choice
        {...{ name: "which", legend: "window.which", all: shown, bar: true }}
        chosen={which}
        set={set_which}
        label={(one) => <Say of={`window.which_${one}`} count={count(one)} />}
      />
      {found.length > 0 ? (
        <CaseTable
          {...{ desk, open }}
          cases={found}
          caption={phrase("window.day_caption", {
            which: text_of(`window.which_${which}`, { count: found.length }),
          })}
        />
      ) : (
        <p>
          <Say of="window.none_of_these" />
        </p>
      )}
    </>
  );
}
