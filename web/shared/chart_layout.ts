// Where the parts of a chart stand, in pixels. Pure: width and size of type go in, places come out.
// Charts are laid out anew for each width and never scaled, so that their text keeps its size.

export interface Box {
  width: number;
  em: number; // size of type
}

export interface Tick {
  at: number;
  label: string;
  below?: string; // a second line
}

export interface Scale {
  from: number; // value at `start`
  to: number; // value at `end`
  start: number; // pixels
  end: number;
}

export function place(scale: Scale, value: number): number {
  const share = (value - scale.from) / (scale.to - scale.from || 1);
  return scale.start + share * (scale.end - scale.start);
}

// Characters of Chinese and Japanese are one em wide; others about half of it.
export function text_em(text: string): number {
  let sum = 0;
  for (const letter of text) sum += letter.codePointAt(0)! >= 0x2e80 ? 1 : 0.58;
  return sum;
}

// Steps of 1, 2 or 5 times a power of ten; at most three lines stand above zero.
export function value_ticks(highest: number, smallest_step: number): number[] {
  let step = smallest_step;
  for (let i = 0; i < 40 && Math.ceil(highest / step) > 3; i++) {
    const leading = Number(String(step / smallest_step)[0]);
    step = leading === 2 ? step * 2.5 : step * 2;
  }
  // A line far above the highest bar would leave the chart half empty.
  const above = Math.ceil(highest / step);
  const count = Math.max(1, above * step > highest * 1.25 ? above - 1 : above);
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

export interface PlacedTick extends Tick {
  x: number; // of the mark
  middle: number; // of the label, moved inwards at the ends
}

// Every tick, every second, every third, …: the first that lets the labels stand apart.
export function fitting_ticks(ticks: Tick[], scale: Scale, em: number): PlacedTick[] {
  const placed = ticks.map((tick) => {
    const widest = Math.max(text_em(tick.label), text_em(tick.below ?? ""));
    const half = (widest * em) / 2;
    const x = place(scale, tick.at);
    return { ...tick, x, middle: Math.max(half, Math.min(x, scale.end - half)), half };
  });
  for (let each = 1; each <= placed.length; each++) {
    const kept = placed.filter((_, i) => i % each === 0);
    const apart = kept.every((tick, i) => {
      const before = kept[i - 1];
      return !before || before.middle + before.half + em * 0.5 <= tick.middle - tick.half;
    });
    if (apart) return kept;
  }
  return [];
}

// Narrow: labels beside the chart would leave it no room.
export function is_narrow(box: Box): boolean {
  return box.width < box.em * 24;
}

export function margin_of(labels: string[], em: number): number {
  return Math.ceil(Math.max(0, ...labels.map(text_em)) * em + em * 0.5);
}

interface Piece {
  series: number;
  y: number;
  height: number;
}

// Parts on top of each other, from the bottom; a part of nothing has no piece.
export function stacked(values: number[], scale: Scale): Piece[] {
  const pieces: Piece[] = [];
  let sum = 0;
  values.forEach((value, series) => {
    if (value <= 0) return;
    const bottom = place(scale, sum);
    sum += value;
    const top = place(scale, sum);
    pieces.push({ series, y: top, height: bottom - top });
  });
  return pieces;
}
