// A child is born: the form, the parent's signature by way of the agent, and where else the child
// is filed when an insurer has said no.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fits_utf8 } from "../shared/bytes";
import { day_phrase } from "../shared/dates";
import { Ja, Read, Say, phrase, text_of } from "../shared/words";
import { parse_day } from "./days";
import { problem_text } from "./desk";
import { holder_of } from "./numbers";
import { Asked, Choice, Field, Mistakes, Tick, type CasePart, type Wrong } from "./parts";
import { sexes, type Case, type PersonNumber, type Sex } from "./record";

const text_bytes_max = 256;

// With whom a parent is insured: what the child can be filed with.
interface WithInsurer {
  parent: number;
  insurer: PersonNumber;
}
function choices_of({ parents = [] }: Case): WithInsurer[] {
  return parents.flatMap(({ insurers }, parent) =>
    insurers.map((insurer) => ({ parent, insurer })),
  );
}

interface InsurersProps extends Pick<CasePart, "desk" | "one"> {
  chosen: number | undefined;
  set: (place: number) => void;
  wrong: Wrong[];
}

function Insurers({ desk, one, chosen, set, wrong }: InsurersProps): JSX.Element {
  const all = choices_of(one);
  const label = (place: number) => {
    const { parent, insurer } = all[place]!;
    return (
      <>
        <Ja>{one.parents![parent]!.name}</Ja> –{" "}
        <Ja>{desk.name_of(holder_of("medical", insurer))}</Ja>
      </>
    );
  };
  return (
    <Choice
      {...{ name: "insurer", legend: "window.birth_insurer", all: [...all.keys()], wrong }}
      {...{ chosen, set, label }}
    />
  );
}

// By the slip of any case of theirs: who it is this centre knows.
function OtherParent({ one, act }: Pick<CasePart, "one" | "act">): JSX.Element | null {
  const [number, set_number] = useState("");
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  if ((one.parents ?? []).length > 1) return null;
  const send = () => {
    const person = number.replace(/\s/g, "");
    const is_good = /^\d{12}$/.test(person);
    set_wrong(
      is_good ? [] : [{ id: "other-parent", text: text_of("window.wrong_other_parent") }],
    );
    if (is_good) act({ what: "parent_named", parent: { person } }, "window.said_parent_named");
  };
  return (
    <details class="data">
      <summary>
        <Say of="window.other_parent" />
      </summary>
      <Field
        id="other-parent"
        label={phrase("window.other_parent_number")}
        hint={phrase("window.other_parent_hint")}
        value={number}
        set={set_number}
        wrong={wrong}
        short
      />
      <button type="button" class="quiet" onClick={send}>
        <Say of="window.other_parent_add" />
      </button>
    </details>
  );
}

interface Form {
  name: string;
  kana: string;
  born: string;
  sex: Sex | undefined;
  relation: string;
  insurer: number | undefined;
  card: boolean;
}
const texts = ["name", "kana", "born", "relation"] as const;

function mistakes_in(form: Form): Wrong[] {
  const out: Wrong[] = [];
  const add = (id: string, key: string) => out.push({ id, text: text_of(key) });
  if (form.name.trim() === "") add("birth-name", "window.wrong_name");
  for (const name of ["name", "kana", "relation"] as const) {
    if (!fits_utf8(form[name], text_bytes_max)) add(`birth-${name}`, "window.wrong_name_long");
  }
  if (!parse_day(form.born)) add("birth-born", "window.wrong_born");
  if (form.relation.trim() === "") add("birth-relation", "window.wrong_relation");
  if (!form.sex) add("birth-sex-female", "window.wrong_sex");
  if (form.insurer === undefined) add("insurer-0", "window.wrong_insurer");
  return out;
}

interface FieldsProps {
  form: Form;
  set: (change: Partial<Form>) => void;
  wrong: Wrong[];
}
const label_of = { name: "attribute_name", kana: "attribute_kana", born: "attribute_birth_date" };

function Fields({ form, set, wrong }: FieldsProps): JSX.Element {
  return (
    <fieldset>
      <legend>
        <Say of="window.birth_child" />
      </legend>
      {texts.map((name) => (
        <Field
          key={name}
          id={`birth-${name}`}
          label={phrase(`window.${name === "relation" ? "birth_relation" : label_of[name]}`)}
          hint={phrase(`window.hint_${name}`)}
          value={form[name]}
          set={(value) => set({ [name]: value })}
          wrong={wrong}
          short={name === "born" || name === "relation"}
        />
      ))}
      <Choice
        {...{ name: "birth-sex", legend: "window.attribute_sex", all: sexes, wrong }}
        chosen={form.sex}
        set={(sex) => set({ sex })}
        label={(sex) => <Say of={`window.sex_${sex}`} />}
      />
    </fieldset>
  );
}

type FilingProps = CasePart & FieldsProps;

// With whom the child is to be insured.
function Filing({ desk, one, act, form, set, wrong }: FilingProps): JSX.Element {
  return (
    <fieldset>
      <legend>
        <Say of="window.birth_filing" />
      </legend>
      <p class="hint">
        <Say of="window.birth_filing_text" />
      </p>
      <Insurers
        {...{ desk, one, wrong }}
        chosen={form.insurer}
        set={(insurer) => set({ insurer })}
      />
      <OtherParent {...{ one, act }} />
    </fieldset>
  );
}

interface LookedProps extends Pick<CasePart, "desk" | "one"> {
  form: Form;
  close: () => void;
  send: () => void;
}

// What was typed, once more, before it is sent.
function LookThrough({ desk, one, form, close, send }: LookedProps): JSX.Element {
  const { insurer } = choices_of(one)[form.insurer!]!;
  return (
    <Asked title="window.check_title" yes="window.apply_send" close={close} act={send}>
      <p>
        <Ja>{form.name}</Ja> <Ja>{form.kana}</Ja> <Ja>{form.relation}</Ja>
      </p>
      <p>
        <Read text={day_phrase(parse_day(form.born)!)} /> <Say of={`window.sex_${form.sex!}`} />
      </p>
      <p>
        <Ja>{desk.name_of(holder_of("medical", insurer))}</Ja>
      </p>
      <p>
        <Say of={form.card ? "window.birth_with_card" : "window.birth_without_card"} />
      </p>
    </Asked>
  );
}

export function BirthForm({ desk, one, act }: CasePart): JSX.Element {
  const [form, set_form] = useState<Form>({
    ...{ name: "", kana: "", born: "", sex: undefined, relation: "" },
    ...{ insurer: undefined, card: true },
  });
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const [asked, set_asked] = useState(false);
  const set = (change: Partial<Form>) => set_form((before) => ({ ...before, ...change }));
  const look = (event: Event) => {
    event.preventDefault();
    const mistakes = mistakes_in(form);
    set_wrong(mistakes);
    set_asked(mistakes.length === 0);
  };
  const send = () => {
    set_asked(false);
    const person = {
      ...{ name: form.name.trim(), kana: form.kana.trim(), sex: form.sex! },
      ...{ address: one.parents![0]!.address, birth_date: parse_day(form.born)! },
    };
    const newborn = {
      ...{ relation: form.relation.trim(), card: form.card },
      ...choices_of(one)[form.insurer!]!,
    };
    act({ what: "applied", person, claims: [], signing: false, newborn }, "window.said_born");
  };
  return (
    <form class="apply" onSubmit={look} noValidate autocomplete="off">
      <p class="note">
        <Say of="window.birth_text" />
      </p>
      <Mistakes all={wrong} />
      <Fields {...{ form, set, wrong }} />
      <Filing {...{ desk, one, act, form, set, wrong }} />
      <Tick
        id="birth-card"
        of="window.birth_card"
        checked={form.card}
        set={(card) => set({ card })}
      />
      <button type="submit">
        <Say of="window.look_through" />
      </button>
      {asked && <LookThrough {...{ desk, one, form, send }} close={() => set_asked(false)} />}
    </form>
  );
}

// The parent's card is in the reader; the agent shows everything before the password is asked.
export function SignBirth({ desk, one }: Pick<CasePart, "desk" | "one">): JSX.Element | null {
  const [mistake, set_mistake] = useState<string>();
  const parent = one.parents?.[one.signs ?? -1];
  if (!parent) return null;
  const begin = async () => {
    set_mistake(undefined);
    const to_sign = await desk.office.sign(one.number);
    if (to_sign.ok) desk.to_agent(to_sign.value);
    else set_mistake(problem_text(to_sign.problem));
  };
  return (
    <div class="chip">
      <p>
        <Say of="window.sign_birth_text" /> <Ja>{parent.name}</Ja>
      </p>
      <button type="button" onClick={() => void begin()}>
        <Say of="window.sign_birth" />
      </button>
      <div role="alert">{mistake && <p class="mistake">{mistake}</p>}</div>
    </div>
  );
}

// The insurer has said no: nobody's fault, and the child is insured from the day of birth wherever
// it is taken in.
export function FileElsewhere({ desk, one, act }: CasePart): JSX.Element {
  const [chosen, set_chosen] = useState<number>();
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const filings = one.filings ?? [];
  const last = filings[filings.length - 1];
  const send = () => {
    const choice = chosen === undefined ? undefined : choices_of(one)[chosen];
    set_wrong(choice ? [] : [{ id: "insurer-0", text: text_of("window.wrong_insurer") }]);
    if (choice) act({ what: "filed_elsewhere", ...choice }, "window.said_filed_elsewhere");
  };
  const order = { kind: "ask_decision", item: filings.length - 1 } as const;
  return (
    <div class="chip">
      {last?.reason !== undefined && (
        <p>
          <Say of="window.declined_because" /> <Ja>{last.reason}</Ja>
        </p>
      )}
      <p>
        <Say of="window.elsewhere_text" />
      </p>
      <Mistakes all={wrong} />
      <Insurers {...{ desk, one, wrong, chosen }} set={set_chosen} />
      <OtherParent {...{ one, act }} />
      <div class="choices">
        <button type="button" onClick={send}>
          <Say of="window.file_elsewhere" />
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => act({ what: "waived", order }, "window.said_not_filed")}
        >
          <Say of="window.file_no_more" />
        </button>
      </div>
    </div>
  );
}
