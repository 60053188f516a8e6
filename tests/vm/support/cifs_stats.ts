/**
 * What the guest's SMB client counts, read without the agent and by patterns of its own: the other side of
 * every comparison with the agent's figures.
 * @module
 */

/** /proc/fs/cifs/Stats, all servers and shares together where nothing else is said. */
export interface ClientCounts {
  /** Requests and ticks that they took, by SMB2 command number. */
  commands: Map<number, { count: number; ticks: number }>;
  /** Milliseconds of a tick. */
  tick_ms: number;
  /** Since the module was loaded. */
  session_reconnects: number;
  /** Since the module was loaded. */
  share_reconnects: number;
  /** By share, as `//server/share`. */
  shares: Map<string, { requests: number; read_bytes: number; write_bytes: number }>;
}

/** Reads Stats. @throws Error where it does not look as it should */
export function readClientCounts(text: string): ClientCounts {
  const reconnects = /^(\d+) session (\d+) share reconnects$/m.exec(text);
  const hz = /units are jiffies \((\d+) per second\)/.exec(text);
  if (reconnects === null) throw new Error(`Cannot read Stats: ${text}`);
  const commands: ClientCounts["commands"] = new Map();
  for (const [, code, count, ticks] of text.matchAll(/^\s+(\d+)\t+(\d+)\t+(\d+)\t+\d+\t+\d+$/gm)) {
    const before = commands.get(Number(code)) ?? { count: 0, ticks: 0 };
    commands.set(Number(code), {
      count: before.count + Number(count),
      ticks: before.ticks + Number(ticks),
    });
  }
  const shares: ClientCounts["shares"] = new Map();
  for (const block of text.split(/^(?=\d+\) \\\\)/m).slice(1)) {
    const name = /^\d+\) (\S+)/.exec(block)![1].replaceAll("\\", "/");
    const bytes = /^Bytes read: (\d+) {2}Bytes written: (\d+)$/m.exec(block);
    shares.set(name, {
      requests: Number(/^SMBs: (\d+)/m.exec(block)?.[1]),
      read_bytes: Number(bytes?.[1]),
      write_bytes: Number(bytes?.[2]),
    });
  }
  const [session_reconnects, share_reconnects] = reconnects.slice(1).map(Number);
  return {
    commands,
    tick_ms: 1000 / Number(hz?.[1]),
    session_reconnects,
    share_reconnects,
    shares,
  };
}

/** The one connection in /proc/fs/cifs/DebugData. @throws Error where there is not one */
export function readConnection(text: string): { credits: number; instance: number } {
  const credits = [...text.matchAll(/^Number of credits: (\d+)/gm)];
  const instances = [...text.matchAll(/^TCP status: \d+ Instance: (\d+)/gm)];
  if (credits.length !== 1 || instances.length !== 1) throw new Error(`No one connection: ${text}`);
  return { credits: Number(credits[0][1]), instance: Number(instances[0][1]) };
}
