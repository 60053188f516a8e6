/**
 * Keys that a quick action or a kind of anomaly has of its own, described as data: the schema, the
 * reference and the JSON Schema are made of it.
 * @module
 */

/** A key of its own, as `lines` in `{name: syslogs, lines: 100}`. */
export interface Parameter {
  /** Also tells the type. */
  default: number | string | boolean;
  /** For the reference. */
  description: string;
  /** As in "s". */
  unit?: string;
  /** Least number. */
  min?: number;
  /** Largest number. */
  max?: number;
  /** What a text must match. */
  pattern?: RegExp;
  /** How a message says what a text must be. */
  allowed?: string;
}

/** Values of such keys, every default filled in. */
export type ParameterValues = Record<string, number | string | boolean>;

/** Every parameter at its default. */
export function defaultsOf(parameters: Readonly<Record<string, Parameter>>): ParameterValues {
  return Object.fromEntries(Object.entries(parameters).map(([key, p]) => [key, p.default]));
}
