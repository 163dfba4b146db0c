// Two writings laid side by side: which of their characters differ. Where they do is the register's
// gateway's to say (docs/protocols/matching.md, `differences`), by the rules by which it compared
// them; here the texts are only cut. A character is what a reader takes for one: a place never
// parts a base from its variation selector.

export interface Part {
  text: string;
  differs: boolean;
}
// Code points [from, to) of the application's writing, and of the register's.
export interface Place {
  first: [number, number];
  second: [number, number];
}
export interface Difference {
  at: number; // of the first writing's characters, from 1; where it has none, the one that follows
  first: string; // "" where only the other one has something
  second: string;
}
export interface Marked {
  first: Part[];
  second: Part[];
  differences: Difference[];
}

const segmenter = new Intl.Segmenter("ja", { granularity: "grapheme" });

export function characters_of(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

function cut(points: string[], places: [number, number][]): Part[] {
  const out: Part[] = [];
  const add = (from: number, to: number | undefined, differs: boolean) => {
    const text = points.slice(from, to).join("");
    if (text !== "") out.push({ text, differs });
  };
  let at = 0;
  for (const [from, to] of places) {
    add(at, from, false);
    add(from, to, true);
    at = to;
  }
  add(at, undefined, false);
  return out;
}

// Places that follow each other, inside of both writings. Of others, as of a register that was
// asked with another writing than this one, everything is marked.
function fit(places: [number, number][], size: number): boolean {
  return places.every(
    ([from, to], i) => (places[i - 1]?.[1] ?? 0) <= from && from <= to && to <= size,
  );
}

export function mark_whole(first: string, second: string): Marked {
  return mark(first, second, [
    { first: [0, [...first].length], second: [0, [...second].length] },
  ]);
}

export function mark(first: string, second: string, places: Place[]): Marked {
  const one = [...first];
  const other = [...second];
  const fitting =
    fit(
      places.map((place) => place.first),
      one.length,
    ) &&
    fit(
      places.map((place) => place.second),
      other.length,
    );
  if (!fitting) return mark_whole(first, second);
  return {
    first: cut(
      one,
      places.map((place) => place.first),
    ),
    second: cut(
      other,
      places.map((place) => place.second),
    ),
    differences: places.map((place) => ({
      at: characters_of(one.slice(0, place.first[0]).join("")).length + 1,
      first: one.slice(...place.first).join(""),
      second: other.slice(...place.second).join(""),
    })),
  };
}

const selector = /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;

// U+845B U+E0100: what two characters that look alike are told apart by.
export function code_points(text: string): string {
  return [...text]
    .map((one) => `U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`)
    .join(" ");
}

// In a text of which every character has to show: 葛[U+E0100].
export function with_visible_selectors(text: string): string {
  return [...text].map((one) => (selector.test(one) ? `[${code_points(one)}]` : one)).join("");
}
