/** `event_log`: names, outputs, contradictions. @module */
import assert from "node:assert/strict";
import { eventLogPath, isEventLogFile } from "../../../src/config/event_log.ts";
import {
  ALL_LOG_EVENTS,
  LOG_CATEGORY_NAMES,
  LOG_EVENT_NAMES,
} from "../../../src/config/names/log_events.ts";
import { LOG_CATEGORIES } from "../../../src/probe/event_log/event_type.ts";
import { EVENT_TYPES } from "../../../src/probe/event_log/event_types.ts";
import { checkConfig, LATENCY, withAnomaly } from "../../support/config.ts";

const check = (keys: string, rest = "") =>
  checkConfig(withAnomaly(LATENCY, `event_log: {${keys}}\n${rest}`));

function section(keys: string, rest = "") {
  const { config, errors } = check(keys, rest);
  assert.ok(config !== null, errors.join("\n"));
  return config.event_log;
}

Deno.test("the names are those of the table of event types", () => {
  assert.deepEqual(ALL_LOG_EVENTS, EVENT_TYPES.map(({ name }) => name));
  assert.deepEqual(LOG_CATEGORY_NAMES, [...LOG_CATEGORIES]);
  for (const { name, category } of EVENT_TYPES) {
    assert.ok((LOG_EVENT_NAMES[category] as readonly string[]).includes(name), name);
  }
});

Deno.test("it is off, and what it would log is everything, into a rotated file of its own", () => {
  const { config } = checkConfig(withAnomaly(LATENCY));
  assert.deepEqual(config?.event_log, {
    enabled: false,
    types: ALL_LOG_EVENTS,
    filters: {
      pid: [],
      follow_children: false,
      uid: null,
      comm: null,
      cgroup: null,
      path_prefix: null,
    },
    format: "json",
    output: null,
    rotate_mb: 256,
    rotate_sec: 0,
    keep: 8,
    compress: true,
    fsync: "never",
    ring_size_kb: 32768,
    max_events_per_sec: 0,
    min_free_mb: 256,
  });
});

Deno.test("types are categories and event types in any case and order, exclude takes away", () => {
  const { types } = section("types: [User, open, NETWORK], exclude: [setgid, network, connect]");
  assert.deepEqual(types, ["open", ...LOG_EVENT_NAMES.user.slice(1)]);
  assert.deepEqual(section("types: [all]").types, ALL_LOG_EVENTS);
});

Deno.test("the output follows the format and aod_output_dir", () => {
  const output = (keys: string, rest?: string) => {
    const { config } = check(keys, rest);
    return config === null ? null : eventLogPath(config);
  };
  assert.equal(output(""), "/var/log/aod/events/events.jsonl");
  assert.equal(output("format: text"), "/var/log/aod/events/events.log");
  assert.equal(output("format: origin", "aod_output_dir: /srv/a/"), "/srv/a/events/events.aodrec");
  assert.equal(output("output: /srv//log/./e.jsonl"), "/srv/log/e.jsonl");
});

Deno.test("faults name the place and what is allowed", () => {
  const faults: [string, RegExp][] = [
    [
      "types: [opne]",
      /^4:\d+: event_log\.types\[0\]: unknown event type "opne"; did you mean "open"/,
    ],
    ["exclude: [42]", /event_log\.exclude\[0\]: expected the name of an event type or category/],
    ["types: [], enabled: true", /^4:1: event_log: it is enabled and logs nothing/],
    ["types: [exec], exclude: [process], enabled: true", /it is enabled and logs nothing/],
    ["filters: {follow_children: true}", /follow_children needs processes in pid/],
    ["filters: {pid: [0]}", /event_log\.filters\.pid\[0\]: expected a process id, found 0/],
    ["filters: {comm: 0123456789abcdef}", /event_log\.filters\.comm: expected 1 to 15 bytes/],
    ["filters: {comm: ääääääää}", /event_log\.filters\.comm: expected 1 to 15 bytes/],
    ["filters: {uid: -1}", /event_log\.filters\.uid: expected a whole number from 0 to 4294967294/],
    ["filters: {path_prefix: srv}", /event_log\.filters\.path_prefix: expected an absolute path/],
    [`filters: {path_prefix: /${"ä".repeat(128)}}`, /path_prefix: expected an absolute path/],
    ["filters: {gid: 1}", /event_log\.filters\.gid: unknown key "gid"; did you mean "pid"/],
    ["ring_size_kb: 1000", /ring_size_kb: expected a power of two from 64 to 1048576/],
    ["format: yaml", /event_log\.format: expected one of json, text, origin/],
    ["output: events.jsonl", /event_log\.output: expected an absolute path/],
    ["output: /var/log/aod", /event_log\.output: expected the path of a file: this is a directory/],
    ["output: /var/log/aod/batches/e", /output: .*\/var\/log\/aod\/batches has another use/],
    ["output: /var/log/aod/audit.jsonl", /output: .*audit\.jsonl has another use/],
    ["enable: true", /event_log\.enable: unknown key "enable"; did you mean "enabled"/],
  ];
  for (const [keys, expected] of faults) {
    const { config, errors } = check(keys);
    assert.equal(config, null, keys);
    assert.equal(errors.length, 1, `${keys}\n${errors.join("\n")}`);
    assert.match(errors[0], expected);
  }
});

Deno.test("what hardly is meant is said, but only where the log is on", () => {
  const warned = (keys: string) => check(keys).warnings;
  assert.match(warned("enabled: true, min_free_mb: 10")[0], /less than cleanup\.min_free_mb 64/);
  assert.match(warned("enabled: true, rotate_mb: 0")[0], /nothing is rotated/);
  assert.deepEqual(warned("min_free_mb: 10, rotate_mb: 0"), []);
});

Deno.test("the files of an output are itself and its rotated ones", () => {
  const output = "/srv/events.jsonl";
  assert.ok(isEventLogFile(output, "/srv/events.jsonl"));
  assert.ok(isEventLogFile(output, "/srv/events.jsonl.20260131T081500.123Z.zst"));
  assert.ok(!isEventLogFile(output, "/srv/events.json"));
  assert.ok(!isEventLogFile(output, "/srv/events.jsonl2"));
});
