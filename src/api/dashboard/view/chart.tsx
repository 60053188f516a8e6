/**
 * A chart over time: the drawing for those who see it, a legend that tells the values under the
 * pointer, and the same as a table for everybody else.
 * @module
 */
import uPlot from "uplot";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { aligned, type Point, withGaps } from "../logic/points.ts";
import { formatClock, formatValue } from "../logic/units.ts";
import { PLOT_HEIGHT, type PlotMark, plotOptions } from "./plot.tsx";
import { DataTable } from "./table.tsx";

/** One line of a chart. At most six have a colour. */
export interface ChartSeries {
  /** Its name. */
  label: string;
  /** Ascending in time. */
  points: readonly Point[];
}

/** What a chart shows. */
export interface ChartProps {
  /** Its heading. */
  title: string;
  /** Of all its values. */
  unit: string;
  /** Its lines. */
  series: ChartSeries[];
  /** Time shown, in seconds since the epoch. */
  range: [from: number, to: number];
  /** Where anomalies were. */
  marks: readonly PlotMark[];
}

/** Silence over which no line is drawn: the agent was away. */
const GAP_SEC = 15;

/** Keeps a uPlot of the newest data in an element. */
function usePlot(props: ChartProps, onCursor: (index: number | null) => void) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef(props);
  newest.current = props;
  const count = props.series.length;
  useEffect(() => {
    const parent = element.current;
    if (parent === null) return;
    const source = {
      unit: props.unit,
      series: count,
      range: () => newest.current.range,
      marks: () => newest.current.marks,
      onCursor,
    };
    const made = new uPlot(plotOptions(source, parent.clientWidth), [[]], parent);
    plot.current = made;
    const resized = new ResizeObserver(() =>
      made.setSize({ width: parent.clientWidth, height: PLOT_HEIGHT })
    );
    resized.observe(parent);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => made.redraw(false, true);
    scheme.addEventListener("change", redraw);
    return () => {
      scheme.removeEventListener("change", redraw);
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [count, props.unit]);
  return { element, plot };
}

/** Least, mean and largest of what was observed. */
function figures(points: readonly Point[]): { min: number; mean: number; max: number } | null {
  const values = points.flatMap(({ value }) => value === null ? [] : [value]);
  if (values.length === 0) return null;
  const sum = values.reduce((a, b) => a + b, 0);
  const min = values.reduce((a, b) => Math.min(a, b));
  const max = values.reduce((a, b) => Math.max(a, b));
  return { min, mean: sum / values.length, max };
}

/** The last value that was observed, at or before an index. */
function valueAt(column: readonly (number | null | undefined)[], index: number): number | null {
  for (let i = index; i >= 0; i--) {
    const value = column[i];
    if (value !== undefined) return value;
  }
  return null;
}

/** See the module. */
export function Chart(props: ChartProps): VNode {
  const { title, unit, series } = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const { element, plot } = usePlot(props, setCursor);
  const data = aligned(series.map(({ points }) => withGaps(points, GAP_SEC)));
  useEffect(() => plot.current?.setData(data as uPlot.AlignedData));
  const index = Math.min(cursor ?? Infinity, data[0].length - 1);
  const shown = series.map(({ label }, i) => ({ label, value: valueAt(data[i + 1], index) }));
  const time = cursor === null || data[0].length === 0 ? "" : formatClock(data[0][index]);
  const summary = shown.map(({ label, value }) => `${label} ${formatValue(value, unit)}`);
  return (
    <figure class="card">
      <figcaption>
        <h3>{title}</h3>
        <ul class="legend" aria-hidden="true">
          {shown.map(({ label, value }, i) => (
            <li key={label}>
              <span class={`swatch series-${i + 1}`} />
              {label} <b>{formatValue(value, unit)}</b>
            </li>
          ))}
          {time === "" ? null : <li class="time">{time}</li>}
        </ul>
      </figcaption>
      <div class="plot" ref={element} role="img" aria-label={`${title}: ${summary.join(", ")}`} />
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{title} as a table</summary>
        {open ? <ChartTable {...props} /> : null}
      </details>
    </figure>
  );
}

function ChartTable({ title, unit, series }: ChartProps): VNode {
  return (
    <DataTable
      caption={title}
      columns={[
        { head: "Series" },
        ...["Now", "Least", "Mean", "Most"].map((head) => ({ head, number: true })),
      ]}
      rows={series.map(({ label, points }) => {
        const told = figures(points);
        const values = [points.at(-1)?.value, told?.min, told?.mean, told?.max];
        return { key: label, cells: [label, ...values.map((value) => formatValue(value, unit))] };
      })}
      empty="No points yet."
    />
  );
}
