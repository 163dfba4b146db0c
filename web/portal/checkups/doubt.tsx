// 「ちがうと思ったら」: the place of the check-up first, then the insurer.
import { createContext, type JSX } from "preact";
import { useContext } from "preact/hooks";
import { day_of } from "../../shared/dates";
import { date_text } from "../../shared/phrases";
import { Say, in_japanese, phrase, text_of } from "../../shared/words";
import { DoubtDialog, OpenDoubt, Saying } from "../doubt";
import type { Examined } from "./years";

export const DoubtContext = createContext<(one: Examined) => void>(() => undefined);

function subject_of({ checkup }: Examined): string {
  const { day, institution } = checkup;
  return phrase("checkups.doubt_subject", {
    day: date_text(day),
    institution: in_japanese(institution),
  });
}

export function DoubtButton({ one }: { one: Examined }): JSX.Element {
  const open = useContext(DoubtContext);
  return <OpenDoubt subject={subject_of(one)} open={() => open(one)} />;
}

export function CheckupDoubt({ one, close }: { one: Examined; close: () => void }): JSX.Element {
  const { checkup, answer } = one;
  const subject = subject_of(one);
  const shown = phrase("checkups.doubt_shown", { count: checkup.values.length });
  const day = date_text(day_of(answer.as_of));
  return (
    <DoubtDialog line={{ subject, shown }} close={close}>
      <ol>
        <li>
          <p>
            <Say of="checkups.doubt_institution" institution={in_japanese(checkup.institution)} />
          </p>
        </li>
        <li>
          <p>
            <Say of="checkups.doubt_insurer" holder={in_japanese(answer.holder.name)} />
          </p>
          <Saying text={text_of("checkups.doubt_saying", { day, subject })} />
        </li>
        <li>
          <p>
            <Say of="checkups.doubt_correct" />
          </p>
        </li>
      </ol>
    </DoubtDialog>
  );
}
