// What a clerk can begin for somebody who is known. A stop comes first: it takes back nothing that
// cannot be given again, and each minute counts.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Ja, Say, text_of } from "../shared/words";
import type { Desk } from "./desk";
import type { Opening } from "./office";
import { Asked, Choice, Mistakes, Tick, type Wrong } from "./parts";
import { uses, type CaseKind, type KnownPerson, type Use } from "./record";

// A renewal begins at home; and who has another authority's card is not known yet.
type KnownKind = Exclude<CaseKind, "first" | "renewal" | "existing">;
const others = [
  ...(["replacement", "exchange", "unlock", "change", "number", "birth", "return", "end"] as const),
] as const;
// Of somebody who lives elsewhere: what brings the number of where they live now.
const of_arrivals: readonly KnownKind[] = ["change", "return"];

// As apps/issuer/words.cpp has them.
export const reasons: Record<KnownKind, readonly string[]> = {
  stop: ["lost", "by-request"],
  replacement: ["lost", "damaged", "expiring", "compromised", "by-request"],
  exchange: [],
  unlock: [],
  change: [],
  birth: [],
  return: [],
  end: ["death", "abroad", "returned"],
  number: ["misuse", "by-request"],
};

// Of a card that works now, and that this centre has keys for: no other one has its PIN set anew.
function active_uses({ cards }: KnownPerson): Use[] {
  const ours = cards.filter((card) => card.status === "active" && !card.foreign);
  return uses.filter((use) => ours.some((card) => card.use === use));
}

// Of another authority's card only this system hears.
function texts_of(kind: KnownKind, { cards }: KnownPerson): string[] {
  const text = `window.open_${kind}_text`;
  const held = cards.filter(({ status }) => status !== "revoked");
  const foreign = held.filter((card) => card.foreign);
  if (foreign.length === 0) return [text];
  if (kind === "replacement") return [text, `${text}_foreign`];
  if (kind !== "stop") return [text];
  return [...(foreign.length < held.length ? [text] : []), `${text}_foreign`];
}

interface PinsProps {
  choices: Use[];
  chosen: Use[];
  set: (chosen: Use[]) => void;
  wrong: Wrong[];
}

// Whose PINs are set anew.
function Pins({ choices, chosen, set, wrong }: PinsProps): JSX.Element {
  const tick = (use: Use, checked: boolean) =>
    set(uses.filter((one) => (one === use ? checked : chosen.includes(one))));
  return (
    <fieldset class="plain-set">
      <legend>
        <Say of="window.which_pins" />
      </legend>
      {choices.map((use) => (
        <Tick
          key={use}
          id={`use-${use}`}
          of={`window.pin_${use}`}
          checked={chosen.includes(use)}
          set={(checked) => tick(use, checked)}
          wrong={wrong}
        />
      ))}
    </fieldset>
  );
}

interface QuestionProps {
  kind: KnownKind;
  one: KnownPerson;
  close: () => void;
  begin: (wanted: Opening) => void;
}

function Question({ kind, one, close, begin }: QuestionProps): JSX.Element {
  const [reason, set_reason] = useState(kind === "stop" ? "lost" : undefined);
  const [chosen, set_chosen] = useState<Use[]>([]);
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const choices = kind === "unlock" ? active_uses(one) : [];
  const send = () => {
    const mistakes: Wrong[] = [];
    if (reasons[kind].length > 0 && reason === undefined) {
      mistakes.push({ id: `reason-${reasons[kind][0]}`, text: text_of("window.wrong_choice") });
    }
    if (kind === "unlock" && chosen.length === 0) {
      mistakes.push({ id: `use-${choices[0]}`, text: text_of("window.wrong_uses") });
    }
    set_wrong(mistakes);
    if (mistakes.length > 0) return;
    close();
    begin({
      ...{ kind, person: one.person },
      ...(reason === undefined ? {} : { reason }),
      ...(kind === "unlock" ? { uses: chosen } : {}),
    });
  };
  return (
    <Asked title={`window.open_${kind}_title`} yes={`window.open_${kind}`} close={close} act={send}>
      {one.name !== undefined && (
        <p class="of-whom">
          <Ja>{one.name}</Ja>
        </p>
      )}
      {texts_of(kind, one).map((text) => (
        <p key={text}>
          <Say of={text} />
        </p>
      ))}
      <Mistakes all={wrong} />
      {reasons[kind].length > 0 && (
        <Choice
          {...{ name: "reason", legend: "window.reason", all: reasons[kind], wrong }}
          chosen={reason}
          set={set_reason}
          label={(one) => <Say of={`window.reason_${one}`} />}
        />
      )}
      {choices.length > 0 && <Pins {...{ choices, chosen, wrong }} set={set_chosen} />}
      <p>
        <strong>
          <Say of="window.then" />
        </strong>{" "}
        <Say of={`window.open_${kind}_next`} />
      </p>
    </Asked>
  );
}

interface BeginProps {
  desk: Desk;
  one: KnownPerson;
  begin: (wanted: Opening) => void;
}

export function Begin({ desk, one, begin }: BeginProps): JSX.Element | null {
  const [asked, set_asked] = useState<KnownKind>();
  const may_all = desk.roles.has("window");
  if (!may_all && !desk.roles.has("hotline")) return null;
  const has_card = one.cards.some(({ status }) => status !== "revoked");
  const offered = others
    .filter((kind) => kind !== "unlock" || active_uses(one).length > 0)
    .filter((kind) => one.elsewhere === undefined || of_arrivals.includes(kind));
  const button = (kind: KnownKind, style: string) => (
    <button key={kind} type="button" class={style} onClick={() => set_asked(kind)}>
      <Say of={`window.open_${kind}`} />
      <span class="visually-hidden">
        {one.name !== undefined && <Say of="window.about" what={one.name} />}
      </span>
    </button>
  );
  return (
    <>
      {has_card && <p class="first">{button("stop", "stop")}</p>}
      {may_all && one.name !== undefined && (
        <div class="choices" role="group" aria-label={text_of("window.other_work")}>
          {offered.map((kind) => button(kind, "quiet"))}
        </div>
      )}
      {asked && <Question kind={asked} {...{ one, begin }} close={() => set_asked(undefined)} />}
    </>
  );
}
