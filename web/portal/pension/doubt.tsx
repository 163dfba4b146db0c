// 「ちがうと思ったら」: whom to call about one line of the record, and what to say.
import { createContext, type JSX } from "preact";
import { useContext } from "preact/hooks";
import { day_of } from "../../shared/dates";
import { Say, in_japanese, text_of } from "../../shared/words";
import { DoubtDialog, OpenDoubt, Saying, type DoubtLine } from "../doubt";
import { date_text } from "./format";
import type { Answer } from "./record";

export interface Line extends DoubtLine {
  answer: Answer;
}

export const DoubtContext = createContext<(line: Line) => void>(() => undefined);

export function DoubtButton(line: Line): JSX.Element {
  const open = useContext(DoubtContext);
  return <OpenDoubt subject={line.subject} open={() => open(line)} />;
}

function saying({ subject, shown, answer }: Line): string {
  return text_of("pension.doubt.saying", {
    holder: answer.holder.name,
    day: date_text(day_of(answer.as_of)),
    subject,
    shown,
  });
}

function Steps({ line }: { line: Line }): JSX.Element {
  const { office } = line.answer.document;
  return (
    <ol>
      <li>
        <p>
          <Say of="pension.doubt.call" office={in_japanese(office.name)} />
        </p>
        <p class="telephone">
          <a href={`tel:${office.telephone.replace(/[^\d+]/g, "")}`}>{office.telephone}</a>
        </p>
      </li>
      <li>
        <p>
          <Say of="pension.doubt.tell" />
        </p>
        <Saying text={saying(line)} />
      </li>
      <li>
        <p>
          <Say
            of={`pension.doubt.correct_${line.answer.document.body === "state" ? "state" : "fund"}`}
          />
        </p>
      </li>
    </ol>
  );
}

interface DialogProps {
  line: Line;
  close: () => void;
}

export function PensionDoubt({ line, close }: DialogProps): JSX.Element {
  return (
    <DoubtDialog line={line} close={close}>
      <Steps line={line} />
    </DoubtDialog>
  );
}
