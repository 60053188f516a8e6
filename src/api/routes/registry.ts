/**
 * All routes. A new one is an object and a line here, and a description in operations.ts.
 * @module
 */
import type { Route } from "../route.ts";
import { reload, snapshot } from "./agent.ts";
import { anomalies } from "./anomalies.ts";
import { bundle, bundles } from "./bundles.ts";
import { events } from "./events.ts";
import { health, ready } from "./health.ts";
import { metricsHistory, metricsRealtime } from "./metrics.ts";
import { openapi } from "./openapi.ts";
import { metricsText } from "./prometheus.ts";
import { login, logout, session } from "./session.ts";
import { processes, smb, stats, status } from "./stats.ts";
import { eventsStream, metricsStream } from "./streams.ts";
import { trends } from "./trends.ts";

/** Every route. */
export const ROUTES: readonly Route[] = [
  metricsRealtime,
  metricsHistory,
  metricsStream,
  metricsText,
  anomalies,
  trends,
  events,
  eventsStream,
  stats,
  status,
  processes,
  smb,
  bundles,
  bundle,
  snapshot,
  reload,
  session,
  login,
  logout,
  health,
  ready,
  openapi,
];
