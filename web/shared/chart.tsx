// Charts as SVG: spans of time on floors, and bars or steps of stacked amounts. Each is an image
// with a summary in words; whoever draws one puts the figures beside it as a table.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { use_box } from "./box";
import {
  fitting_ticks,
  is_narrow,
  margin_of,
  place,
  stacked,
  text_em,
  value_ticks,
  type Box,
  type PlacedTick,
  type Scale,
  type Tick,
} from "./chart_layout";
import { Read } from "./words";
import "./chart.css";

export interface Series {
  pattern: 1 | 2 | 3 | 4;
  label: string; // a phrase
}

// Once a page: the patterns that charts and legends of the page are filled with.
export function Patterns(): JSX.Element {
  const tile = (id: number, size: number, marks: JSX.Element) => (
    <pattern
      id={`chart-pattern-${id}`}
      width={size}
      height={size}
      patternUnits="userSpaceOnUse"
      class={`chart-pattern-${id}`}
    >
      <rect class="ground" width={size} height={size} />
      {marks}
    </pattern>
  );
  return (
    <svg class="chart-patterns" width="0" height="0" aria-hidden="true">
      <defs>
        {tile(1, 8, <path class="line" d="M-2 2L2 -2M0 8L8 0M6 10L10 6" />)}
        {tile(2, 8, <></>)}
        {tile(3, 8, <circle class="dot" cx="4" cy="4" r="2" />)}
        {tile(4, 8, <path class="line" d="M0 4H8" />)}
      </defs>
    </svg>
  );
}

function Swatch({ pattern }: { pattern: number }): JSX.Element {
  return (
    <svg class="chart-swatch" viewBox="0 0 28 20" aria-hidden="true">
      <rect x="1" y="1" width="26" height="18" fill={`url(#chart-pattern-${pattern})`} />
    </svg>
  );
}

export function Legend({ series }: { series: Series[] }): JSX.Element {
  return (
    <ul class="chart-legend">
      {series.map(({ pattern, label }) => (
        <li key={pattern}>
          <Swatch pattern={pattern} />
          <Read text={label} />
        </li>
      ))}
    </ul>
  );
}

// The image; `draw` is called when its width is known.
function Chart(props: { summary: string; draw: (box: Box) => Drawing }): JSX.Element {
  const [element, box] = use_box<HTMLDivElement>();
  const drawing = box.width > 0 ? props.draw(box) : null;
  return (
    <div class="chart" ref={element}>
      {drawing && (
        <svg
          role="img"
          aria-label={props.summary}
          width={box.width}
          height={drawing.height}
          viewBox={`0 0 ${box.width} ${drawing.height}`}
        >
          {drawing.content}
        </svg>
      )}
    </div>
  );
}

interface Drawing {
  height: number;
  content: ComponentChildren;
}

function time_axis(ticks: PlacedTick[], top: number, bottom: number, em: number): JSX.Element {
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick.at}>
          <line class="tick" x1={tick.x} x2={tick.x} y1={top} y2={bottom + em * 0.35} />
          <text x={tick.middle} y={bottom + em * 1.4} text-anchor="middle">
            {tick.label}
          </text>
          {tick.below && (
            <text class="below" x={tick.middle} y={bottom + em * 2.7} text-anchor="middle">
              {tick.below}
            </text>
          )}
        </g>
      ))}
    </>
  );
}

function axis_height(ticks: Tick[], em: number): number {
  return em * (ticks.some((tick) => tick.below) ? 3.1 : 1.8);
}

export interface Span {
  floor: number; // 0 is the lowest
  from: number;
  to: number;
  pattern: number;
  label: string; // shown where it fits
}

interface SpansProps {
  summary: string;
  domain: [number, number];
  ticks: Tick[];
  floors: string[]; // from the lowest
  spans: Span[];
  beside: string[]; // labels of a chart below, to begin at the same place
}

// Spans on floors that stand on each other like the storeys of a house.
export function SpansChart(props: SpansProps): JSX.Element {
  return <Chart summary={props.summary} draw={(box) => draw_spans(props, box)} />;
}

function draw_spans(props: SpansProps, box: Box): Drawing {
  const { em } = box;
  const labels = is_narrow(box) ? props.floors : [...props.floors, ...props.beside];
  const storey = Math.round(em * 2.75);
  const bottom = storey * props.floors.length + 1;
  const x: Scale = {
    from: props.domain[0],
    to: props.domain[1],
    start: margin_of(labels, em),
    end: box.width - 1,
  };
  const ticks = fitting_ticks(props.ticks, x, em);
  const content = (
    <>
      {props.floors.map((label, floor) => {
        const y = bottom - storey * floor;
        return (
          <g key={floor}>
            <line class="floor" x1={x.start} x2={x.end} y1={y} y2={y} />
            <text x={x.start - em * 0.5} y={y - storey / 2 + em * 0.35} text-anchor="end">
              {label}
            </text>
          </g>
        );
      })}
      {time_axis(ticks, 0, bottom, em)}
      {props.spans.map((span, i) => (
        <SpanBox
          key={i}
          span={span}
          x={x}
          y={bottom - storey * (span.floor + 1)}
          {...{ storey, em }}
        />
      ))}
    </>
  );
  return { height: Math.ceil(bottom + axis_height(props.ticks, em)), content };
}

interface SpanBoxProps {
  span: Span;
  x: Scale;
  y: number;
  storey: number;
  em: number;
}

// The label stands on a plate: text on a pattern cannot be read.
function SpanBox({ span, x, y, storey, em }: SpanBoxProps): JSX.Element {
  const left = place(x, span.from);
  const width = Math.max(3, place(x, span.to) - left);
  const text = text_em(span.label) * em + em * 0.6;
  return (
    <g>
      <rect
        class="piece"
        x={left}
        y={y + 2}
        width={width}
        height={storey - 4}
        fill={`url(#chart-pattern-${span.pattern})`}
      />
      {span.label && text < width - 4 && (
        <>
          <rect
            class="plate"
            x={left + (width - text) / 2}
            y={y + (storey - em * 1.5) / 2}
            width={text}
            height={em * 1.5}
            rx="3"
          />
          <text x={left + width / 2} y={y + storey / 2 + em * 0.35} text-anchor="middle">
            {span.label}
          </text>
        </>
      )}
    </g>
  );
}

export interface Bar {
  from: number;
  to: number;
  values: number[]; // one a series, from the bottom
}

interface StackProps {
  summary: string;
  domain: [number, number];
  ticks: Tick[];
  series: Series[];
  bars: Bar[];
  steps?: boolean; // bars that follow each other without a gap
  smallest_step: number;
  lines?: number[]; // what amounts are compared with; the words beside the chart say so
  highest?: number; // so that other choices are drawn to the same scale
  amount: (value: number) => string; // on the axis
  short_amount: (value: number) => string; // where it is narrow; the unit stands above
  unit: string;
  readout: (bar: number) => string; // for whoever points at a bar
}

export function StackChart(props: StackProps): JSX.Element {
  const [pointed, set_pointed] = useState<number | null>(null);
  const shown = pointed !== null && pointed < props.bars.length ? pointed : null;
  return (
    <>
      <Chart summary={props.summary} draw={(box) => draw_stack(props, box, shown, set_pointed)} />
      {/* The table says the same to whoever does not point. */}
      <p class="chart-readout" aria-hidden="true">
        {shown === null ? " " : props.readout(shown)}
      </p>
    </>
  );
}

function draw_stack(
  props: StackProps,
  box: Box,
  pointed: number | null,
  point: (bar: number | null) => void,
): Drawing {
  const { em } = box;
  const narrow = is_narrow(box);
  const sums = props.bars.map((bar) => bar.values.reduce((a, b) => a + b, 0));
  const lines = props.lines ?? [];
  const highest = Math.max(props.highest ?? 0, ...sums, ...lines);
  const values = value_ticks(highest, props.smallest_step);
  const label = narrow ? props.short_amount : props.amount;
  const x: Scale = {
    from: props.domain[0],
    to: props.domain[1],
    start: margin_of(values.map(label), em),
    end: box.width - 1,
  };
  const top = em * (narrow ? 2.2 : 0.8);
  const bottom = top + Math.round(Math.max(em * 9, Math.min(em * 15, box.width * 0.35)));
  const y: Scale = { from: 0, to: Math.max(highest, values.at(-1)!), start: bottom, end: top };
  const ticks = fitting_ticks(props.ticks, x, em);
  const content = (
    <>
      {narrow && (
        <text x="0" y={em}>
          {props.unit}
        </text>
      )}
      {values.map((value) => (
        <g key={value}>
          <line class="grid" x1={x.start} x2={x.end} y1={place(y, value)} y2={place(y, value)} />
          {value > 0 && (
            <text x={x.start - em * 0.5} y={place(y, value) + em * 0.35} text-anchor="end">
              {label(value)}
            </text>
          )}
        </g>
      ))}
      {time_axis(ticks, bottom, bottom, em)}
      {(props.steps ? merged(props.bars) : props.bars).map((bar) => (
        <Stack key={bar.from} {...{ bar, x, y, props }} />
      ))}
      {lines.map((value) => (
        <line
          key={value}
          class="compared"
          x1={x.start}
          x2={x.end}
          y1={place(y, value)}
          y2={place(y, value)}
        />
      ))}
      {props.bars.map((bar, i) => (
        <Target
          key={bar.from}
          {...{ bar, x, y }}
          pointed={i === pointed}
          point={(on) => point(on ? i : null)}
        />
      ))}
      <line class="floor" x1={x.start} x2={x.end} y1={bottom} y2={bottom} />
    </>
  );
  return { height: Math.ceil(bottom + axis_height(props.ticks, em)), content };
}

// Steps of the same height are one piece.
function merged(bars: Bar[]): Bar[] {
  const out: Bar[] = [];
  for (const bar of bars) {
    const last = out.at(-1);
    const is_same = last?.values.every((value, i) => value === bar.values[i]);
    if (last && is_same) last.to = bar.to;
    else out.push({ ...bar });
  }
  return out;
}

interface StackPlace {
  bar: Bar;
  x: Scale;
  y: Scale;
}

function Stack({ bar, x, y, props }: StackPlace & { props: StackProps }): JSX.Element {
  const [left, right] = [place(x, bar.from), place(x, bar.to)];
  const gap = props.steps ? 0 : Math.min(4, (right - left) * 0.2);
  return (
    <g>
      {stacked(bar.values, y).map((piece) => (
        <rect
          key={piece.series}
          class="piece"
          x={left}
          y={piece.y}
          width={Math.max(1, right - left - gap)}
          height={piece.height}
          fill={`url(#chart-pattern-${props.series[piece.series]!.pattern})`}
        />
      ))}
    </g>
  );
}

interface TargetProps extends StackPlace {
  pointed: boolean;
  point: (on: boolean) => void;
}

// Easier to point at than a low bar; a finger's choice stays when it is lifted.
function Target({ bar, x, y, pointed, point }: TargetProps): JSX.Element {
  const left = place(x, bar.from);
  return (
    <rect
      class={pointed ? "target pointed" : "target"}
      x={left}
      y={y.end}
      width={Math.max(1, place(x, bar.to) - left)}
      height={y.start - y.end}
      onPointerEnter={() => point(true)}
      onPointerLeave={(event) => event.pointerType === "mouse" && point(false)}
    />
  );
}
