// One check-up: where and when, what the insurer makes of it, and each value beside its range.
import type { JSX } from "preact";
import { date_text } from "../../shared/phrases";
import { DataTable, type Row } from "../../shared/table";
import { Ja, Read, Say, has_words, phrase } from "../../shared/words";
import { Fact } from "../answered";
import { DoubtButton } from "./doubt";
import { item_text, range_text, unit_text, value_text } from "./format";
import type { Checkup, Value } from "./record";
import { counts_of, type Examined } from "./years";

// A judgement, and what it means for the person.
function Judged({ of, value }: { of: "metabolic" | "guidance"; value: string }): JSX.Element {
  return (
    <Fact of={`checkups.${of}`}>
      <Say of={`checkups.${of}_${value}`} />
      <p class="hint">
        <Say of={`checkups.${of}_${value}_means`} />
      </p>
    </Fact>
  );
}

// But its day, which stands above.
export function Facts({ one }: { one: Examined }): JSX.Element {
  const { kind, institution, metabolic, guidance, doctor } = one.checkup;
  return (
    <dl class="facts">
      <Fact of="checkups.institution">
        <Ja>{institution}</Ja>
      </Fact>
      <Fact of="checkups.kind">
        <Say of={`checkups.kind_${kind}`} />
      </Fact>
      <Fact of="checkups.insurer">
        <Ja>{one.answer.holder.name}</Ja>
      </Fact>
      {metabolic && <Judged of="metabolic" value={metabolic} />}
      {guidance && <Judged of="guidance" value={guidance} />}
      {doctor && (
        <Fact of="checkups.doctor">
          <Ja>{doctor}</Ja>
        </Fact>
      )}
    </dl>
  );
}

// In words, never by colour alone.
function Within({ value }: { value: Value }): JSX.Element {
  const { outside } = value;
  const key = outside === undefined ? "no_range" : outside ? "outside" : "within";
  return (
    <span class={key}>
      <Say of={`checkups.${key}`} />
    </span>
  );
}

function row_of(value: Value): Row {
  const hint = `checkups.hint_${value.code}`;
  const range = range_text(value);
  return {
    key: value.code,
    cells: [
      <span>
        <Read text={item_text(value)} />{" "}
        {has_words(hint) && (
          <small>
            <Say of={hint} />
          </small>
        )}
      </span>,
      <span>
        <Read text={value_text(value)} />
      </span>,
      <span class="unit">{unit_text(value) || "―"}</span>,
      <span>
        <Read text={range || "―"} />
      </span>,
      <Within value={value} />,
    ],
  };
}

function Values({ checkup }: { checkup: Checkup }): JSX.Element {
  const label = (of: string) => phrase(`checkups.column_${of}`);
  return (
    <DataTable
      caption={phrase("checkups.table", { day: date_text(checkup.day) })}
      columns={[
        { label: label("item") },
        { label: label("value"), amount: true },
        { label: label("unit") },
        { label: label("range") },
        { label: label("within") },
      ]}
      rows={checkup.values.map(row_of)}
    />
  );
}

export function Newest({ one }: { one: Examined }): JSX.Element {
  const { within, outside } = counts_of(one.checkup);
  return (
    <>
      <p class="day">
        <Read text={date_text(one.checkup.day)} />
      </p>
      <Facts one={one} />
      {within + outside > 0 && (
        <p class="result">
          {outside === 0 ? (
            <Say of="checkups.all_within" count={within} />
          ) : (
            <Say of="checkups.some_outside" {...{ within, outside }} />
          )}
        </p>
      )}
      <Values checkup={one.checkup} />
      <p class="hint">
        <Say of="checkups.range_means" />
      </p>
      <DoubtButton one={one} />
    </>
  );
}
