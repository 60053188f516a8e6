/**
 * Notifications as a service manager receives them, on a real datagram socket.
 * @module
 */
import assert from "node:assert/strict";
import { monotonicNs } from "../../../src/os/clock.ts";
import { SdNotify } from "../../../src/os/sd_notify.ts";
import { DatagramSocket } from "../../support/service/datagram.ts";

// Opened once and kept for the life of the process: not a leak of the first test.
monotonicNs();

const names = [`${Deno.makeTempDirSync()}/notify`, `@aod-test-${Deno.pid}`];
for (const name of names) {
  Deno.test(`every message is one datagram (${name[0] === "@" ? "abstract" : "path"})`, () => {
    using manager = new DatagramSocket(name);
    const notify = new SdNotify({ NOTIFY_SOCKET: name });
    assert.equal(notify.enabled, true);
    assert.equal(notify.status("watching\nby fentry"), true);
    notify.ready();
    notify.watchdog();
    notify.reloading();
    notify.stopping();
    const received = manager.all();
    assert.deepEqual([...received.slice(0, 3), received[4]], [
      "STATUS=watching by fentry",
      "READY=1",
      "WATCHDOG=1",
      "STOPPING=1",
    ]);
    assert.match(received[3], /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    notify.close();
  });
}

Deno.test("without a service manager nothing is sent and nothing fails", () => {
  const bad = ["", "relative", "/", `/${"x".repeat(200)}`];
  for (const NOTIFY_SOCKET of bad) {
    const notify = new SdNotify({ NOTIFY_SOCKET });
    assert.equal(notify.enabled, false, NOTIFY_SOCKET);
    assert.equal(notify.ready(), false);
    notify.close();
  }
  const gone = new SdNotify({ NOTIFY_SOCKET: "/nonexistent/notify" });
  assert.equal(gone.ready(), false);
  gone.close();
});

Deno.test("the watchdog interval is half of WATCHDOG_USEC, for this process only", () => {
  const interval = (env: Record<string, string>) => {
    const notify = new SdNotify({ NOTIFY_SOCKET: "@aod-test-none", ...env });
    notify.close();
    return notify.watchdogIntervalMs;
  };
  assert.equal(interval({ WATCHDOG_USEC: "30000000" }), 15_000);
  assert.equal(interval({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: `${Deno.pid}` }), 15_000);
  assert.equal(interval({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "1" }), 0);
  for (const text of ["", "0", "-1", "x", "Infinity"]) {
    assert.equal(interval({ WATCHDOG_USEC: text }), 0, text);
  }
  assert.equal(new SdNotify({ WATCHDOG_USEC: "30000000" }).watchdogIntervalMs, 0);
});
