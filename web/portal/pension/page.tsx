// 「年金情報の閲覧」: what every holder of the person's pension records answered, side by side and
// added up. Answers are shown as they come; who does not answer leaves a gap that is named.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { OwnRecord } from "../../shared/ask";
import { Patterns } from "../../shared/chart";
import { Say, in_japanese, text_of } from "../../shared/words";
import { Progress, Section } from "../answered";
import { Printed } from "../printed";
import { Missing, Sources, is_whole } from "./answered";
import { Contributions } from "./contributions";
import { DoubtContext, PensionDoubt, type Line } from "./doubt";
import { Expected } from "./expected";
import { name_text } from "./format";
import { Glance } from "./glance";
import { Months } from "./months";
import { read_records, type Records } from "./record";
import { Schemes, life_of } from "./schemes";
import { Working, has_working } from "./working";
import "./pension.css";

interface PensionProps {
  records: OwnRecord[];
  done: boolean; // nobody is left to ask
  today: string; // "2026-11-26"
}

// As the state writes it, else as the first body does.
function name_of({ answers }: Records): string {
  const state = answers.find(({ document }) => document.body === "state");
  const name = (state ?? answers[0])?.document.name ?? "";
  return in_japanese(name_text(name));
}

export function Pension({ records, done, today }: PensionProps): JSX.Element {
  const [doubted, set_doubted] = useState<Line | null>(null);
  const read = read_records(records);
  const nobody = read.answers.length === 0;
  const no_holder = done && nobody && read.silent.length === 0;
  return (
    <DoubtContext.Provider value={set_doubted}>
      <div class="pension on-paper">
        <Printed name={name_of(read)} />
        <Patterns />
        <Progress read={read} done={done} nobody="pension.nobody" />
        {done && !no_holder && !is_whole(read, done) && <Missing records={read} />}
        {no_holder && <NoHolder />}
        {!nobody && <Figures {...{ read, done, today }} />}
        {(!nobody || read.silent.length > 0) && (
          <Section id="answered" title="pension.answered.title">
            <Sources records={read} />
          </Section>
        )}
        {doubted && <PensionDoubt line={doubted} close={() => set_doubted(null)} />}
      </div>
    </DoubtContext.Provider>
  );
}

function NoHolder(): JSX.Element {
  return (
    <>
      <p>
        <Say of="pension.no_holder.when" />
      </p>
      <p>
        <Say of="pension.no_holder.then" />
      </p>
    </>
  );
}

interface FiguresProps {
  read: Records;
  done: boolean;
  today: string;
}

function Figures({ read, done, today }: FiguresProps): JSX.Element {
  const { answers } = read;
  const state = answers.find(({ document }) => document.body === "state");
  const name = name_of(read);
  const life = life_of(answers, today)!;
  const months = state?.document.months ?? [];
  const working = has_working(state?.document) ? state.document : null;
  const parts = ["schemes", "contributions", "expected", "working", "months", "answered"];
  return (
    <>
      <Glance answers={answers} today={today} is_whole={is_whole(read, done)} />
      <nav class="contents" aria-label={text_of("pension.contents.title")}>
        <ul>
          {parts
            .filter((id) => id !== "working" || working)
            .map((id) => (
              <li key={id}>
                <a href={`#${id}`}>
                  <Say of={`pension.contents.${id}`} />
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <Section id="schemes" title="pension.schemes.title" name={name}>
        <Schemes answers={answers} life={life} />
      </Section>
      <Section id="contributions" title="pension.contributions.title" name={name}>
        <Contributions answers={answers} life={life} />
      </Section>
      <Section id="expected" title="pension.expected.title" name={name}>
        <Expected answers={answers} is_whole={is_whole(read, done)} />
      </Section>
      {working && <Working document={working} />}
      <Section id="months" title="pension.months.title" name={name}>
        {state && months.length > 0 ? (
          <Months answer={state} today={today} />
        ) : (
          <p>
            <Say of="pension.months.none" />
          </p>
        )}
      </Section>
    </>
  );
}
