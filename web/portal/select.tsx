// A choice that works at once. The browser is not to keep what was chosen: it says something of the
// person.
import type { JSX } from "preact";
import { Say, lang_of } from "../shared/words";

interface Choice {
  value: string;
  text: string;
}

export function Select(props: {
  id: string;
  label: string;
  value: string;
  choices: Choice[];
  on_change: (value: string) => void;
  beside?: (select: JSX.Element) => JSX.Element; // what stands beside the choice, under its label
}): JSX.Element {
  const { id, label, value, choices, on_change, beside } = props;
  const select = (
    <select
      id={id}
      value={value}
      autocomplete="off"
      onChange={(event) => on_change(event.currentTarget.value)}
    >
      {choices.map((one) => (
        <option
          key={one.value}
          value={one.value}
          selected={one.value === value}
          lang={lang_of(one.text)}
        >
          {one.text}
        </option>
      ))}
    </select>
  );
  return (
    <p class="choose">
      <label for={id}>
        <Say of={label} />
      </label>
      {beside ? beside(select) : select}
    </p>
  );
}
