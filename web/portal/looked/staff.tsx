// 職員の閲覧: to whom in its own house a holder has shown the person's records, as the holder says.
// To ask is an order too, so it is asked only when the person wants it.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { time_text } from "../../shared/dates";
import { Members, type JsonObject } from "../../shared/json";
import { refuse } from "../../shared/result";
import { DataTable } from "../../shared/table";
import { Ja, Say, in_japanese, phrase } from "../../shared/words";
import { Answered, Progress, Silent } from "../answered";
import { read_answers, told_silences, use_own, type Answer } from "../own";
import type { Context } from "../../site/shell";

const ways = ["list", "found", "record", "paper", "known"] as const;

interface StaffLook {
  at: number; // Unix time
  office: string;
  what: (typeof ways)[number];
}
interface StaffLooks {
  looks: StaffLook[]; // newest first
  more: boolean;
}

// docs/protocols/gateway.md, `staff-looks`; refused whole when it is not of that form.
export function read_staff_looks(data: JsonObject): StaffLooks {
  const members = new Members(data);
  members.text("from", 7);
  members.text("to", 7);
  const more = members.boolean("more");
  const looks = members.objects("looks", 400).map((one) => {
    const look = new Members(one);
    const out = {
      at: look.integer("at"),
      office: look.text("office", 256),
      what: look.one_of("what", ways),
    };
    look.finish();
    return out;
  });
  members.finish();
  if (looks.some((look, i) => i > 0 && look.at > looks[i - 1]!.at)) {
    refuse("looks are not newest first");
  }
  return { looks, more };
}

function OfOne({ answer }: { answer: Answer<StaffLooks> }): JSX.Element {
  const { holder, document, as_of } = answer;
  if (document.looks.length === 0) {
    return (
      <p role="status">
        <Say of="looked.staff_none" />
      </p>
    );
  }
  return (
    <>
      <DataTable
        caption={phrase("looked.staff_caption", { holder: in_japanese(holder.name) })}
        columns={["at", "office", "what"].map((name) => ({
          label: phrase(`looked.staff_${name}`),
        }))}
        rows={document.looks.map((look, i) => ({
          key: i,
          cells: [
            time_text(look.at),
            <Ja>{look.office}</Ja>,
            <Say of={`looked.staff_what_${look.what}`} />,
          ],
        }))}
      />
      {document.more && (
        <p>
          <Say of="looked.staff_more" />
        </p>
      )}
      <p>
        <Answered as_of={as_of} />
      </p>
    </>
  );
}

function Asked({ context }: { context: Context }): JSX.Element {
  const [attempt, set_attempt] = useState(0);
  // The button that was pressed is gone.
  useEffect(() => document.getElementById("staff-progress")?.focus(), [attempt]);
  const { records, done, waiting } = use_own(context, "staff-looks", { attempt });
  const read = read_answers(records, read_staff_looks);
  return (
    <>
      <Progress {...{ read, done, waiting }} nobody="looked.staff_nobody" id="staff-progress" />
      {read.answers.map((answer) => (
        <OfOne key={`${answer.kind} ${answer.position}`} answer={answer} />
      ))}
      {done && read.silent.length > 0 && (
        <>
          <ul class="sources">
            {told_silences(read.silent, new Map()).map((one) => (
              <Silent {...one} />
            ))}
          </ul>
          <p role="status">
            <Say of="looked.staff_failed" />
          </p>
          <p>
            <button type="button" class="quiet" onClick={() => set_attempt(attempt + 1)}>
              <Say of="looked.staff_again" />
            </button>
          </p>
        </>
      )}
    </>
  );
}

export function Staff({ context }: { context: Context }): JSX.Element {
  const [wanted, set_wanted] = useState(false);
  return (
    <section aria-labelledby="staff-name">
      <h2 id="staff-name">
        <Say of="looked.staff_title" />
      </h2>
      <p class="hint">
        <Say of="looked.staff_hint" />
      </p>
      {wanted ? (
        <Asked context={context} />
      ) : (
        <p>
          <button type="button" class="quiet" onClick={() => set_wanted(true)}>
            <Say of="looked.staff_ask" />
          </button>
        </p>
      )}
    </section>
  );
}
