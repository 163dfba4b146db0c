// 「ちがうと思ったら」: the institution's counter first, then the insurer.
import { createContext, type JSX } from "preact";
import { useContext } from "preact/hooks";
import { day_of } from "../../shared/dates";
import { date_text, money, month_text } from "../../shared/phrases";
import { Say, in_japanese, phrase, text_of } from "../../shared/words";
import { DoubtDialog, OpenDoubt, Saying } from "../doubt";
import type { Line } from "./sums";

export const DoubtContext = createContext<(line: Line) => void>(() => undefined);

function subject_of({ claim }: Line): string {
  const { month, institution } = claim;
  return phrase("claims.doubt_subject", {
    month: month_text(month),
    institution: in_japanese(institution),
  });
}

function shown_of({ claim }: Line): string {
  const { kind, cost_yen, paid_yen } = claim;
  const values = { kind: phrase(`claims.kind_${kind}`), cost: money(cost_yen) };
  if (paid_yen === undefined) return phrase("claims.doubt_shown_cost", values);
  return phrase("claims.doubt_shown", { ...values, paid: money(paid_yen) });
}

// One institution may have sent several of a month.
function named({ claim }: Line): string {
  const kind = phrase(`claims.kind_${claim.kind}`);
  return phrase("claims.doubt_named", { kind, cost: money(claim.cost_yen) });
}

export function DoubtButton({ line }: { line: Line }): JSX.Element {
  const open = useContext(DoubtContext);
  return <OpenDoubt subject={`${subject_of(line)}${named(line)}`} open={() => open(line)} />;
}

export function ClaimDoubt({ line, close }: { line: Line; close: () => void }): JSX.Element {
  const { holder, as_of } = line.answer;
  const [subject, shown] = [subject_of(line), shown_of(line)];
  const day = date_text(day_of(as_of));
  return (
    <DoubtDialog line={{ subject, shown }} close={close}>
      <ol>
        <li>
          <p>
            <Say of="claims.doubt_institution" institution={in_japanese(line.claim.institution)} />
          </p>
        </li>
        <li>
          <p>
            <Say of="claims.doubt_insurer" holder={in_japanese(holder.name)} />
          </p>
          <Saying text={text_of("claims.doubt_saying", { day, subject, shown })} />
        </li>
        <li>
          <p>
            <Say of="claims.doubt_correct" />
          </p>
        </li>
      </ol>
    </DoubtDialog>
  );
}
