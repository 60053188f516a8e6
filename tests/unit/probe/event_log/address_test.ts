/**
 * Socket addresses as text.
 * @module
 */
import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import * as fc from "fast-check";
import { familyName, ipv6Text, socketAddress } from "../../../../src/probe/event_log/address.ts";

function bytes(...parts: (number | string | number[])[]): Uint8Array {
  return new Uint8Array(
    parts.flatMap((part) => typeof part === "string" ? [...new TextEncoder().encode(part)] : part),
  );
}

Deno.test("address: IPv4, IPv6, scope, mapped", () => {
  assert.deepEqual(socketAddress(bytes(2, 0, 0x1f, 0x90, 127, 0, 0, 1, [0, 0, 0, 0, 0, 0, 0, 0])), {
    family: "AF_INET",
    port: 8080,
    addr: "127.0.0.1",
    abstract: false,
  });
  const six = (scope: number, ...groups: number[]) =>
    socketAddress(
      bytes(10, 0, 0, 53, 0, 0, 0, 0, groups.flatMap((g) => [g >> 8, g & 255]), scope, 0, 0, 0),
    );
  assert.equal(six(0, 0, 0, 0, 0, 0, 0, 0, 1)?.addr, "::1");
  assert.equal(six(3, 0xfe80, 0, 0, 0, 0, 0, 0, 1)?.addr, "fe80::1%3");
  assert.equal(six(0, 0x2001, 0xdb8, 0, 1, 0, 0, 0, 0)?.addr, "2001:db8:0:1::");
  assert.equal(six(0, 0x2001, 0xdb8, 0, 1, 1, 1, 1, 1)?.addr, "2001:db8:0:1:1:1:1:1");
  assert.equal(six(0, 0, 0, 0, 0, 0, 0xffff, 0x0a00, 1)?.addr, "::ffff:10.0.0.1");
  assert.equal(six(0, 0, 0, 0, 0, 0, 0xffff, 0x0a00, 1)?.port, 53);
});

Deno.test("address: unix by path, unnamed, abstract; netlink; none; another family", () => {
  const addr = (value: Uint8Array) => {
    const address = socketAddress(value);
    return [address?.family, address?.port, address?.addr, address?.abstract];
  };
  assert.deepEqual(addr(bytes(1, 0, "/run/x", 0, "rest")), ["AF_UNIX", null, "/run/x", false]);
  assert.deepEqual(addr(bytes(1, 0)), ["AF_UNIX", null, "", false]);
  assert.deepEqual(addr(bytes(1, 0, 0, "a", 0, "b")), ["AF_UNIX", null, "@a\0b", true]);
  assert.deepEqual(addr(bytes(1, 0, "x", 0xff)), ["AF_UNIX", null, "x\udcff", false]);
  assert.deepEqual(addr(bytes(0, 0, 1, 2)), ["AF_UNSPEC", null, null, false]);
  const netlink = bytes(16, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0);
  assert.deepEqual(addr(netlink), ["AF_NETLINK", null, "5:3", false]);
  assert.deepEqual(addr(bytes(17, 0, 8, 0xff)), ["AF_PACKET", null, "0x08ff", false]);
  assert.equal(familyName(40), "AF_VSOCK");
  assert.equal(familyName(44), "AF_XDP");
  assert.equal(familyName(99), "AF_99");
});

Deno.test("address: too few bytes are none", () => {
  for (const value of [bytes(), bytes(2), bytes(2, 0, 0, 80, 1, 2, 3), bytes(10, 0, 1, 2, 3)]) {
    assert.equal(socketAddress(value), null);
  }
});

Deno.test("address: arbitrary bytes never throw, and IP addresses are such", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 130 }), fc.constantFrom(1, 2, 10, 16, 17), (rest, f) => {
      const address = socketAddress(bytes(f, 0, [...rest]));
      if (address === null) return;
      if (f === 2) assert.ok(isIPv4(address.addr ?? ""));
      if (f === 10) assert.ok(isIPv6(address.addr ?? ""), `${address.addr}`);
    }),
  );
});

Deno.test("address: IPv6 is written as the URL parser of the platform does", () => {
  const group = fc.oneof(fc.constant(0), fc.constant(1), fc.nat(0xffff));
  fc.assert(fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
    // The platform writes mapped addresses in groups.
    fc.pre(groups.slice(0, 5).some((g) => g !== 0) || groups[5] !== 0xffff);
    const text = ipv6Text(new Uint8Array(groups.flatMap((g) => [g >> 8, g & 255])));
    const full = groups.map((g) => g.toString(16)).join(":");
    assert.equal(`[${text}]`, new URL(`http://[${full}]/`).hostname);
  }));
});
