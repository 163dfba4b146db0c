// Which months, of which institution. Each choice works at once.
import type { JSX } from "preact";
import { Say, in_japanese, text_of } from "../../shared/words";
import { Select } from "../select";

const period_choices = [12, 24, 60] as const; // insurers keep five years

interface FiltersProps {
  months: number;
  institutions: string[];
  chosen: string; // an institution, "" for all
  shown: number;
  all: number;
  choose_months: (months: number) => void;
  choose_institution: (institution: string) => void;
}

export function Filters(props: FiltersProps): JSX.Element {
  const { months, institutions, chosen, shown, all } = props;
  // The institution's place, not its name: nothing of it stands in the page's form.
  const choices = institutions.map((name, i) => ({ value: String(i), text: name }));
  const everyone = { value: "", text: text_of("claims.all_institutions") };
  return (
    <>
      <fieldset class="filters no-print">
        <legend>
          <Say of="claims.filters" />
        </legend>
        <Select
          id="months"
          label="claims.period"
          value={String(months)}
          choices={period_choices.map((count) => ({
            value: String(count),
            text: text_of("claims.period_months", { count, years: count / 12 }),
          }))}
          on_change={(value) => props.choose_months(Number(value))}
        />
        <Select
          id="institution"
          label="claims.institution"
          value={chosen === "" ? "" : String(institutions.indexOf(chosen))}
          choices={[everyone, ...choices]}
          on_change={(value) =>
            props.choose_institution(value === "" ? "" : institutions[Number(value)]!)
          }
        />
      </fieldset>
      <p role="status" class="hint">
        {chosen !== "" && (
          <Say of="claims.filtered" {...{ name: in_japanese(chosen), shown, all }} />
        )}
      </p>
    </>
  );
}
