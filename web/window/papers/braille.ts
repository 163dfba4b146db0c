// Kana and digits in Japanese six-dot braille, as Unicode's braille patterns (U+2800 and on).
//
// Source: the rules of the Braille Committee of Japan (日本点字表記法) as these pages give them,
// read side by side. Special sounds (名古屋ライトハウス):
// https://nagoya-lighthouse.jp/initiatives/brail/tokushuon.html; voiced and contracted sounds:
// http://youtaweb.net/braille/lecture2.html; vowels and rows (中野泰志):
// http://econ.keio.ac.jp/staff/nakanoy/article/braille/BR/chap2/2-7/2-7.html. The signs ⠼ (3456), ⠤
// (36, between a number and a kana that looks like a digit), ⠒ (25) and ⠂ (2), and the digits, are
// from memory.
//
// What kana alone do not say is left as it is written: whether ウ after オ or ウ is a long vowel, as
// in コウロウ, which braille writes コーロー, or begins a part of the name, as in イノウエ and マツウラ.
// So is ハ where it is spoken ワ: a name has no particles.

// A cell is the bits of its dots: dot 1 is 1, dot 2 is 2, dot 3 is 4, up to dot 6.
function cell(...dots: number[]): number {
  return dots.reduce((bits, dot) => bits | (1 << (dot - 1)), 0);
}
const written = (cells: number[]) => String.fromCodePoint(...cells.map((one) => 0x2800 + one));

const vowels = [cell(1), cell(1, 2), cell(1, 4), cell(1, 2, 4), cell(2, 4)];
const rows: [string, number][] = [
  ["アイウエオ", 0],
  ["カキクケコ", cell(6)],
  ["サシスセソ", cell(5, 6)],
  ["タチツテト", cell(3, 5)],
  ["ナニヌネノ", cell(3)],
  ["ハヒフヘホ", cell(3, 6)],
  ["マミムメモ", cell(3, 5, 6)],
  ["ラリルレロ", cell(5)],
];
const plain = new Map<string, number>([
  ...rows.flatMap(([kana, row]) =>
    [...kana].map((one, i): [string, number] => [one, vowels[i]! | row]),
  ),
  // The vowel goes down, and in the row of ヤ dot 4 comes to it.
  ["ヤ", cell(3, 4)],
  ["ユ", cell(3, 4, 6)],
  ["ヨ", cell(3, 4, 5)],
  ["ワ", cell(3)],
  ["ヰ", cell(2, 3)],
  ["ヱ", cell(2, 3, 5)],
  ["ヲ", cell(3, 5)],
  ["ン", cell(3, 5, 6)],
  ["ッ", cell(2)],
  ["ー", cell(2, 5)],
]);

const voiced = cell(5);
const half_voiced = cell(6);
const contracted = cell(4);
const special = cell(2, 6);

const pairs = (first: string, second: string, before: number) =>
  [...first].map((one, i): [string, number[]] => [one, [before, plain.get(second[i]!)!]]);

// Of two kana: キャ is カ after dot 4, ギャ after 4 and 5, ピャ after 4 and 6.
function contracted_of(kana: string, row: string, before: number): [string, number[]][] {
  const [a, , u, e, o] = [...row];
  const small: [string, string][] = [
    ["ャ", a!],
    ["ュ", u!],
    ["ェ", e!],
    ["ョ", o!],
  ];
  return small.map(([one, as]) => [kana + one, [before, plain.get(as)!]]);
}
const as_foreign = (all: string, before: number) =>
  all.split(" ").map((one): [string, number[]] => {
    const [kana, as] = one.split("=");
    return [kana!, [before, plain.get(as!)!]];
  });

const more = new Map<string, number[]>([
  ...pairs("ガギグゲゴザジズゼゾダヂヅデドバビブベボ", "カキクケコサシスセソタチツテトハヒフヘホ", voiced),
  ...pairs("パピプペポ", "ハヒフヘホ", half_voiced),
  ["ヴ", [voiced, plain.get("ウ")!]],
  ...contracted_of("キ", "カキクケコ", contracted),
  ...contracted_of("シ", "サシスセソ", contracted),
  ...contracted_of("チ", "タチツテト", contracted),
  ...contracted_of("ニ", "ナニヌネノ", contracted),
  ...contracted_of("ヒ", "ハヒフヘホ", contracted),
  ...contracted_of("ミ", "マミムメモ", contracted),
  ...contracted_of("リ", "ラリルレロ", contracted),
  ...contracted_of("ギ", "カキクケコ", contracted | voiced),
  ...contracted_of("ジ", "サシスセソ", contracted | voiced),
  ...contracted_of("ヂ", "タチツテト", contracted | voiced),
  ...contracted_of("ビ", "ハヒフヘホ", contracted | voiced),
  ...contracted_of("ピ", "ハヒフヘホ", contracted | half_voiced),
  // Special sounds.
  ...as_foreign("イェ=エ ティ=チ", contracted),
  ...as_foreign("ディ=チ", contracted | voiced),
  ...as_foreign("テュ=ツ", contracted | half_voiced),
  ...as_foreign("デュ=ツ", contracted | half_voiced | voiced),
  ...as_foreign("ウィ=イ ウェ=エ ウォ=オ クァ=カ ツァ=タ ツィ=チ ツェ=テ ツォ=ト", special),
  ...as_foreign("トゥ=ツ ファ=ハ フィ=ヒ フェ=ヘ フォ=ホ", special),
  ...as_foreign("グァ=カ ドゥ=ツ ヴァ=ハ ヴィ=ヒ ヴェ=ヘ ヴォ=ホ", special | voiced),
]);

const number_sign = cell(3, 4, 5, 6);
const connective = cell(3, 6);
const digits = [
  ...[cell(2, 4, 5), cell(1), cell(1, 2), cell(1, 4), cell(1, 4, 5)],
  ...[cell(1, 5), cell(1, 2, 4), cell(1, 2, 4, 5), cell(1, 2, 5), cell(2, 4)],
];

// Katakana of one width, as registers and clerks write them otherwise.
function normalised(text: string): string {
  const wide = text.normalize("NFKC").replace(/\s+/g, " ").trim();
  const to_katakana = (one: string) => String.fromCodePoint(one.codePointAt(0)! + 0x60);
  return wide.replace(/[\u3041-\u3096]/g, to_katakana);
}

// None where the text has something that is no kana, digit or space: nobody's name is guessed.
export function braille(text: string): string | undefined {
  const characters = [...normalised(text)];
  const out: number[] = [];
  let in_number = false;
  for (let i = 0; i < characters.length; ++i) {
    const one = characters[i]!;
    if (/[0-9]/.test(one)) {
      out.push(...(in_number ? [] : [number_sign]), digits[Number(one)]!);
      in_number = true;
      continue;
    }
    const two = more.get(one + (characters[i + 1] ?? ""));
    const cells = two ?? more.get(one) ?? (plain.has(one) ? [plain.get(one)!] : undefined);
    if (one !== " " && cells === undefined) return undefined;
    if (two) ++i;
    // After a number アイウエオ and ラリルレロ look like digits.
    if (in_number && cells && digits.includes(cells[0]!)) out.push(connective);
    out.push(...(cells ?? [0]));
    in_number = false;
  }
  return written(out);
}

// ---- the slip ----

// Here and below as braille writes it: long vowels with ー, and する apart from its noun.
const labels = {
  title: "ウケツケヒョー",
  name: "ナマエ",
  number: "ウケツケ バンゴー",
  health_care_number: "ホケン イリョー バンゴー",
  stop_code: "カードヲ トメル バンゴー",
  lost: "カードヲ ナクシタラ",
  next: "ツギノ ヨテイ",
  ask: "トイアワセサキ",
  made: "ツクッタ ヒ",
} as const;

// What the person is told of each step, as the words slip_… have it.
const told_of = {
  apply: "モーシコンデ クダサイ",
  confirm: "タシカメテ イマス",
  link: "カードノ ジュンビヲ シテ イマス",
  make_keys: "カードノ ジュンビニ オイデ クダサイ",
  certify: "カードノ ジュンビヲ シテ イマス",
  write: "カードノ ジュンビヲ シテ イマス",
  hand_over: "カードヲ ウケトリニ オイデ クダサイ",
  hand_over_slip: "バンゴーノ カミヲ ウケトリニ オイデ クダサイ",
  activate: "カードヲ ツカエル ヨーニ シマス",
  tell: "ホケンニ シラセマス",
  take_back: "ショーメイショヲ トリケシマス",
  stop: "カードヲ トメテ イマス",
  look_for: "カードヲ サガシテ クダサイ",
  resume: "カードヲ マタ ツカエル ヨーニ シマス",
  end_signing: "ショメイヨーノ ショーメイショヲ オワラセマス",
  end_old: "イママデノ カードヲ オワラセマス",
  approve: "マドグチデ タシカメテ イマス",
  record: "アナタノ キロクニ ノセテ イマス",
  reset: "マドグチデ アンショー バンゴーヲ キメテ クダサイ",
  sign: "カードデ モーシコンデ クダサイ",
  end_number: "マエノ バンゴーヲ オワラセテ イマス",
  notify: "シクチョーソンニ シュッショーヲ トドケテ イマス",
  file: "ホケンニ トドケテ イマス",
  decide: "ホケンノ ヘンジヲ マッテ イマス",
  file_elsewhere: "マドグチデ ベツノ ホケンヲ エランデ クダサイ",
} as const;
export type ToldStep = keyof typeof told_of;

// Of where a person asks, what can be written: a telephone number, in its groups. A + cannot.
export function telephone_in(text: string): string | undefined {
  const plain = text.normalize("NFKC");
  const found = plain.includes("+") ? undefined : /\d[\d() -]{7,}\d/.exec(plain)?.[0];
  return found?.match(/\d+/g)?.join(" ");
}

export interface BrailleSlip {
  kana?: string | undefined; // of the name
  number: string;
  health_care_number?: string | undefined;
  stop_code?: string | undefined;
  next?: { step: ToldStep; until: string } | undefined; // a day, YYYY-MM-DD
  foreign?: boolean; // a card of another authority's: that has to hear of a loss, too
  telephone?: string | undefined; // in its groups
  made: string; // a day
}

const in_fours = (number: string) => number.replace(/(.{4})(?=.)/g, "$1 ");
// 2026ネン 11ガツ 27ニチ. Days that are spoken otherwise (フツカ) are written with their digits too.
function day_in_kana(day: string): string {
  const [year, month, of_month] = day.split("-").map(Number);
  return `${year}ネン ${month}ガツ ${of_month}ニチ`;
}

export interface Embossed {
  text: string;
  without_name: boolean; // its reading has something that is no kana
}

const lost_foreign = "カードヲ ツクッタ トコロニモ シラセテ クダサイ";
const space = "\u2800";
const indent = space.repeat(2);
const line_cells = 32;

// Between words; one that is longer than a line, in a name, stays whole.
function broken(cells: string): string[] {
  const lines: string[] = [];
  for (const word of cells.split(space)) {
    const longer = `${lines.at(-1)}${space}${word}`;
    if (lines.length > 0 && longer.length <= line_cells) lines[lines.length - 1] = longer;
    else lines.push(indent + word);
  }
  return lines;
}

// Each label has a line, and what it says the next ones, two cells in.
export function braille_slip(slip: BrailleSlip): Embossed {
  const lines = [braille(labels.title)!];
  const add = (label: keyof typeof labels, ...values: (string | undefined)[]) => {
    const all = values.flatMap((value) => (value === undefined ? [] : broken(value)));
    if (all.length > 0) lines.push(braille(labels[label])!, ...all);
  };
  const { kana, next, telephone } = slip;
  const number = (text: string | undefined) => text && braille(in_fours(text));
  const lost = telephone ? "スグ デンワ シテ クダサイ" : "スグ マドグチニ シラセテ クダサイ";
  const ask = telephone ? `デンワ ${telephone}` : "コノ カミヲ ウケトッタ マドグチ";
  const name = kana === undefined || kana === "" ? undefined : braille(kana);
  add("name", name);
  add("number", number(slip.number));
  add("health_care_number", number(slip.health_care_number));
  add("stop_code", number(slip.stop_code));
  if (slip.stop_code !== undefined) {
    add("lost", braille(lost), slip.foreign ? braille(lost_foreign) : undefined);
  }
  if (next) add("next", braille(told_of[next.step]), braille(`${day_in_kana(next.until)}マデ`));
  add("ask", braille(ask));
  add("made", braille(day_in_kana(slip.made)));
  const without_name = kana !== undefined && kana !== "" && name === undefined;
  return { text: `${lines.join("\r\n")}\r\n`, without_name };
}
