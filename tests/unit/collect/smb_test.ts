/**
 * The collector of the SMB client, over files of two kernels.
 * @module
 */
import assert from "node:assert/strict";
import { smb } from "../../../src/collect/smb.ts";
import type { SmbSessionRow } from "../../../src/collect/smb_servers.ts";
import { FakeHost, Looks } from "../../support/collect/fake_host.ts";

const FIXTURES = new URL("../../fixtures/proc/", import.meta.url).pathname;

/** A host with files of a kernel; `change` works on the text of Stats and DebugData. */
function mount(host: FakeHost, kernel: string, change = (text: string) => text): void {
  for (const name of ["Stats", "DebugData"]) {
    host.write(
      `proc/fs/cifs/${name}`,
      change(Deno.readTextFileSync(`${FIXTURES}${kernel}/${name}`)),
    );
  }
}

Deno.test("smb: a host without the client says so and nothing more", () => {
  using host = new FakeHost();
  const sample = new Looks(host, smb).sample();
  assert.deepEqual(sample.points, [{ key: "smb.loaded", value: 0 }]);
  assert.deepEqual(sample.tables, { sessions: [], commands: [] });
});

for (const kernel of ["6.1", "6.12"]) {
  Deno.test(`smb: sessions, credits and shares of ${kernel}`, () => {
    using host = new FakeHost();
    mount(host, kernel);
    const looks = new Looks(host, smb);
    const points = looks.next();
    assert.equal(points["smb.loaded"], 1);
    assert.equal(points["smb.sessions"], 3);
    assert.equal(points["smb.servers"], 2);
    assert.equal(points["smb.server.localhost.credits"], 362);
    assert.equal(points["smb.server.127.0.0.1.credits"], 443, "of 443 and more the fewest");
    assert.equal(points["smb.server.127.0.0.1.connections"], 2);
    assert.equal(points["smb.share.//127.0.0.1/s.open_files"], 3, "of two sessions");
    assert.ok(!Object.keys(points).some((key) => key.includes(".command.") || /_delta$/.test(key)));
    const sessions = looks.sample().tables?.sessions as SmbSessionRow[];
    assert.equal(sessions.length, 3);
    assert.deepEqual(sessions.map(({ dialect }) => dialect), ["2.1", "3.0", "3.1.1"]);
    assert.equal(sessions[1].address, "127.0.0.1");
    assert.equal(sessions[1].reconnects, 0);
    assert.deepEqual(sessions[2].shares, [
      { share: "//127.0.0.1/my share", disconnected: false },
      { share: "//127.0.0.1/s", disconnected: false },
    ]);
  });
}

Deno.test("smb: what was counted since; a command without requests has no mean", () => {
  using host = new FakeHost();
  mount(host, "6.1");
  const looks = new Looks(host, smb);
  looks.next();
  mount(
    host,
    "6.1",
    (text) =>
      text.replace("  5\t\t4\t4\t", "  5\t\t14\t29\t").replace("SMBs: 12", "SMBs: 22")
        .replace("0 session 0 share", "2 session 3 share")
        .replace("Total vfs operations: 38", "Total vfs operations: 48")
        .replace("Bytes read: 0  Bytes written: 8", "Bytes read: 512  Bytes written: 1032")
        .replace("TCP status: 1 Instance: 1", "TCP status: 1 Instance: 3"),
  );
  const points = looks.next();
  assert.equal(points["smb.command.SMB2_CREATE.count_delta"], 10);
  assert.equal(points["smb.command.SMB2_CREATE.mean_ms"], 10, "25 ticks of 4 ms for ten");
  assert.equal(points["smb.command.SMB2_CLOSE.count_delta"], 0);
  assert.ok(!("smb.command.SMB2_CLOSE.mean_ms" in points));
  assert.equal(points["smb.session_reconnects_delta"], 2);
  assert.equal(points["smb.share_reconnects_delta"], 3);
  assert.equal(points["smb.operations_delta"], 10);
  assert.equal(points["smb.share.//localhost/s.requests_delta"], 10);
  assert.equal(points["smb.share.//127.0.0.1/s.read_bytes_delta"], 512);
  assert.equal(points["smb.share.//127.0.0.1/s.write_bytes_delta"], 1024);
  assert.equal(points["smb.server.localhost.reconnects_delta"], 2);
  assert.equal(points["smb.server.127.0.0.1.reconnects_delta"], 0);
});

Deno.test("smb: requests in flight, and tasks that wait for credits", () => {
  using host = new FakeHost();
  mount(host, "6.12", (text) =>
    text.replace("Operations (MIDs): 0", "Operations (MIDs): 7")
      .replace("Req On Wire: 0", "Req On Wire: 7").replace(
        "In MaxReq Wait: 0",
        "In MaxReq Wait: 2",
      ));
  const points = new Looks(host, smb).next();
  assert.equal(points["smb.in_flight"], 7);
  assert.equal(points["smb.server.localhost.in_flight"], 7);
  assert.equal(points["smb.server.localhost.waiting"], 2);
});

Deno.test("smb: the client is unloaded and loaded again: its counters began anew", () => {
  using host = new FakeHost();
  mount(host, "6.1");
  const looks = new Looks(host, smb);
  looks.next();
  host.remove("proc/fs");
  assert.deepEqual(looks.next(), { "smb.loaded": 0 });
  mount(host, "6.1");
  const again = looks.next();
  assert.equal(again["smb.sessions"], 3);
  assert.deepEqual(Object.keys(again).filter((key) => /_delta$|\.command\./.test(key)), []);
});

Deno.test("smb: an unmounted server takes its counts with it", () => {
  using host = new FakeHost();
  mount(host, "6.1");
  const looks = new Looks(host, smb);
  looks.next();
  mount(host, "6.1", (text) => text.replace("  5\t\t16\t31\t", "  5\t\t0\t0\t"));
  const points = looks.next();
  assert.ok(!("smb.command.SMB2_CREATE.count_delta" in points));
  assert.equal(points["smb.command.SMB2_CLOSE.count_delta"], 0);
});
