// 「介護情報」: who insures the person for care, at which level and share, since when; and when nobody
// does, for whom this insurance is.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { day_of } from "../../shared/dates";
import { date_text } from "../../shared/phrases";
import { DataTable } from "../../shared/table";
import { Ja, Read, Say, in_japanese, phrase, text_of } from "../../shared/words";
import { Answered, Entry, Silent } from "../answered";
import { DoubtDialog, OpenDoubt, Saying } from "../doubt";
import { Ended } from "../eligibility/insurance";
import { name_of_person, type Cover, type Insured } from "../eligibility/insured";
import { Printed } from "../printed";
import { first_day_of, type History } from "./history";
import "./care.css";

interface Insurer {
  position: number;
  insured: Insured;
  history: History;
}

interface CareProps {
  insurers: Insurer[];
  done: boolean;
  ask_before: (position: number, first_day: string) => void;
}

// ---- the insurer's words ----

// For display in three languages only. 要介護3 and 要支援2 are the words of all insurers
// (要介護認定等に係る介護認定審査会による審査及び判定の基準等に関する省令第1条、第2条); what is none of them
// stands as the insurer writes it.
function level_text(level: string | undefined): string {
  if (level === undefined) return phrase("care.no_level");
  const found = /^要(介護|支援)([1-5])$/.exec(level);
  if (!found) return in_japanese(level);
  return phrase(`care.level_${found[1] === "介護" ? "care" : "support"}`, { level: found[2]! });
}

function category_text(category: string | undefined): string {
  const found = category && /^第([12])号$/.exec(category);
  return found ? phrase(`care.category_${found[1]}`) : in_japanese(category ?? "");
}

function share_text({ share_percent }: Cover): string {
  return phrase("eligibility.share_value", {
    tenths: share_percent / 10,
    percent: share_percent,
  });
}

function period_of({ from, to }: Cover): string {
  if (to === undefined) return phrase("eligibility.from", { day: date_text(from) });
  return phrase("care.from_to", { from: date_text(from), to: date_text(to) });
}

// ---- one insurer ----

function Now({ cover }: { cover: Cover }): JSX.Element {
  const level = level_text(cover.level);
  const help = cover.level === undefined ? "care.no_level_help" : "care.level_help";
  return (
    <>
      <dl>
        <Entry of="care.level">
          <strong>
            <Read text={level} />
          </strong>
        </Entry>
        <Entry of="care.share">
          <strong>
            <Read text={share_text(cover)} />
          </strong>
        </Entry>
        <Entry of="care.period">
          <Read text={period_of(cover)} />
        </Entry>
        <Entry of="care.number">{cover.number}</Entry>
        {cover.category !== undefined && (
          <Entry of="care.category">
            <Read text={category_text(cover.category)} />
          </Entry>
        )}
      </dl>
      {cover.special_payment && (
        <p>
          <Say of="eligibility.special_payment" />
        </p>
      )}
      <p class="hint">
        <Say of={help} />
      </p>
    </>
  );
}

function Before({ insured, history }: { insured: Insured; history: History }): JSX.Element {
  const { covers, state } = history;
  const status = useRef<HTMLParagraphElement>(null);
  // The button that was pressed is gone then.
  useEffect(() => {
    if (state === "begun") status.current!.focus();
  }, [state]);
  return (
    <>
      {covers.length > 0 && (
        <DataTable
          caption={phrase("care.before_table", { holder: in_japanese(insured.holder ?? "") })}
          columns={["period", "level", "share"].map((name) => ({ label: phrase(`care.${name}`) }))}
          rows={covers.map((cover) => ({
            key: cover.from,
            cells: [period_of(cover), level_text(cover.level), share_text(cover)].map((text) => (
              <Read text={text} />
            )),
          }))}
        />
      )}
      <p role="status" ref={status} tabIndex={-1} class={state === "asking" ? state : undefined}>
        {state === "asking" && <Say of="shell.asking" />}
        {state === "begun" && <Say of="care.nothing_before" />}
        {state === "failed" && <Say of="care.before_failed" />}
      </p>
    </>
  );
}

interface OneProps {
  of: Insurer;
  ask_before: CareProps["ask_before"];
  doubt: () => void;
}

function One({ of, ask_before, doubt }: OneProps): JSX.Element {
  const { position, insured, history } = of;
  if (insured.problem) return <Silent kind={insured.kind} code={insured.problem} />;
  const first = insured.covers.length > 0 ? first_day_of(insured, history) : undefined;
  const may_ask = first !== undefined && history.state !== "begun";
  return (
    <li class="card">
      <h2>
        <Ja>{insured.holder ?? ""}</Ja>
      </h2>
      {insured.covers.map((cover) => (
        <Now key={cover.from} cover={cover} />
      ))}
      <Ended insured={insured} />
      <Before insured={insured} history={history} />
      {may_ask && (
        <p class="no-print">
          <button
            type="button"
            class="quiet"
            aria-disabled={history.state === "asking"}
            onClick={() => history.state !== "asking" && ask_before(position, first)}
          >
            <Say of={history.covers.length > 0 ? "care.ask_further" : "care.ask_before"} />
          </button>
        </p>
      )}
      <p>
        <Answered as_of={insured.as_of ?? 0} />
      </p>
      <OpenDoubt subject={subject_of(insured)} open={doubt} />
    </li>
  );
}

function subject_of({ holder = "" }: Insured): string {
  return phrase("care.doubt_subject", { holder: in_japanese(holder) });
}

function Doubt({ insured, close }: { insured: Insured; close: () => void }): JSX.Element {
  const holder = in_japanese(insured.holder ?? "");
  const subject = subject_of(insured);
  const [cover] = insured.covers;
  const shown = cover
    ? phrase("care.doubt_shown", { level: level_text(cover.level), share: share_text(cover) })
    : phrase("care.doubt_shown_none");
  const day = date_text(day_of(insured.as_of ?? 0));
  return (
    <DoubtDialog line={{ subject, shown }} close={close}>
      <ol>
        <li>
          <p>
            <Say of="care.doubt_ask" holder={holder} />
          </p>
          <Saying text={text_of("care.doubt_saying", { day, subject, shown })} />
        </li>
        <li>
          <p>
            <Say of="care.doubt_decision" />
          </p>
        </li>
      </ol>
    </DoubtDialog>
  );
}

// ---- the page ----

// For whom it is: 介護保険法第9条.
function ForWhom(): JSX.Element {
  return (
    <section aria-labelledby="for-whom-name">
      <h2 id="for-whom-name">
        <Say of="care.for_whom" />
      </h2>
      <ul>
        {["old", "middle", "young"].map((name) => (
          <li key={name}>
            <Say of={`care.for_${name}`} />
          </li>
        ))}
      </ul>
      <h3>
        <Say of="care.where" />
      </h3>
      <ul>
        {["municipality", "centre"].map((name) => (
          <li key={name}>
            <Say of={`care.where_${name}`} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function status_of({ insurers, done }: CareProps): string {
  if (!done) return "shell.asking";
  if (insurers.some(({ insured }) => insured.problem)) return "care.incomplete";
  return insurers.some(({ insured }) => insured.covers.length > 0) ? "care.insured" : "care.nobody";
}

export function Care(props: CareProps): JSX.Element {
  const { insurers, done, ask_before } = props;
  const [doubted, set_doubted] = useState<Insured | null>(null);
  const is_insured = insurers.some(({ insured }) => insured.covers.length > 0);
  const status = status_of(props);
  return (
    <div class="care on-paper">
      <Printed name={in_japanese(name_of_person(insurers.map(({ insured }) => insured)) ?? "")} />
      <p>
        <Say of="care.intro" />
      </p>
      <p role="status" class={done ? undefined : "asking"}>
        <Say of={status} />
      </p>
      {insurers.length > 0 && (
        <ul class="cards">
          {insurers.map((one) => (
            <One
              key={one.position}
              of={one}
              ask_before={ask_before}
              doubt={() => set_doubted(one.insured)}
            />
          ))}
        </ul>
      )}
      {done && !is_insured && <ForWhom />}
      {is_insured && (
        <>
          <p class="hint">
            <Say of="care.not_here" />
          </p>
          <p class="no-print">
            <button type="button" class="quiet" onClick={() => print()}>
              <Say of="care.print" />
            </button>
          </p>
        </>
      )}
      {doubted && <Doubt insured={doubted} close={() => set_doubted(null)} />}
    </div>
  );
}
