/**
 * Health, the ledger and trends as the page shows them.
 * @module
 */
import assert from "node:assert/strict";
import {
  healthCards,
  type HealthSource,
  overall,
  verdict,
} from "../../../../src/api/dashboard/logic/health.ts";
import { ledgerRows, totalLost } from "../../../../src/api/dashboard/logic/ledger_rows.ts";
import { statusParts } from "../../../../src/api/dashboard/logic/status_parts.ts";
import { forecastText, trendRows } from "../../../../src/api/dashboard/logic/trend_rows.ts";

const STATUS = {
  version: "0.1.0",
  rss_bytes: 1024 * 1024,
  probe: { state: "attached", reason: "" },
  components: [{ name: "watcher", state: "running", restarts: 0 }],
};
const WELL: HealthSource = {
  status: statusParts(STATUS),
  smb: null,
  interval: null,
  recentAnomalies: 0,
  lost: 0,
  cpu_percent: 10,
  memory_percent: 20,
};
const UNKNOWN: HealthSource = {
  status: null,
  smb: null,
  interval: null,
  recentAnomalies: null,
  lost: null,
  cpu_percent: null,
  memory_percent: null,
};

Deno.test("health: all is well, and nothing is known", () => {
  assert.equal(verdict(healthCards(WELL)), "All is well.");
  assert.equal(overall(healthCards(UNKNOWN)), "none");
  assert.equal(verdict(healthCards(UNKNOWN)), "Waiting for the agent.");
});

Deno.test("health: the worst is named", () => {
  assert.equal(verdict(healthCards({ ...WELL, lost: 3 })), "Worth a look: Records lost.");
  assert.equal(verdict(healthCards({ ...WELL, cpu_percent: 100 })), "Worth a look: CPU.");
  const bad = healthCards({ ...WELL, memory_percent: 98, recentAnomalies: 2 });
  assert.equal(verdict(bad), "Wrong: Memory.");
});

Deno.test("health: a part that is down, a probe that failed", () => {
  const components = [{ name: "watcher", state: "restarting", restarts: 1 }];
  const down = healthCards({ ...WELL, status: statusParts({ ...STATUS, components }) });
  assert.equal(down[0].note, "watcher restarting");
  assert.equal(down[0].state, "warning");
  const probe = { state: "failed", reason: "no BTF" };
  const failed = healthCards({ ...WELL, status: statusParts({ ...STATUS, probe }) });
  assert.equal(verdict(failed), "Wrong: SMB probe.");
});

Deno.test("health: a status of another version is read as far as it goes", () => {
  for (const status of [{}, { components: 5, probe: null, bundles: [] }]) {
    const parts = statusParts(status);
    assert.deepEqual(parts.components, []);
    assert.equal(parts.probe.state, "");
    assert.equal(parts.sealed, null);
  }
});

Deno.test("ledger: every ledger of the status, losses by their names", () => {
  const rows = ledgerRows({
    ledger: { kernel: { seen: 10, drop_ring_full: 2 }, queue: { in: 8, out: 8 } },
    event_log: { ledger: { seen: 5, dropped: { ring_full: 1, filtered: 0 } } },
    platform: { tracer: { ledger: { taken: 4, lost: 3 } } },
    counters: { dropped: 99 },
  }, null);
  assert.deepEqual(rows.map(({ hop, lost }) => [hop, lost]), [
    ["kernel", 2],
    ["queue", 0],
    ["event log", 0],
    ["event log dropped", 1],
    ["platform tracer", 3],
  ]);
  assert.equal(totalLost(rows), 6);
});

Deno.test("ledger: the bus is a hop too", () => {
  const bus = {
    total_events: 9,
    dropped_events: 2,
    subscribers: 1,
    active_subscribers: 1,
    buffer_size: 10,
  };
  assert.deepEqual(ledgerRows({}, bus), [{
    hop: "event bus",
    counts: [
      { name: "published", count: 9, lost: false },
      { name: "dropped", count: 2, lost: true },
    ],
    lost: 2,
  }]);
});

const TREND = { slope: 1, current_value: 100, magnitude: 1, r2: 0.9 };

Deno.test("trends: forecasts first, then what moves most; stable ones only when asked for", () => {
  const trends = {
    "cpu.total": { ...TREND, trend_direction: "stable" as const },
    "memory.virtual": { ...TREND, slope: -1024, trend_direction: "decreasing" as const },
    "disk.total.used_bytes": {
      ...TREND,
      trend_direction: "increasing" as const,
      forecast: { limit: 1024, seconds: 3600, earliest_sec: 1800, latest_sec: null },
    },
  };
  const keys = (withStable: boolean) =>
    trendRows(trends, new Map(), withStable).map(({ key }) => key);
  assert.deepEqual(keys(false), ["disk.total.used_bytes", "memory.virtual"]);
  assert.deepEqual(keys(true), ["disk.total.used_bytes", "memory.virtual", "cpu.total"]);
  const [disk, memory] = trendRows(trends, new Map(), false);
  assert.equal(disk.forecast, "1 KiB in 1 h (30 min to never)");
  assert.equal(memory.per_minute, "-60 KiB");
});

Deno.test("trends: a limit that is not reached", () => {
  const forecast = { limit: 100, seconds: null, earliest_sec: null, latest_sec: null };
  assert.equal(forecastText(forecast, "%"), "does not reach 100 %");
  assert.equal(forecastText(undefined, "%"), "–");
});
