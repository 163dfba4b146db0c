// 「特定健診結果」: what every medical insurer has of the person's check-ups, the newest in full and all
// of them over the years. Answers are shown as they come; who does not answer leaves a named gap.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { OwnRecord } from "../../shared/ask";
import { Patterns } from "../../shared/chart";
import { date_text, month_text } from "../../shared/phrases";
import { Ja, Read, Say } from "../../shared/words";
import { Answered, Progress, Section, Silent } from "../answered";
import { read_answers, type Answers } from "../own";
import { Printed } from "../printed";
import { Change } from "./change";
import { CheckupDoubt, DoubtButton, DoubtContext } from "./doubt";
import { Facts, Newest } from "./one";
import { read_checkups, type CheckupsDocument } from "./record";
import { all_of, type Examined } from "./years";
import "./checkups.css";

const reasons = ["under_40", "work", "late", "not_gone", "home", "older"] as const;

// Why a check-up may not stand here.
function Why(): JSX.Element {
  return (
    <ul>
      {reasons.map((reason) => (
        <li key={reason}>
          <Say of={`checkups.why_${reason}`} />
        </li>
      ))}
    </ul>
  );
}

function Insurers({ read }: { read: Answers<CheckupsDocument> }): JSX.Element {
  return (
    <ul class="cards">
      {read.answers.map(({ position, holder, as_of, document }) => (
        <li key={position} class="card">
          <h3>
            <Ja>{holder.name}</Ja>
          </h3>
          <p>
            {document.checkups.length > 0 ? (
              <Say of="checkups.count" count={document.checkups.length} />
            ) : (
              <Say of="checkups.count_none" />
            )}
          </p>
          <p>
            <Say of="checkups.arrived" month={month_text(document.arrived_to)} />
          </p>
          <Answered as_of={as_of} />
        </li>
      ))}
      {read.silent.map(({ kind, position, code }) => (
        <Silent key={position} kind={kind} code={code} />
      ))}
    </ul>
  );
}

function Earlier({ all }: { all: Examined[] }): JSX.Element {
  return (
    <ul class="cards">
      {all.map((one) => (
        <li key={`${one.answer.position}-${one.checkup.id}`} class="card">
          <h3>
            <Read text={date_text(one.checkup.day)} />
          </h3>
          <Facts one={one} />
          <DoubtButton one={one} />
        </li>
      ))}
    </ul>
  );
}

function Records({ all }: { all: Examined[] }): JSX.Element {
  return (
    <>
      <Section id="newest" title="checkups.newest">
        <Newest one={all[0]!} />
      </Section>
      {all.length > 1 && (
        <>
          <Section id="change" title="checkups.change">
            <Change all={all} />
          </Section>
          <Section id="earlier" title="checkups.earlier">
            <Earlier all={all.slice(1)} />
          </Section>
        </>
      )}
      <p>
        <button type="button" class="quiet no-print" onClick={() => print()}>
          <Say of="checkups.print" />
        </button>
      </p>
    </>
  );
}

// Not before everybody was asked; of somebody whom nobody insures the status says so.
function Nothing({ read, done }: { read: Answers<unknown>; done: boolean }): JSX.Element | null {
  return !done || read.answers.length === 0 ? null : (
    <p>
      <Say of="checkups.none" />
    </p>
  );
}

interface CheckupsProps {
  records: OwnRecord[];
  done: boolean; // nobody is left to ask
}

export function Checkups({ records, done }: CheckupsProps): JSX.Element {
  const [doubted, set_doubted] = useState<Examined | null>(null);
  const read = read_answers(records, read_checkups);
  const all = all_of(read.answers);
  return (
    <DoubtContext.Provider value={set_doubted}>
      <div class="checkups on-paper">
        <Printed />
        <Patterns />
        <p>
          <Say of="checkups.intro" />
        </p>
        <Progress read={read} done={done} nobody="checkups.no_insurer" />
        {done && read.silent.length > 0 && (
          <p class="warning">
            <Say of="checkups.missing" />
          </p>
        )}
        {all.length > 0 ? <Records all={all} /> : <Nothing read={read} done={done} />}
        {(done || all.length > 0) && (
          <Section id="why" title="checkups.why">
            <Why />
          </Section>
        )}
        {(read.answers.length > 0 || read.silent.length > 0) && (
          <Section id="insurers" title="checkups.insurers">
            <Insurers read={read} />
          </Section>
        )}
        {doubted && <CheckupDoubt one={doubted} close={() => set_doubted(null)} />}
      </div>
    </DoubtContext.Provider>
  );
}
