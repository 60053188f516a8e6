/**
 * Socket addresses as text.
 * @module
 */
import { textOfBytes } from "./text.ts";

/** include/linux/socket.h */
const AF_UNSPEC = 0;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;

/** Names of the address families (include/linux/socket.h). */
const FAMILIES: readonly (string | undefined)[] =
  ("UNSPEC UNIX INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 ROSE DECnet NETBEUI SECURITY " +
    "KEY NETLINK PACKET ASH ECONET ATMSVC RDS SNA IRDA PPPOX WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH " +
    "IUCV RXRPC ISDN PHONET IEEE802154 CAIF ALG NFC VSOCK KCM QIPCRTR SMC XDP MCTP").split(" ");

/** "AF_INET" of 2; "AF_99" of a family without a name. */
export function familyName(family: number): string {
  return `AF_${FAMILIES[family] ?? family}`;
}

/** An address, as the output has it. */
export interface SocketAddress {
  /** "AF_INET" */
  family: string;
  /** Port of IPv4 and IPv6; null otherwise. */
  port: number | null;
  /** Text of the address; null where there is none. See {@link socketAddress}. */
  addr: string | null;
  /** A unix address in the abstract name space. */
  abstract: boolean;
}

/**
 * Reads a struct sockaddr.
 *
 * `addr` is: IPv4 dotted; IPv6 as RFC 5952 has it, with "%" and the scope's interface number where it
 * has one; a unix path, "" for an unnamed one, an abstract name with "@" for its leading NUL; for
 * netlink "port:groups"; for other families "0x" and the bytes that follow the family.
 * @returns null where the bytes are too few to hold the family, or what the family needs
 */
export function socketAddress(bytes: Uint8Array): SocketAddress | null {
  if (bytes.length < 2) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const number = view.getUint16(0, true);
  const family = familyName(number);
  const made = (addr: string | null, port: number | null = null, abstract = false) => ({
    family,
    port,
    addr,
    abstract,
  });
  switch (number) {
    case AF_UNSPEC:
      return made(null);
    case AF_UNIX:
      return bytes.length > 2 && bytes[2] === 0
        ? made(`@${textOfBytes(bytes.subarray(3))}`, null, true)
        : made(textOfBytes(untilNul(bytes.subarray(2))));
    case AF_INET:
      if (bytes.length < 8) return null;
      return made(bytes.subarray(4, 8).join("."), view.getUint16(2));
    case AF_INET6: {
      if (bytes.length < 24) return null;
      const scope = bytes.length >= 28 ? view.getUint32(24, true) : 0;
      const text = ipv6Text(bytes.subarray(8, 24));
      return made(scope === 0 ? text : `${text}%${scope}`, view.getUint16(2));
    }
    case AF_NETLINK:
      if (bytes.length < 12) return null;
      return made(`${view.getUint32(4, true)}:${view.getUint32(8, true)}`);
    default:
      return made(`0x${hex(bytes.subarray(2))}`);
  }
}

/** The text of 16 bytes: the longest run of two or more zero groups is "::" (RFC 5952). */
export function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] << 8) | bytes[2 * i + 1]);
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.subarray(12, 16).join(".")}`;
  }
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (from: number, to: number) =>
    groups.slice(from, to).map((group) => group.toString(16)).join(":");
  if (best.length < 2) return text(0, 8);
  return `${text(0, best.start)}::${text(best.start + best.length, 8)}`;
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
