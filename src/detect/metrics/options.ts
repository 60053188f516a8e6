/**
 * The constants of detection, where they come from, and what a caller may set.
 * @module
 */

/** What a caller may set. */
export interface DetectionOptions {
  /** Score of the isolation forest from which the host's state is an anomaly: `ml.anomaly_threshold`. */
  threshold: number;
  /** Points that a series is compared with, and states of the host that a forest is trained on. */
  window: number;
  /** Points before a series, and states before the host is judged. */
  warmup: number;
  /** Of the forest. */
  seed: number;
  /** Distance in standard deviations at which one point alone is an anomaly. */
  z_threshold: number;
  /** Also compare with the median, in units of the median absolute deviation. */
  robust: boolean;
  /** Least time between two anomalies of one key, in seconds. */
  min_interval_sec: number;
  /** Most anomalies in a minute, over all keys. */
  per_minute: number;
  /** Most keys that are watched. */
  keys: number;
  /** Least spread that counts for a key, in its unit: see {@linkcode floorOfUnit}. */
  floor_of: (key: string) => number;
}

/** What holds where nothing is set. */
export const DETECTION_DEFAULTS: DetectionOptions = {
  threshold: 0.7,
  window: 300,
  warmup: 120,
  seed: 20081215,
  z_threshold: 5,
  robust: false,
  min_interval_sec: 120,
  per_minute: 10,
  keys: 2000,
  floor_of: () => 0,
};

/**
 * The three-sigma rule (Shewhart, Economic Control of Quality of Manufactured Product, 1931): one
 * point in 370 of normal noise is outside. Alone that would be hundreds of false alarms an hour over
 * all keys of a host, so the rule asks for {@link THREE_SIGMA_RUN} points in a row on one side.
 */
export const THREE_SIGMA = 3;
/** Points in a row; three of normal noise happen once in 10^8. */
export const THREE_SIGMA_RUN = 3;

/** An excursion ends when the distance has been below this ... */
export const RELEASE_SIGMA = 2;
/** ... for so many points in a row. */
export const RELEASE_POINTS = 5;

/**
 * A state over the threshold is an anomaly where another one was among so many before it: of normal
 * noise one state in ten thousand scores 0.7, and two of them are hardly ever near each other.
 */
export const HOST_NEAR = 5;

/** The same for the forest's score: so far below the threshold. */
export const RELEASE_SCORE = 0.1;

/**
 * A value is learnt only up to so many times the threshold's distance from the mean: one wild value
 * must not hide the next. Twice, so that a series which is wild by nature soon has a wide spread.
 */
export const LEARN_REACH = 2;

/**
 * One point alone must be so many times farther from the mean than any of the window: series of bursts
 * have long tails, and what was there minutes ago is not unusual, however many deviations away.
 */
export const RECORD = 1.5;

/**
 * A series in which fewer than one point in so many differs from the one before it is flat: there is
 * no noise to compare with, and nothing is said about it.
 */
export const FLAT_PARTS = 10;

/** A spread below this part of the mean does not count: a change by 5 % of a value is no event. */
export const RELATIVE_FLOOR = 0.01;

/** Larger values are refused: their squares would not fit in a double. */
export const LARGEST_VALUE = 1e150;

/** Least spread that matters, by unit of the metric. */
const UNIT_FLOORS: Record<string, number> = {
  "%": 1,
  ms: 1,
  bytes: 65_536,
  tasks: 0.5,
  switches: 50,
};

/**
 * The least standard deviation that counts for a metric of this unit. An idle host is so quiet that
 * every cron job would be an outlier; with this, a percentage must move by five points, a number of
 * bytes by 320 KiB to be one.
 */
export function floorOfUnit(unit: string): number {
  return UNIT_FLOORS[unit] ?? 1;
}
