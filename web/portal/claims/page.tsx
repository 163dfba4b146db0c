// 「レセプト情報」: what every medical insurer has of the person's claims, month by month. Answers are
// shown as they come; who does not answer leaves a gap that is named.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Patterns } from "../../shared/chart";
import type { OwnRecord } from "../../shared/ask";
import { Say } from "../../shared/words";
import { Progress, Section } from "../answered";
import { read_answers } from "../own";
import { Printed } from "../printed";
import { ClaimDoubt, DoubtContext } from "./doubt";
import { Filters } from "./filters";
import { Insurers } from "./insurers";
import { Keep } from "./keep";
import { List } from "./list";
import { Months } from "./months";
import { read_claims, type Answer, type Period } from "./record";
import { filtered, institutions_of, lines_of, period_of, type Line } from "./sums";
import "./claims.css";

interface ClaimsProps {
  records: OwnRecord[];
  done: boolean; // nobody is left to ask
  asked: Period; // of the records
  today: string; // "2026-11-26"
  months: number; // shown, at most those that were asked
  choose: (months: number) => void;
  ask_again: () => void;
}

// The button goes away with what is missing, so the focus goes to what comes instead.
function Missing({ ask_again }: { ask_again: () => void }): JSX.Element {
  const press = () => {
    document.getElementById("progress")?.focus();
    ask_again();
  };
  return (
    <div class="warning">
      <p>
        <Say of="claims.missing" />
      </p>
      <button type="button" class="quiet" onClick={press}>
        <Say of="claims.ask_again" />
      </button>
    </div>
  );
}

interface RecordsProps {
  answers: Answer[];
  lines: Line[];
  period: Period;
  today: string;
}

function Records({ answers, lines, period, today }: RecordsProps): JSX.Element {
  if (lines.length === 0) {
    return (
      <p>
        <Say of="claims.no_claims" />
      </p>
    );
  }
  return (
    <>
      <Section id="paid" title="claims.paid">
        <Months answers={answers} lines={lines} period={period} />
      </Section>
      <Section id="list" title="claims.list">
        <List lines={lines} several={answers.length > 1} />
      </Section>
      <Section id="keep" title="claims.keep">
        <Keep lines={lines} today={today} />
      </Section>
    </>
  );
}

export function Claims(props: ClaimsProps): JSX.Element {
  const { records, done, asked, today, months } = props;
  const [doubted, set_doubted] = useState<Line | null>(null);
  const [institution, set_institution] = useState("");
  const read = read_answers(records, (data) => read_claims(data, asked));
  const { answers, silent } = read;
  const period = period_of(today, months);
  const all = lines_of(answers, period);
  const institutions = institutions_of(all);
  const chosen = institutions.includes(institution) ? institution : "";
  const lines = filtered(all, chosen);
  return (
    <DoubtContext.Provider value={set_doubted}>
      <div class="claims on-paper">
        <Printed />
        <Patterns />
        <p>
          <Say of="claims.intro" />
        </p>
        <Filters
          {...{ months, institutions, chosen, shown: lines.length, all: all.length }}
          choose_months={props.choose}
          choose_institution={set_institution}
        />
        <Progress read={read} done={done} nobody="claims.no_insurer" />
        {done && silent.length > 0 && <Missing ask_again={props.ask_again} />}
        {(answers.length > 0 || silent.length > 0) && (
          <Section id="insurers" title="claims.insurers">
            <Insurers {...{ read, period, months }} institution={chosen} />
          </Section>
        )}
        {answers.length > 0 && <Records {...{ answers, lines, period, today }} />}
        {doubted && <ClaimDoubt line={doubted} close={() => set_doubted(null)} />}
      </div>
    </DoubtContext.Provider>
  );
}
