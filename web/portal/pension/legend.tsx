// The schemes as the charts show them.
import type { JSX } from "preact";
import { Legend, type Series } from "../../shared/chart";
import { phrase } from "../../shared/words";
import { schemes, type Scheme } from "./record";

export const pattern_of: Record<Scheme, Series["pattern"]> = {
  national: 1,
  employees: 2,
  "employees-fund": 3,
  "national-fund": 4,
};

export function scheme_series(): Series[] {
  return schemes.map((scheme) => ({
    pattern: pattern_of[scheme],
    label: phrase(`pension.scheme.${scheme}`),
  }));
}

export function SchemeLegend({ used }: { used: Set<Scheme> }): JSX.Element {
  return <Legend series={scheme_series().filter((_, i) => used.has(schemes[i]!))} />;
}
