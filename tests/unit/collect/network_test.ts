/**
 * The collector of the network, over files of a made-up host.
 * @module
 */
import assert from "node:assert/strict";
import { network } from "../../../src/collect/network.ts";
import { FakeHost, Looks } from "../../support/collect/fake_host.ts";

const HEAD = "Inter-|   Receive                  |  Transmit\n" +
  " face |bytes    packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed\n";

/** Received and sent: bytes, packets, errors, drops. */
function line(name: string, rx: number[], tx: number[]): string {
  return `${name.padStart(6)}: ${rx.join("    ")} 0 0 0 0 ${tx.join(" ")} 0 0 0 0\n`;
}

Deno.test("network: deltas by interface, and of all but loopback", () => {
  using made = new FakeHost();
  const looks = new Looks(made, network);
  const write = (n: number) =>
    made.write(
      "proc/net/dev",
      HEAD + line("lo", [n, n, 0, 0], [n, n, 0, 0]) +
        line("eth0.100", [100 * n, n, 2 * n, 3 * n], [10 * n, n, 4 * n, 5 * n]) +
        line("wlan0", [n, 0, 0, 0], [n, 0, 0, 0]),
    );
  write(10);
  const first = looks.next();
  assert.equal(first["network.interfaces"], 3);
  assert.ok(!("network.total.rx_bytes_delta" in first));
  write(12);
  const points = looks.next();
  assert.equal(points["network.eth0.100.rx_bytes_delta"], 200);
  assert.equal(points["network.eth0.100.rx_packets_delta"], 2);
  assert.equal(points["network.eth0.100.rx_errors_delta"], 4);
  assert.equal(points["network.eth0.100.rx_drops_delta"], 6);
  assert.equal(points["network.eth0.100.tx_bytes_delta"], 20);
  assert.equal(points["network.eth0.100.tx_packets_delta"], 2);
  assert.equal(points["network.eth0.100.tx_errors_delta"], 8);
  assert.equal(points["network.eth0.100.tx_drops_delta"], 10);
  assert.equal(points["network.lo.rx_bytes_delta"], 2);
  assert.equal(points["network.total.rx_bytes_delta"], 202);
  assert.equal(points["network.total.tx_bytes_delta"], 22);
});

Deno.test("network: a large number stands right behind the colon", () => {
  using made = new FakeHost();
  const looks = new Looks(made, network);
  const write = (bytes: number) =>
    made.write("proc/net/dev", `${HEAD}  eth0:${bytes} 1 0 0 0 0 0 0 ${bytes} 1 0 0 0 0 0 0\n`);
  write(3_545_273_720);
  looks.next();
  write(9_545_273_720);
  assert.equal(looks.next()["network.eth0.rx_bytes_delta"], 6_000_000_000);
});

Deno.test("network: interfaces come and go, and begin anew", () => {
  using made = new FakeHost();
  const looks = new Looks(made, network);
  const write = (...lines: string[]) => made.write("proc/net/dev", HEAD + lines.join(""));
  const eth0 = (n: number) => line("eth0", [n, 0, 0, 0], [n, 0, 0, 0]);
  const veth = (n: number) => line("veth1", [n, 0, 0, 0], [n, 0, 0, 0]);
  write(eth0(100));
  looks.next();
  write(eth0(100), veth(5000));
  const came = looks.next();
  assert.ok(!("network.veth1.rx_bytes_delta" in came));
  assert.equal(came["network.total.rx_bytes_delta"], 0, "what it counted before is not of now");
  write(eth0(40), veth(5001));
  const anew = looks.next();
  assert.ok(!("network.eth0.rx_bytes_delta" in anew), "eth0 fell");
  assert.equal(anew["network.veth1.rx_bytes_delta"], 1);
  write(eth0(45));
  const gone = looks.next();
  assert.equal(gone["network.eth0.rx_bytes_delta"], 5);
  assert.equal(gone["network.interfaces"], 1);
});

Deno.test("network: an interface cannot take the name of the sum; the rest has a limit", () => {
  using made = new FakeHost();
  const many = Array.from({ length: 300 }, (_, i) => line(`v${i}`, [1, 0, 0, 0], [1, 0, 0, 0]));
  made.write("proc/net/dev", HEAD + line("total", [9, 9, 9, 9], [9, 9, 9, 9]) + many.join(""));
  const looks = new Looks(made, network);
  looks.next();
  const points = looks.next();
  assert.equal(points["network.total.rx_bytes_delta"], 0);
  assert.equal(points["network.interfaces"], 256);
  assert.equal(points["network.left_out"], 44);
});

const SNMP = (established: number, out: number, again: number) =>
  "Ip: Forwarding DefaultTTL\nIp: 2 64\n" +
  "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets " +
  "CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\n" +
  `Tcp: 1 200 120000 -1 1640 503 159 59 ${established} 92917 ${out} ${again} 0 589 0\n` +
  "Udp: InDatagrams\nUdp: 5\n";

Deno.test("network: TCP's segments and connections, by the names of the columns", () => {
  using made = new FakeHost();
  const looks = new Looks(made, network);
  made.write("proc/net/snmp", SNMP(7, 1000, 3));
  const first = looks.next();
  assert.equal(first["tcp.established"], 7);
  assert.ok(!("tcp.retransmits_delta" in first));
  made.write("proc/net/snmp", SNMP(8, 1500, 8));
  const points = looks.next();
  assert.equal(points["tcp.established"], 8);
  assert.equal(points["tcp.out_segments_delta"], 500);
  assert.equal(points["tcp.retransmits_delta"], 5);
  assert.equal(points["tcp.active_opens_delta"], 0);
});

Deno.test("network: a host without network has no points; half a file neither", () => {
  using made = new FakeHost();
  const looks = new Looks(made, network);
  assert.deepEqual(looks.next(), {});
  made.write("proc/net/snmp", "Tcp: RetransSegs\n");
  made.write("proc/net/dev", "garbage\n eth0: x\n");
  const points = looks.next();
  assert.ok(!("tcp.retransmits_delta" in points));
  assert.equal(points["network.interfaces"], 1);
});
