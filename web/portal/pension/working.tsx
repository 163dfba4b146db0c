// 「働きながら受けとるとき」: up to which pay nothing of the employees' pension is stopped, and from
// which on nothing is left. Both figures are the holder's; this file only says them.
import type { JSX } from "preact";
import { has_words, phrase, Say } from "../../shared/words";
import { Section } from "../answered";
import { fiscal_text, money } from "./format";
import type { PensionDocument, Working as WorkingFigures } from "./record";

export function has_working(document: PensionDocument | undefined): document is PensionDocument {
  return Boolean(document?.working ?? document?.working_unknown);
}

export function Working({ document }: { document: PensionDocument }): JSX.Element {
  const { working, working_unknown, receiving } = document;
  const why = `pension.unknown.${working_unknown}`;
  return (
    <Section id="working" title="pension.working.title">
      {working ? (
        <Figures working={working} receives={receiving !== null} />
      ) : (
        <p>
          <Say
            of="pension.working.unknown"
            reason={phrase(has_words(why) ? why : "pension.unknown.other")}
          />
        </p>
      )}
      <p>
        <Say of="pension.working.basic" />
      </p>
    </Section>
  );
}

interface FiguresProps {
  working: WorkingFigures;
  receives: boolean;
}

function Figures({ working, receives }: FiguresProps): JSX.Element {
  const values = {
    free: money(working.free_until_yen),
    none: money(working.none_from_yen),
    pension: money(working.pension_yen),
    limit: money(working.limit_yen),
    year: fiscal_text(working.fiscal_year),
  };
  const whose = receives ? "pension.working.received" : "pension.working.expected";
  return (
    <>
      <p>
        <Say of="pension.working.free" {...values} />
      </p>
      <p>
        <Say of="pension.working.none" {...values} />
      </p>
      <ul class="note">
        <li>
          <Say of="pension.working.pay" />
        </li>
        <li>
          <Say of="pension.working.limit" {...values} />
        </li>
        <li>
          <Say of={whose} {...values} />
        </li>
        <li>
          <Say of="pension.working.deferral" />
        </li>
      </ul>
    </>
  );
}
