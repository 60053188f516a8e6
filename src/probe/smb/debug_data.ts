/**
 * /proc/fs/cifs/DebugData: the client's servers, sessions, shares and requests in flight. Reading it
 * takes locks in the kernel and never waits for a server.
 *
 * The text is made for people and grows from kernel to kernel (6.1 and 6.12 are known from samples);
 * what is not known is passed over. It is a snapshot: state that changes while it is printed may
 * appear half.
 * @module
 */
import { eachLine } from "../../os/text_lines.ts";

/** A share (tree connect) of a session. */
export interface CifsShare {
  /** `\\server\share`. */
  unc: string;
  /** null where the kernel does not print it: before SMB 3.0. */
  tree_id: number | null;
  /** The session's IPC$ connect. */
  ipc: boolean;
  /** To be connected again. */
  disconnected: boolean;
}

/** A logon at a server. */
export interface CifsSession {
  /** As in the SMB2 header. */
  session_id: bigint;
  /** IP address of the server. */
  address: string;
  /** Further connections of the session (multichannel), beside the server's own. */
  channels: bigint[];
  /** Its tree connects, IPC$ first. */
  shares: CifsShare[];
}

/** A request that waits for its answer. */
export interface CifsPending {
  /** The connection it went out on. */
  connection_id: bigint;
  /** enum mid_state of the kernel: 2 is sent. */
  state: number;
  /** MS-SMB2 2.2.1.2 Command. */
  command: number;
  /** Thread that issued it. */
  tid: number;
  /** As in the SMB2 header. */
  message_id: bigint;
}

/** A connection to a server. */
export interface CifsServer {
  /** TCP_Server_Info.conn_id. */
  connection_id: bigint;
  /** "" where the kernel has none. */
  hostname: string;
  /** SMB dialect revision, as 0x311; 0 while none is agreed. */
  dialect: number;
  /** Requests that the server allows now. */
  credits: number;
  /** Requests sent and not answered. */
  on_wire: number;
  /** Tasks waiting for credits. */
  waiting: number;
  /** Reconnects since the mount, plus one. */
  instance: number;
  /** Logons over it. */
  sessions: CifsSession[];
  /** Requests without an answer yet, those of further channels included. */
  pending: CifsPending[];
}

/** More lines than any client has; the rest is not read. */
const MAX_LINES = 200_000;

/** Parses the text; never throws. */
export function parseDebugData(text: string): CifsServer[] {
  const state = new ParserState();
  eachLine(text, MAX_LINES, (line) => state.line(line));
  return state.servers;
}

class ParserState {
  readonly servers: CifsServer[] = [];
  #session: CifsSession | undefined;
  #share: CifsShare | undefined;
  /** Connection that the lines of the MIDs section belong to. */
  #pending = 0n;

  line(line: string): void {
    const server = /^\d+\) ConnectionId: 0x([0-9a-f]{1,16})(?: Hostname: (\S+))?/.exec(line);
    if (server !== null) return this.#startServer(server[1], server[2] ?? "");
    const current = this.servers.at(-1);
    if (current === undefined) return;
    const share = /^\t\d+\) (IPC: )?(\\\\.+) Mounts: \d+ /.exec(line);
    if (share !== null) return this.#startShare(share[2], share[1] !== undefined);
    if (line.startsWith("\t")) this.#indented(line, current);
    else this.#serverLine(line, current);
  }

  #startServer(id: string, hostname: string): void {
    this.#session = this.#share = undefined;
    this.servers.push({
      connection_id: BigInt(`0x${id}`),
      hostname,
      dialect: 0,
      credits: 0,
      on_wire: 0,
      waiting: 0,
      instance: 0,
      sessions: [],
      pending: [],
    });
  }

  #startShare(unc: string, ipc: boolean): void {
    if (this.#session === undefined) return;
    this.#share = { unc, tree_id: null, ipc, disconnected: false };
    this.#session.shares.push(this.#share);
  }

  #serverLine(line: string, server: CifsServer): void {
    const credits = /^Number of credits: (\d+)\S* Dialect 0x([0-9a-f]+)/.exec(line);
    if (credits !== null) {
      server.credits = number(credits[1]);
      server.dialect = number(credits[2], 16);
    }
    const instance = /\bInstance: (\d+)/.exec(line);
    if (instance !== null) server.instance = number(instance[1]);
    const wire = /\bReq On Wire: (\d+)/.exec(line);
    if (wire !== null) server.on_wire = number(wire[1]);
    const waiting = /\bIn MaxReq Wait: (\d+)/.exec(line);
    if (waiting !== null) server.waiting = number(waiting[1]);
  }

  #indented(line: string, server: CifsServer): void {
    const session = /^\t\d+\) (?:Address|Name): (\S+) /.exec(line);
    if (session !== null) {
      this.#share = undefined;
      this.#session = { session_id: 0n, address: session[1], channels: [], shares: [] };
      server.sessions.push(this.#session);
      return;
    }
    const pending = /^\t\tState: (\d+) com: (\d+) pid: (\d+) cbdata: \S+ mid (\d{1,20})/.exec(line);
    if (pending !== null) {
      server.pending.push({
        connection_id: this.#pending,
        state: number(pending[1]),
        command: number(pending[2]),
        tid: number(pending[3]),
        message_id: BigInt(pending[4]),
      });
      return;
    }
    const mids = /^\tServer ConnectionId: 0x([0-9a-f]{1,16})/.exec(line);
    if (mids !== null) this.#pending = BigInt(`0x${mids[1]}`);
    const channel = /^\t\tChannel: \d+ ConnectionId: 0x([0-9a-f]{1,16})/.exec(line);
    if (channel !== null) this.#session?.channels.push(BigInt(`0x${channel[1]}`));
    const id = /\bSessionId: 0x([0-9a-f]{1,16})/.exec(line);
    if (id !== null && this.#session !== undefined) this.#session.session_id = BigInt(`0x${id[1]}`);
    if (this.#share === undefined) return;
    const tree = /^\ttid: 0x([0-9a-f]{1,8})/.exec(line);
    if (tree !== null) this.#share.tree_id = number(tree[1], 16);
    if (line.includes("\tDISCONNECTED")) this.#share.disconnected = true;
  }
}

/** A number of the text; what is too large for a count is cut to the largest safe one. */
function number(digits: string, radix = 10): number {
  return Math.min(parseInt(digits, radix), Number.MAX_SAFE_INTEGER);
}
