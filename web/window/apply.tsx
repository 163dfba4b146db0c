// ②: the application as the person brought it, with the numbers of the cards that were shown.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fits_utf8 } from "../shared/bytes";
import { day_phrase } from "../shared/dates";
import { Ja, Read, Say, in_japanese, phrase, text_of } from "../shared/words";
import { parse_day } from "./days";
import { role_phrase } from "./desk";
import { NumberFields, mistakes_of } from "./number_fields";
import { forms, normalised, number_of, type Typed } from "./numbers";
import { Asked, Choice, Field, Mistakes, Tick, type CasePart, type Wrong } from "./parts";
import { roles, sexes, type Case, type CaseKind, type Person, type Role, type Sex } from "./record";

interface Form {
  name: string;
  kana: string;
  born: string;
  sex: Sex | undefined;
  address: string;
  signing: boolean;
  no_insurance: boolean;
  numbers: Record<Role, Typed>;
}
const nothing: Form = {
  ...{ name: "", kana: "", born: "", sex: undefined, address: "" },
  ...{ signing: false, no_insurance: false },
  numbers: { resident: {}, medical: {}, pension: {}, care: {} },
};

// What is known already: by an earlier case, or by whoever invited the person.
type From = "known" | "invited";
interface Filled {
  from: From | undefined;
  form: Form;
}

function filled_of({ known, invited, signing }: Case): Filled {
  const person = invited?.person ?? known;
  if (!person) return { from: undefined, form: nothing };
  const { birth_date, ...others } = person;
  const numbers = { ...nothing.numbers };
  for (const { role, number } of [...(invited?.claims ?? [])].reverse()) {
    numbers[role] = number.fields;
  }
  const form = { ...nothing, ...others, born: birth_date, numbers };
  form.signing = invited?.signing ?? signing;
  return { from: invited ? "invited" : "known", form };
}

// Of what was filled in each field says so, in words: it is to be confirmed; or what it was before.
function note_of(from: From | undefined, was: string, now: string): string | undefined {
  if (from === undefined || was === "") return undefined;
  if (was === now) return phrase(`window.filled_${from}`);
  return phrase("window.filled_before", { what: in_japanese(was) });
}

const name_bytes_max = 256;
const reading = /^[\p{Script=Hiragana}\p{Script=Katakana}ーｰﾞﾟ・\s]*$/u;

function is_typed(typed: Typed): boolean {
  return Object.values(typed).some((value) => value.trim() !== "");
}

// Pension and care are of whoever has them; the insurance card is shown, or it is said that there
// is none. In a change only what is new is entered.
function is_applied(role: Role, form: Form, kind: CaseKind): boolean {
  if (role === "resident") return true;
  if (role === "medical" && kind !== "change") return !form.no_insurance;
  return is_typed(form.numbers[role]);
}

function mistakes_in(form: Form, kind: CaseKind): Wrong[] {
  const out: Wrong[] = [];
  const add = (id: string, key: string) => out.push({ id: `apply-${id}`, text: text_of(key) });
  if (form.name.trim() === "") add("name", "window.wrong_name");
  else if (!fits_utf8(form.name, name_bytes_max)) add("name", "window.wrong_name_long");
  if (!reading.test(form.kana)) add("kana", "window.wrong_kana");
  else if (!fits_utf8(form.kana, name_bytes_max)) add("kana", "window.wrong_name_long");
  if (!parse_day(form.born)) add("born", "window.wrong_born");
  if (!form.sex) add("sex-female", "window.wrong_sex");
  if (form.address.trim() === "") add("address", "window.wrong_address");
  else if (!fits_utf8(form.address, 2 * name_bytes_max)) add("address", "window.wrong_name_long");
  for (const role of roles) {
    if (!is_applied(role, form, kind)) continue;
    if (role === "medical" && !is_typed(form.numbers.medical)) {
      add(`medical-${forms.medical.fields[0]!.name}`, "window.wrong_no_insurance");
    } else {
      out.push(...mistakes_of(`apply-${role}`, role, form.numbers[role]));
    }
  }
  return out;
}

function person_of(form: Form): Person {
  return {
    name: form.name.trim(),
    kana: form.kana.trim(),
    sex: form.sex!,
    address: form.address.trim(),
    birth_date: parse_day(form.born)!,
  };
}

interface Part {
  filled: Filled;
  form: Form;
  set: (change: Partial<Form>) => void;
  wrong: Wrong[];
}

function Born({ filled, form, set, wrong }: Part): JSX.Element {
  const born = parse_day(form.born);
  const was = filled.form.born;
  return (
    <Field
      id="apply-born"
      label={phrase("window.attribute_birth_date")}
      hint={phrase("window.hint_born")}
      value={form.born}
      set={(value) => set({ born: value })}
      wrong={wrong}
      short
      note={note_of(filled.from, was, born === was ? was : form.born)}
      beside={
        born && (
          <span class="hint understood">
            <Read text={phrase("window.understood", { day: day_phrase(born) })} />
          </span>
        )
      }
    />
  );
}

function SexChoice({ filled, form, set, wrong }: Part): JSX.Element {
  const { from } = filled;
  const name_of = (sex: Sex | undefined) => (sex ? text_of(`window.sex_${sex}`) : "");
  const note = note_of(from, name_of(filled.form.sex), name_of(form.sex));
  return (
    <Choice
      {...{ name: "apply-sex", legend: "window.attribute_sex", all: sexes, wrong, note }}
      chosen={form.sex}
      set={(sex) => set({ sex })}
      label={(sex) => <Say of={`window.sex_${sex}`} />}
    />
  );
}

function Attributes(part: Part): JSX.Element {
  const { filled, form, set, wrong } = part;
  const text = (name: "name" | "kana" | "address") => (
    <Field
      id={`apply-${name}`}
      label={phrase(`window.attribute_${name}`)}
      hint={phrase(`window.hint_${name}`)}
      value={form[name]}
      set={(value) => set({ [name]: value })}
      wrong={wrong}
      note={note_of(filled.from, filled.form[name], form[name])}
    />
  );
  return (
    <fieldset>
      <legend>
        <Say of="window.person" />
      </legend>
      {text("name")}
      {text("kana")}
      <Born {...part} />
      <SexChoice {...part} />
      {text("address")}
    </fieldset>
  );
}

function Numbers(props: Part & { role: Role; kind: CaseKind }): JSX.Element {
  const { role, kind, filled, form, set, wrong } = props;
  const value_of = (typed: Typed, field: string) => normalised(typed[field] ?? "");
  const note = (field: string) =>
    note_of(
      filled.from,
      value_of(filled.form.numbers[role], field),
      value_of(form.numbers[role], field),
    );
  const is_change = kind === "change" && role !== "resident";
  const is_left_out = role === "medical" && !is_change && form.no_insurance;
  return (
    <fieldset>
      <legend>
        <Say of={`window.number_of_${role}`} />
      </legend>
      <p class="hint">
        <Say of={is_change ? "window.number_if_new" : `window.number_from_${role}`} />
      </p>
      {role === "medical" && !is_change && (
        <Tick
          id="apply-no-insurance"
          of="window.no_insurance"
          checked={form.no_insurance}
          set={(no_insurance) => set({ no_insurance })}
        />
      )}
      {!is_left_out && (
        <NumberFields
          prefix={`apply-${role}`}
          role={role}
          typed={form.numbers[role]}
          set={(typed) => set({ numbers: { ...form.numbers, [role]: typed } })}
          wrong={wrong}
          note={note}
        />
      )}
    </fieldset>
  );
}

function Check({ form, kind }: { form: Form; kind: CaseKind }): JSX.Element {
  const person = person_of(form);
  const rows = [
    ["name", person.name],
    ["kana", person.kana],
    ["birth_date", day_phrase(person.birth_date)],
    ["sex", phrase(`window.sex_${person.sex}`)],
    ["address", person.address],
  ] as const;
  return (
    <>
      <p>
        <Say of="window.check_text" />
      </p>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>
              <Say of={`window.attribute_${name}`} />
            </dt>
            <dd>
              <Ja>{value}</Ja>
            </dd>
          </div>
        ))}
        {roles
          .filter((role) => is_applied(role, form, kind))
          .map((role) => (
            <div key={role}>
              <dt>
                <Read text={role_phrase(role)} />
              </dt>
              <dd>{Object.values(number_of(role, form.numbers[role]).fields).join(" ")}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}

function Signing({ kind, form, set }: Pick<Part, "form" | "set"> & Pick<Case, "kind">) {
  return (
    <fieldset>
      <legend>
        <Say of="window.certificates" />
      </legend>
      <Tick
        id="apply-signing"
        of="window.signing"
        checked={form.signing}
        set={(signing) => set({ signing })}
      />
      <p class="hint">
        <Say of={kind === "change" ? "window.hint_signing_change" : "window.hint_signing"} />
      </p>
    </fieldset>
  );
}

export function Apply({ one, act }: CasePart): JSX.Element {
  const [filled] = useState(() => filled_of(one));
  const [form, set_form] = useState(filled.form);
  const [wrong, set_wrong] = useState<Wrong[]>([]);
  const [asked, set_asked] = useState(false);
  const set = (change: Partial<Form>) => set_form((before) => ({ ...before, ...change }));
  const part = { filled, form, set, wrong };
  const { kind } = one;
  const look = (event: Event) => {
    event.preventDefault();
    const mistakes = mistakes_in(form, kind);
    set_wrong(mistakes);
    set_asked(mistakes.length === 0);
  };
  const send = () => {
    set_asked(false);
    const claims = roles
      .filter((role) => is_applied(role, form, kind))
      .map((role) => ({ role, number: number_of(role, form.numbers[role]) }));
    const { signing } = form;
    act({ what: "applied", person: person_of(form), claims, signing }, "window.said_applied");
  };
  return (
    <form class="apply" onSubmit={look} noValidate autocomplete="off">
      {filled.from && (
        <p class={filled.from === "invited" ? "warning" : "note"}>
          <Say of={`window.form_${filled.from}`} />
        </p>
      )}
      <Mistakes all={wrong} />
      <Attributes {...part} />
      {roles.map((role) => (
        <Numbers key={role} role={role} kind={kind} {...part} />
      ))}
      {kind !== "existing" && <Signing kind={kind} form={form} set={set} />}
      <button type="submit">
        <Say of="window.look_through" />
      </button>
      {asked && (
        <Asked
          title="window.check_title"
          yes="window.apply_send"
          close={() => set_asked(false)}
          act={send}
        >
          <Check form={form} kind={kind} />
        </Asked>
      )}
    </form>
  );
}
