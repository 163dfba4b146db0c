// ②: the application as the person brought it, with the numbers of the cards that were shown.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fits_utf8 } from "../shared/bytes";
import { day_phrase } from "../shared/dates";
import { Ja, Read, Say, in_japanese, phrase, text_of } from "../shared/words";
import { parse_day } from "./days";
import { role_phrase } from "./desk";
import { NumberFields, mistakes_of } from "./number_fields";
import { forms, normalised, number_of, public_expenses_max, type Typed } from "./numbers";
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
  numbers: Record<Role, Typed[]>; // one of each, but of public expense
}
const nothing: Form = {
  ...{ name: "", kana: "", born: "", sex: undefined, address: "" },
  ...{ signing: false, no_insurance: false },
  numbers: { resident: [{}], medical: [{}], pension: [{}], care: [{}], "public-expense": [{}] },
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
  for (const role of roles) {
    const typed = (invited?.claims ?? []).filter((one) => one.role === role);
    const shown = typed.slice(0, role === "public-expense" ? public_expenses_max : 1);
    if (shown.length > 0) numbers[role] = shown.map(({ number }) => number.fields);
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

// Pension, care and public expense are of whoever has them; the insurance card is shown, or it is
// said that there is none. In a change only what is new is entered.
function is_applied(role: Role, typed: Typed, form: Form, kind: CaseKind): boolean {
  if (role === "resident") return true;
  if (role === "medical" && kind !== "change") return !form.no_insurance;
  return is_typed(typed);
}

interface Applied {
  role: Role;
  typed: Typed;
  prefix: string; // of its fields' ids
}
function prefix_of(role: Role, place: number): string {
  return place === 0 ? `apply-${role}` : `apply-${role}-${place + 1}`;
}
function applied_in(form: Form, kind: CaseKind): Applied[] {
  return roles.flatMap((role) =>
    form.numbers[role]
      .map((typed, place) => ({ role, typed, prefix: prefix_of(role, place) }))
      .filter(({ typed }) => is_applied(role, typed, form, kind)),
  );
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
  const before = new Set<string>();
  for (const { role, typed, prefix } of applied_in(form, kind)) {
    const number = JSON.stringify(number_of(role, typed));
    if (before.has(number)) {
      const id = `${prefix}-${forms[role].fields[0]!.name}`;
      out.push({ id, text: text_of("window.wrong_twice") });
    }
    before.add(number);
    if (role === "medical" && !is_typed(typed)) {
      add(`medical-${forms.medical.fields[0]!.name}`, "window.wrong_no_insurance");
    } else {
      out.push(...mistakes_of(prefix, role, typed));
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

function OneNumber(props: Part & { role: Role; place: number }): JSX.Element {
  const { role, place, filled, form, set, wrong } = props;
  const value_of = (typed: Typed | undefined, field: string) => normalised(typed?.[field] ?? "");
  const all = form.numbers[role];
  const note = (field: string) =>
    note_of(
      filled.from,
      value_of(filled.form.numbers[role][place], field),
      value_of(all[place], field),
    );
  return (
    <NumberFields
      prefix={prefix_of(role, place)}
      role={role}
      typed={all[place]!}
      set={(typed) => set({ numbers: { ...form.numbers, [role]: all.with(place, typed) } })}
      wrong={wrong}
      note={note}
    />
  );
}

// A city's subsidy, and welfare.
function AnotherPayer({ form, set }: Pick<Part, "form" | "set">): JSX.Element | null {
  const all = form.numbers["public-expense"];
  if (all.length >= public_expenses_max || !is_typed(all.at(-1)!)) return null;
  const add = () => set({ numbers: { ...form.numbers, "public-expense": [...all, {}] } });
  return (
    <button type="button" class="quiet" onClick={add}>
      <Say of="window.another_public_expense" />
    </button>
  );
}

function Numbers(props: Part & { role: Role; kind: CaseKind }): JSX.Element {
  const { role, kind, form, set } = props;
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
      {!is_left_out &&
        form.numbers[role].map((_, place) => <OneNumber key={place} {...props} place={place} />)}
      {role === "public-expense" && <AnotherPayer {...props} />}
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
        {applied_in(form, kind).map(({ role, typed, prefix }) => (
          <div key={prefix}>
            <dt>
              <Read text={role_phrase(role)} />
            </dt>
            <dd>{Object.values(number_of(role, typed).fields).join(" ")}</dd>
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
    const claims = applied_in(form, kind).map(({ role, typed }) => ({
      role,
      number: number_of(role, typed),
    }));
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
