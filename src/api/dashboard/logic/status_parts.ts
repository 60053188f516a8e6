/**
 * The parts of the agent's status that the page shows. The status has more, and may have less when
 * the agent is of another version than the page that is still open: nothing is taken for granted.
 * @module
 */

/** A worker of the agent. */
export interface ComponentPart {
  /** Its role. */
  name: string;
  /** "running", ... */
  state: string;
  /** Times it was started again. */
  restarts: number;
}

/** What is shown of the status. */
export interface StatusParts {
  /** Of the program; "" where it is not told. */
  version: string;
  /** Since the agent's start. */
  uptime_sec: number | null;
  /** Resident memory of the agent. */
  rss_bytes: number | null;
  /** What holds for watching SMB. */
  probe: { state: string; reason: string };
  /** Workers. */
  components: ComponentPart[];
  /** Bundles sealed since the start. */
  sealed: number | null;
}

/** Any object of JSON. */
export type Json = Record<string, unknown>;

/** An object, or an empty one in place of anything else. */
export function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Json : {};
}

/** A list of objects, or an empty one. */
export function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** A finite number, or null. */
export function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A text or number as text, or "". */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** Takes the parts out of a status. */
export function statusParts(status: Json): StatusParts {
  const probe = objectOf(status.probe);
  return {
    version: textOf(status.version),
    uptime_sec: numberOf(status.uptime_sec),
    rss_bytes: numberOf(status.rss_bytes),
    probe: { state: textOf(probe.state), reason: textOf(probe.reason) },
    components: objectsOf(status.components).map((component) => ({
      name: textOf(component.name),
      state: textOf(component.state),
      restarts: numberOf(component.restarts) ?? 0,
    })),
    sealed: numberOf(objectOf(status.bundles).sealed),
  };
}
