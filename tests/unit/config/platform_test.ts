/** The platform's sections: the file of the system it replaces, what is on, all faults at once. @module */
import assert from "node:assert/strict";
import { effectiveConfig } from "../../../src/config/effective.ts";
import { configJsonSchema } from "../../../src/config/json_schema.ts";
import {
  apiTokenPath,
  historyDirectory,
  PLATFORM_SECTIONS,
  platformOn,
  tracersOn,
} from "../../../src/config/platform.ts";
import { configReference } from "../../../src/config/reference.ts";
import { loadConfig } from "../../../src/evidence/configuration.ts";
import {
  checkConfig,
  LATENCY,
  PLATFORM_OFF,
  platformOf,
  withAnomaly,
} from "../../support/config.ts";

const SEED = new URL("../../fixtures/config/seed_monitoring.json", import.meta.url).pathname;

const check = (sections: string) => checkConfig(withAnomaly(LATENCY, sections));

function accepted(sections: string) {
  const { config, errors, warnings } = check(sections);
  assert.ok(config !== null, errors.join("\n"));
  return { config, warnings };
}

Deno.test("monitoring.json of the seed, comments and all, is a configuration that runs", () => {
  const { config, warnings } = loadConfig(SEED);
  assert.deepEqual(platformOf(config), {
    ...PLATFORM_OFF,
    ebpf: {
      enable_syscall_trace: true,
      enable_exec_monitor: true,
      enable_io_monitor: true,
      buffer_pages: 64,
      slow_ms: 10,
      sample_every: 1000,
      run_time: "sampled",
    },
    collectors: {
      enabled: true,
      cpu_interval: 1,
      memory_interval: 1,
      disk_interval: 2,
      network_interval: 2,
      process_interval: 3,
      smb_interval: 2,
    },
    ml: {
      enabled: true,
      anomaly_threshold: 0.7,
      enable_trend_prediction: true,
      enable_robust_detection: false,
      history_window_size: 1000,
    },
    api: {
      enabled: true,
      host: "127.0.0.1",
      port: 8000,
      allowed_hosts: [],
      token_file: null,
      tls: null,
      unix_socket: null,
    },
    logging: { level: "INFO", verbose: false },
  });
  assert.deepEqual(warnings.map((w) => `${w.line}:${w.column}: ${w.path}: ${w.message}`), [
    "21:13: api.host: 0.0.0.0 is for others too, which needs token_file: " +
    "listening on 127.0.0.1 instead",
  ]);
  const { guardian, watcher } = loadConfig(null).config;
  assert.deepEqual([config.guardian, config.watcher], [guardian, watcher], "SMB as embedded");
});

Deno.test("the seed's keys have the seed's defaults", () => {
  const { config } = loadConfig(SEED);
  const { ebpf: _tracers, api: _host, ...seed } = platformOf(config);
  const { config: bare } = accepted("collectors: {}\nml: {}\napi: {}");
  const { ebpf: _off, api, ...defaults } = platformOf(bare);
  assert.deepEqual(defaults, seed);
  assert.equal(api.port, 8000);
  assert.deepEqual(bare.bus, { buffer_size: 10_000, on_full: "drop_oldest" });
});

Deno.test("nothing of it is on where the file does not mention it", () => {
  const { config } = check("");
  assert.ok(config !== null && !platformOn(config));
  assert.equal(platformOn(PLATFORM_OFF), false);
});

Deno.test("a section that is there is on unless it says otherwise", () => {
  for (const section of ["collectors", "ml", "api"] as const) {
    assert.equal(accepted(`${section}: {}`).config[section].enabled, true, section);
    const { config } = accepted(`${section}: {enabled: false}`);
    assert.equal(config[section].enabled, false, section);
    assert.equal(platformOn(config), false, section);
  }
  for (const tracer of ["syscall_trace", "exec_monitor", "io_monitor"]) {
    assert.ok(platformOn(accepted(`ebpf: {enable_${tracer}: true}`).config), tracer);
  }
});

Deno.test("the API is for others only with a token file", () => {
  const host = (api: string) => {
    const { config, warnings } = accepted(`api: {${api}}`);
    return [config.api.host, warnings.length];
  };
  assert.deepEqual(host("host: 127.0.0.2"), ["127.0.0.2", 0]);
  assert.deepEqual(host("host: localhost"), ["localhost", 0]);
  assert.deepEqual(host("host: '::1'"), ["::1", 0]);
  assert.deepEqual(host("host: '::'"), ["127.0.0.1", 1]);
  assert.deepEqual(host("host: example.org"), ["127.0.0.1", 1]);
  assert.deepEqual(host("host: 127.0.0.1.example.org"), ["127.0.0.1", 1]);
  assert.deepEqual(host("host: 0.0.0.0, enabled: false"), ["127.0.0.1", 0]);
  assert.deepEqual(host("host: 0.0.0.0, token_file: /etc/aod.token"), ["0.0.0.0", 1], "no TLS");
  const tls = "tls: {cert_file: /etc/c.pem, key_file: /etc//k.pem}";
  assert.deepEqual(host(`host: 0.0.0.0, token_file: /etc/aod.token, ${tls}`), ["0.0.0.0", 0]);
  assert.deepEqual(accepted(`api: {${tls}}`).config.api.tls, {
    cert_file: "/etc/c.pem",
    key_file: "/etc/k.pem",
    client_ca_file: null,
  });
});

Deno.test("api.allowed_hosts: names as a Host header has them, a few", () => {
  const hosts = (list: string) =>
    accepted(`api: {allowed_hosts: ${list}}`).config.api.allowed_hosts;
  assert.deepEqual(accepted("api: {}").config.api.allowed_hosts, []);
  assert.deepEqual(hosts("[]"), []);
  assert.deepEqual(hosts('[Aod.Example.org., 10.0.0.7, my_host, "fe80::1"]'), [
    ...["aod.example.org", "10.0.0.7", "my_host", "fe80::1"],
  ]);
  const refused = [
    "a:80",
    "http://a",
    "a/b",
    "*",
    "*.example.org",
    "",
    "a b",
    "[::1]",
    "ä.example",
  ];
  for (const name of refused) {
    const { errors } = check(`api: {allowed_hosts: [${JSON.stringify(name)}]}`);
    assert.match(
      errors.join("\n"),
      /^\d+:\d+: api\.allowed_hosts.*names of hosts, without a port/,
      name,
    );
  }
  assert.equal(check(`api: {allowed_hosts: [${"a".repeat(254)}]}`).errors.length, 1);
  const many = Array.from({ length: 17 }, (_, i) => `h${i}`).join(", ");
  assert.match(check(`api: {allowed_hosts: [${many}]}`).errors.join(), /at most 16/);
  assert.match(check("api: {allowed_hosts: a}").errors.join(), /a list of names of hosts/);
});

Deno.test("the embedded default: SMB detection, collectors, learning and the API, nothing else", () => {
  const { config, warnings } = loadConfig(null);
  assert.deepEqual(warnings, []);
  assert.equal(config.guardian.anomalies.length, 4);
  const { config: sections } = accepted("collectors: {}\nml: {}\napi: {}");
  assert.deepEqual(platformOf(config), platformOf(sections), "every default of the three sections");
  assert.deepEqual([config.api.host, config.api.port], ["127.0.0.1", 8000]);
  assert.equal(apiTokenPath(config), "/var/log/aod/api.token");
  assert.equal(tracersOn(config), false);
  assert.equal(config.history.enabled, false);
  assert.equal(config.event_log.enabled, false);
});

Deno.test("token and history lie below aod_output_dir unless the file says where", () => {
  const { config } = accepted("aod_output_dir: /srv/aod/\napi: {}");
  assert.equal(apiTokenPath(config), "/srv/aod/api.token");
  assert.equal(historyDirectory(config), "/srv/aod/history");
  assert.equal(effectiveConfig(config).api.token_file, "/srv/aod/api.token");
  const { config: own } = accepted(
    "api: {token_file: /run//t}\nhistory: {directory: /var/lib/aod/./h}",
  );
  assert.equal(apiTokenPath(own), "/run/t");
  assert.equal(historyDirectory(own), "/var/lib/aod/h");
});

Deno.test("learning and history of nothing are warned of", () => {
  const { warnings } = accepted("ml: {}\nhistory: {enabled: true}");
  assert.equal(warnings.length, 2);
  assert.match(warnings.join("\n"), /ml: nothing is measured[^]*history: nothing is measured/);
  assert.deepEqual(accepted("ml: {}\nebpf: {enable_io_monitor: true}").warnings, []);
});

Deno.test("all faults at once, each with its place and what is allowed", () => {
  const { config, errors } = checkConfig(`ebpf:
  enable_syscall_trace: maybe
  buffer_pages: 65
  sample_every: 1.5
collectors:
  cpu_interval: 0
  disk_intervall: 2
ml: {anomaly_threshold: 1.7, history_window_size: many}
api:
  host: "a b"
  port: 65536
  token_file: relative
  tls: {cert_file: /etc/c.pem}
logging: {level: LOUD}
bus: {buffer_size: 0, on_full: block}
history: {directory: /a/../b}
budget: {cpu_percent: -1}
`);
  assert.equal(config, null);
  const expected = [
    /^2:25: ebpf\.enable_syscall_trace: expected true or false, found the text "maybe"/,
    /^3:17: ebpf\.buffer_pages: expected a power of two from 1 to 65536, found 65/,
    /^4:17: ebpf\.sample_every: expected a whole number from 0 to 1000000000, found 1\.5/,
    /^6:17: collectors\.cpu_interval: expected a number from 0\.1 to 3600, found 0/,
    /^7:3: collectors\.disk_intervall: unknown key .*did you mean "disk_interval"/,
    /^8:25: ml\.anomaly_threshold: expected a number from 0\.5 to 1, found 1\.7/,
    /^8:51: ml\.history_window_size: expected a whole number/,
    /^10:9: api\.host: expected an address or name to listen on/,
    /^11:9: api\.port: expected a whole number from 0 to 65535, found 65536/,
    /^12:15: api\.token_file: expected an absolute path/,
    /^13:3: api\.tls\.key_file: missing/,
    /^14:18: logging\.level: expected one of DEBUG, INFO, WARNING, ERROR/,
    /^15:20: bus\.buffer_size: expected a whole number from 16/,
    /^15:32: bus\.on_full: expected one of drop_oldest, drop_newest/,
    /^16:22: history\.directory: expected an absolute path without '\.\.'/,
    /^17:23: budget\.cpu_percent: expected a number from 0 to/,
  ];
  assert.equal(errors.length, expected.length, errors.join("\n"));
  expected.forEach((fault, i) => assert.match(errors[i], fault));
});

Deno.test("a file that says a word of SMB needs its guardian", () => {
  for (const text of ["watcher: {actions: [dmesg]}\napi: {}", "cleanup: {}", "{}"]) {
    assert.match(checkConfig(text).errors.join("\n"), /guardian: missing/, text);
  }
});

Deno.test("every key is in the table and applied by a reload", () => {
  const rows = configReference();
  const { config } = accepted("api: {tls: {cert_file: /c, key_file: /k}}");
  for (const section of PLATFORM_SECTIONS) {
    for (const [key, value] of Object.entries(config[section])) {
      const path = `${section}.${key}`;
      const below = value !== null && typeof value === "object" ? Object.keys(value) : [];
      for (const name of below.length === 0 ? [path] : below.map((k) => `${path}.${k}`)) {
        const row = rows.find((r) => r.key === name);
        assert.equal(row?.apply, "reload", name);
      }
    }
  }
  assert.equal(
    configJsonSchema().properties?.collectors?.properties?.cpu_interval?.["x-unit"],
    "s",
  );
});
