// The fields of one register's number.
import type { JSX } from "preact";
import { has_words, phrase, text_of } from "../shared/words";
import { forms, mistake_in, normalised, type NumberField, type Typed } from "./numbers";
import { Field, type Wrong } from "./parts";
import type { Role } from "./record";

function lengths_text({ digits = [] }: NumberField): string {
  return digits.join(phrase("window.or"));
}

function hint_of(role: Role, field: NumberField): string | undefined {
  const key = `window.hint_${role}_${field.name}`;
  if (has_words(key)) return phrase(key);
  return field.digits ? phrase("window.hint_digits", { digits: lengths_text(field) }) : undefined;
}

// In words that say what to do.
export function mistakes_of(prefix: string, role: Role, typed: Typed): Wrong[] {
  return forms[role].fields.flatMap((field) => {
    const mistake = mistake_in(field, normalised(typed[field.name] ?? ""));
    if (!mistake) return [];
    const name = text_of(`window.field_${role}_${field.name}`);
    const digits = lengths_text(field);
    return [
      {
        id: `${prefix}-${field.name}`,
        text: text_of(`window.wrong_${mistake}`, { name, digits, count: field.chars_max ?? 0 }),
      },
    ];
  });
}

interface Props {
  prefix: string;
  role: Role;
  typed: Typed;
  set: (typed: Typed) => void;
  wrong: Wrong[];
  note?: (field: string) => string | undefined; // a phrase: where the value is from
}

export function NumberFields({ prefix, role, typed, set, wrong, note }: Props): JSX.Element {
  return (
    <div class="numbers">
      {forms[role].fields.map((field) => {
        const hint = hint_of(role, field);
        return (
          <Field
            key={field.name}
            id={`${prefix}-${field.name}`}
            label={phrase(`window.field_${role}_${field.name}`)}
            {...(hint === undefined ? {} : { hint })}
            value={typed[field.name] ?? ""}
            set={(value) => set({ ...typed, [field.name]: value })}
            wrong={wrong}
            numeric={field.digits !== undefined}
            note={note?.(field.name)}
            short
          />
        );
      })}
    </div>
  );
}
