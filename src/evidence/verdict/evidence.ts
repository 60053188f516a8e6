/**
 * What a verdict rests on, in lines for people. Every rule takes what it looked at.
 * @module
 */
import { GONE } from "./codes.ts";
import type { Facts, Failure } from "./facts.ts";

/** The failures with one of these codes. */
export const within = (f: Facts, codes: ReadonlySet<string>): Failure[] =>
  f.failures.filter((x) => codes.has(x.code));
/** The commonest failures, as a line. */
export const list = (failures: readonly Failure[]): string =>
  failures.slice(0, 3).map((x) => `${x.count}x ${x.code} on ${x.command}`).join(", ");
/** A time with its unit. */
export const ms = (value: number): string =>
  `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const part = (value: number) => `${Math.round(value * 100)} %`;

/** Round trip and losses of the connections. */
export function tcpEvidence(f: Facts): string[] {
  if (f.sockets.length === 0) return ["no TCP connection to port 445 is there"];
  const worst = f.sockets.reduce((a, b) => b.retrans_total > a.retrans_total ? b : a);
  const rtt = f.rtt_ms === null ? "round trip unknown" : `round trip ${ms(f.rtt_ms)}`;
  const losses = `${worst.retrans_total} retransmissions, ${worst.retrans_now} outstanding`;
  return [`TCP: ${rtt}, ${losses}`];
}

/** What was slow, what was not, and where the time went. */
export function slowEvidence(f: Facts): string[] {
  const out = [`slow: ${f.slow_commands.join(", ")}, typically ${ms(f.slow_ms)}`];
  if (f.fast_commands.length > 0) out.push(`fast at the same time: ${f.fast_commands.join(", ")}`);
  if (f.fastest_ms !== null) {
    out.push(`the fastest quarter of the answers took at most ${ms(f.fastest_ms)}`);
  }
  if (f.echo_ms !== null) out.push(`ECHO took ${ms(f.echo_ms)}`);
  if (f.split !== null) {
    const { queue, wire, wake } = f.split;
    out.push(
      `of their time ${part(queue)} before the wire, ${part(wire)} on it, ${part(wake)} after`,
    );
  }
  return out;
}

/** Signs of a lost connection. */
export function goneEvidence(f: Facts): string[] {
  const out: string[] = [];
  const codes = within(f, GONE);
  if (codes.length > 0) out.push(list(codes));
  if (f.reconnects > 0) out.push(`${f.reconnects} reconnects`);
  if (f.dropped > 0) out.push(`${f.dropped} requests were released without an answer`);
  if (f.broken > 0) out.push(`${f.broken} connections wait to be made again`);
  return [...out, ...tcpEvidence(f)];
}

/** Requests that nobody answers. */
export function pendingEvidence(f: Facts): string[] {
  if (f.pending.length === 0) return [];
  const commands = [...new Set(f.pending)].join(", ");
  const age = f.oldest_pending_ms > 0 ? `, the oldest for ${ms(f.oldest_pending_ms)}` : "";
  return [
    `${f.pending.length} requests without an answer (${commands})${age}`,
    `${f.answers_since} answers since`,
  ];
}
