/**
 * `/metrics`: the Prometheus text.
 * @module
 */
import { PROMETHEUS_TYPE, prometheusText } from "../prometheus.ts";
import type { Route } from "../route.ts";

/** Every metric, and those of this server. */
export const metricsText: Route = {
  method: "GET",
  path: "/metrics",
  access: "token",
  query: [],
  handle: async (_request, { data, statistics, hub, onFault }) => {
    const families = [...await data.families(), ...statistics.families(hub.size)];
    // One family that is at fault must not cost the others.
    const body = prometheusText(families, (reason) => {
      statistics.faults++;
      onFault(reason);
    });
    return { type: PROMETHEUS_TYPE, body };
  },
};
