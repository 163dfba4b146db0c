// Two writings laid side by side: which of their characters differ. What differs only in how it is
// shown (width, case, spaces) is not marked, for it makes no difference to whose row it is; the
// rules in words say it (docs/protocols/matching.md). A character is what a reader takes for one:
// never cut between a base and its variation selector, nor inside a surrogate pair.

export interface Part {
  text: string;
  differs: boolean;
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

// Beyond it everything is marked: the work grows with the square.
const characters_max = 400;

const segmenter = new Intl.Segmenter("ja", { granularity: "grapheme" });

export function characters_of(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

// NFKC is for letters, digits and kana only: of Chinese characters it makes others. A reading is no
// writing: hiragana says the same.
function folded(character: string, is_reading: boolean): string {
  if (/\p{Script=Han}/u.test(character)) return character;
  const composed = character.normalize("NFKC").toUpperCase();
  if (!is_reading) return composed;
  return composed.replace(/[\u3041-\u3096]/g, (one) =>
    String.fromCharCode(one.charCodeAt(0) + 0x60),
  );
}

const space = /^\s+$/u;

// The longest common subsequence, as which characters of each belong to it.
function common(one: string[], other: string[]): [Set<number>, Set<number>] {
  const width = other.length + 1;
  const lengths = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; --i) {
    for (let k = other.length - 1; k >= 0; --k) {
      lengths[i * width + k] =
        one[i] === other[k]
          ? lengths[(i + 1) * width + k + 1]! + 1
          : Math.max(lengths[(i + 1) * width + k]!, lengths[i * width + k + 1]!);
    }
  }
  const kept: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (let i = 0, k = 0; i < one.length && k < other.length; ) {
    if (one[i] === other[k]) {
      kept[0].add(i++);
      kept[1].add(k++);
    } else if (lengths[(i + 1) * width + k]! >= lengths[i * width + k + 1]!) {
      ++i;
    } else {
      ++k;
    }
  }
  return kept;
}

interface Side {
  all: string[];
  compared: number[]; // which of them
  differing: Set<number>;
}

function side_of(text: string, with_spaces: boolean): Side {
  const all = characters_of(text);
  const compared = [...all.keys()].filter((i) => with_spaces || !space.test(all[i]!));
  return { all, compared, differing: new Set() };
}

function keys_of({ all, compared }: Side, is_reading: boolean): string[] {
  return compared.map((i) => (space.test(all[i]!) ? " " : folded(all[i]!, is_reading)));
}

function parts_of({ all, differing }: Side): Part[] {
  const out: Part[] = [];
  for (const [i, text] of all.entries()) {
    const differs = differing.has(i);
    const last = out.at(-1);
    if (last?.differs === differs) last.text += text;
    else out.push({ text, differs });
  }
  return out;
}

// Runs of what is in one only, between two characters that both have.
function runs(one: Side, other: Side): Difference[] {
  const out: Difference[] = [];
  const take = (side: Side, from: number): [string, number] => {
    let text = "";
    let at = from;
    for (; at < side.compared.length && side.differing.has(side.compared[at]!); ++at) {
      text += side.all[side.compared[at]!]!;
    }
    return [text, at];
  };
  for (let i = 0, k = 0; i < one.compared.length || k < other.compared.length; ++i, ++k) {
    const at = i + 1;
    let [first, second] = ["", ""];
    [first, i] = take(one, i);
    [second, k] = take(other, k);
    if (first !== "" || second !== "") out.push({ at, first, second });
  }
  return out;
}

interface How {
  with_spaces: boolean;
  is_reading: boolean;
}

function compare(first: string, second: string, { with_spaces, is_reading }: How): Marked {
  const one = side_of(first, with_spaces);
  const other = side_of(second, with_spaces);
  const too_long = Math.max(one.all.length, other.all.length) > characters_max;
  const nothing: [Set<number>, Set<number>] = [new Set(), new Set()];
  const [kept_one, kept_other] = too_long
    ? nothing
    : common(keys_of(one, is_reading), keys_of(other, is_reading));
  one.compared.forEach((i, place) => kept_one.has(place) || one.differing.add(i));
  other.compared.forEach((i, place) => kept_other.has(place) || other.differing.add(i));
  return { first: parts_of(one), second: parts_of(other), differences: runs(one, other) };
}

// Where a name is parted is looked at only when nothing else differs.
export function mark(first: string, second: string, is_reading = false): Marked {
  const marked = compare(first, second, { with_spaces: false, is_reading });
  return marked.differences.length > 0
    ? marked
    : compare(first, second, { with_spaces: true, is_reading });
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
