/**
 * Trends as rows: those that move first, forecasts before all.
 * @module
 */
import type { Trend, TrendForecast } from "../../data.ts";
import { unitOf } from "./metric_unit.ts";
import { formatAge, formatValue, NOTHING, threeDigits } from "./units.ts";

/** One row. */
export interface TrendRow {
  /** Metric key. */
  key: string;
  /** Newest value with its unit. */
  current: string;
  /** As told. */
  direction: Trend["trend_direction"];
  /** Change per minute, with its sign. */
  per_minute: string;
  /** Coefficient of determination. */
  r2: string;
  /** When its limit is reached. */
  forecast: string;
}

/** A forecast in words: `full in 3 d 4 h (2 d to 5 d)`. */
export function forecastText(forecast: TrendForecast | undefined, unit: string): string {
  if (forecast === undefined) return NOTHING;
  const limit = formatValue(forecast.limit, unit);
  if (forecast.seconds === null) return `does not reach ${limit}`;
  const bounds = [forecast.earliest_sec, forecast.latest_sec]
    .map((seconds) => seconds === null ? "never" : formatAge(seconds));
  return `${limit} in ${formatAge(forecast.seconds)} (${bounds.join(" to ")})`;
}

/** How far it moves in a minute, compared with where it is: what orders the rows. */
function relative({ slope, current_value }: Trend): number {
  return Math.abs(slope) * 60 / Math.max(Math.abs(current_value), Number.EPSILON);
}

/** The rows; `stable` ones only where they have a forecast or are asked for. */
export function trendRows(
  trends: Readonly<Record<string, Trend>>,
  units: ReadonlyMap<string, string>,
  withStable: boolean,
): TrendRow[] {
  const rank = ([, trend]: [string, Trend]) =>
    trend.forecast?.seconds != null ? 0 : trend.trend_direction === "stable" ? 2 : 1;
  return Object.entries(trends)
    .filter(([, trend]) =>
      withStable || trend.trend_direction !== "stable" || trend.forecast?.seconds != null
    )
    .sort((a, b) => rank(a) - rank(b) || relative(b[1]) - relative(a[1]))
    .map(([key, trend]) => {
      const unit = unitOf(key, units.get(key));
      const slope = trend.slope * 60;
      return {
        key,
        current: formatValue(trend.current_value, unit),
        direction: trend.trend_direction,
        per_minute: `${slope > 0 ? "+" : ""}${formatValue(slope, unit)}`,
        r2: threeDigits(trend.r2),
        forecast: forecastText(trend.forecast, unit),
      };
    });
}
