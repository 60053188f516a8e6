/**
 * Series as a host makes them, with faults planted at known places: what the detectors are judged by.
 * Everything comes of a seed.
 * @module
 */
import { Random } from "../../../src/detect/metrics/random.ts";

/** The faults. */
export const FAULTS = ["spike", "level shift", "slow drift", "change of variance"] as const;

/** One of them. */
export type Fault = typeof FAULTS[number];

/** What the series is like without a fault. */
export const SHAPES = ["plain", "seasonal"] as const;

/** One of them. */
export type Shape = typeof SHAPES[number];

/** A stretch in which something is wrong: points from `from` up to but without `to`. */
export interface Stretch {
  from: number;
  to: number;
}

/** A series and what was planted in it. */
export interface Planted {
  values: Float64Array<ArrayBuffer>;
  faults: Stretch[];
}

/** Points of one series: 100 minutes at one a second. */
export const POINTS = 6000;
/** First fault not before this: warm-up is over. */
const FIRST = 1200;
/** From the start of one fault to that of the next. */
const SPACING = 1200;
/** Length of each fault; a spike takes three points. */
const LENGTH: Record<Fault, number> = {
  spike: 3,
  "level shift": 200,
  "slow drift": 400,
  "change of variance": 200,
};
/** Period of the seasonal shape and its height in standard deviations of the noise. */
const PERIOD = 600;
const SWING = 4;
/** The noise's correlation with its predecessor: metrics of a host are never independent. */
const MEMORY = 0.3;

/** Noise with standard deviation 1 and some memory. */
function noise(random: Random): () => number {
  let state = random.normal();
  const fresh = Math.sqrt(1 - MEMORY ** 2);
  return () => state = MEMORY * state + fresh * random.normal();
}

/** Places of the faults of a series; they begin at random within their spacing. */
function places(fault: Fault, random: Random): Stretch[] {
  const stretches: Stretch[] = [];
  for (let base = FIRST; base + SPACING <= POINTS; base += SPACING) {
    const from = base + random.below(SPACING / 2);
    stretches.push({ from, to: from + LENGTH[fault] });
  }
  return stretches;
}

/** What the fault makes of a value, `age` points after its beginning. */
function distort(fault: Fault, length: number, age: number, usual: number, rest: number): number {
  if (fault === "spike") return usual + rest + 12;
  if (fault === "level shift") return usual + rest + 8;
  if (fault === "slow drift") return usual + rest + 8 * (age + 1) / length;
  return usual + 5 * rest;
}

/**
 * One series about 50: noise of standard deviation 1, seasonal or not, with four faults of one kind,
 * or none.
 */
export function plantedSeries(shape: Shape, fault: Fault | null, seed: number): Planted {
  const random = new Random(seed);
  const next = noise(random);
  const faults = fault === null ? [] : places(fault, random);
  const values = new Float64Array(POINTS);
  let at = 0;
  for (let i = 0; i < POINTS; i++) {
    if (at < faults.length && i >= faults[at].to) at++;
    const season = shape === "seasonal" ? SWING * Math.sin(2 * Math.PI * i / PERIOD) : 0;
    const rest = next();
    const stretch = faults[at];
    values[i] = fault !== null && stretch !== undefined && i >= stretch.from
      ? distort(fault, stretch.to - stretch.from, i - stretch.from, 50 + season, rest)
      : 50 + season + rest;
  }
  return { values, faults };
}

/** The states of a host, one behind the other, and when the host was not well. */
export interface PlantedHost {
  rows: Float64Array<ArrayBuffer>;
  width: number;
  faults: Stretch[];
}

/**
 * States of eight numbers that share a part of their noise, as the metrics of a host share its load.
 * A fault reaches `reach` of the eight at once, each by the same rule as in one series.
 */
export function plantedHost(
  shape: Shape,
  fault: Fault | null,
  reach: number,
  seed: number,
): PlantedHost {
  const width = 8;
  const random = new Random(seed);
  const shared = noise(random);
  const own = Array.from({ length: width }, () => noise(random));
  const faults = fault === null ? [] : places(fault, random);
  const rows = new Float64Array(POINTS * width);
  let at = 0;
  for (let i = 0; i < POINTS; i++) {
    if (at < faults.length && i >= faults[at].to) at++;
    const stretch = faults[at];
    const season = shape === "seasonal" ? SWING * Math.sin(2 * Math.PI * i / PERIOD) : 0;
    const load = shared();
    for (let k = 0; k < width; k++) {
      const rest = Math.SQRT1_2 * (load + own[k]());
      const ill = fault !== null && stretch !== undefined && i >= stretch.from && k < reach;
      rows[i * width + k] = ill
        ? distort(fault, stretch.to - stretch.from, i - stretch.from, 50 + season, rest)
        : 50 + season + rest;
    }
  }
  return { rows, width, faults };
}
