/**
 * Names for the numbers in a record: server of a connection, share of a tree, mount points of a share.
 *
 * The kernel side keeps two maps of them from the tree connects it sees; what was mounted before is
 * seeded from /proc/fs/cifs/DebugData. No mount is ever touched: one on a dead server would block.
 * @module
 */
import { BPF_NOEXIST, lookupElem, updateElem } from "../../bpf/map.ts";
import { EEXIST, SyscallError } from "../../os/errno.ts";
import { type Mount, mounts, readProcText } from "../../os/mountinfo.ts";
import { type CifsServer, parseDebugData } from "./debug_data.ts";
import type { ProbeHandles } from "./handles.ts";
import {
  SMB_SERVER_BYTES,
  SMB_SERVER_HOST_BYTES,
  SMB_SERVER_OFFSET,
  SMB_TREE_BYTES,
  SMB_TREE_KEY_BYTES,
  SMB_TREE_KEY_OFFSET,
  SMB_TREE_OFFSET,
  SMB_TREE_UNC_BYTES,
} from "./layout.gen.ts";

const DEBUG_DATA = "/proc/fs/cifs/DebugData";

/** How many servers and trees a seeding put into the maps. */
export interface Seeded {
  /** Connections, channels included. */
  servers: number;
  /** Tree connects. */
  trees: number;
}

/**
 * Puts what is mounted now into the maps smb_servers and smb_trees; what the kernel side has put
 * there itself is newer and stays. Nothing where cifs is not loaded.
 *
 * @throws SyscallError where a map cannot be written
 * @internal
 */
export function seedNames(handles: Pick<ProbeHandles, "maps">, path = DEBUG_DATA): Seeded {
  const servers = parseDebugData(readProcText(path) ?? "");
  return seed(handles, servers);
}

function seed({ maps }: Pick<ProbeHandles, "maps">, servers: readonly CifsServer[]): Seeded {
  const seeded: Seeded = { servers: 0, trees: 0 };
  for (const server of servers) {
    const host = new Uint8Array(SMB_SERVER_BYTES);
    putText(host.subarray(SMB_SERVER_OFFSET.host, SMB_SERVER_HOST_BYTES), server.hostname);
    const connections = [server.connection_id, ...server.sessions.flatMap((s) => s.channels)];
    for (const id of connections) {
      if (server.hostname !== "" && addElem(maps.smb_servers, connectionKey(id), host)) {
        seeded.servers++;
      }
    }
    for (const session of server.sessions) {
      for (const share of session.shares) {
        if (share.tree_id === null) continue;
        const unc = new Uint8Array(SMB_TREE_BYTES);
        putText(unc.subarray(SMB_TREE_OFFSET.unc, SMB_TREE_UNC_BYTES), share.unc);
        const key = treeKey(session.session_id, share.tree_id);
        if (addElem(maps.smb_trees, key, unc)) seeded.trees++;
      }
    }
  }
  return seeded;
}

/** Whether the key was not there before. */
function addElem(map: number, key: Uint8Array, value: Uint8Array): boolean {
  try {
    updateElem(map, key, value, BPF_NOEXIST);
    return true;
  } catch (error) {
    if (error instanceof SyscallError && error.errno === EEXIST) return false;
    throw error;
  }
}

function connectionKey(id: bigint): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, id, true);
  return key;
}

function treeKey(session: bigint, tree: number): Uint8Array {
  const key = new Uint8Array(SMB_TREE_KEY_BYTES);
  const view = new DataView(key.buffer);
  view.setBigUint64(SMB_TREE_KEY_OFFSET.session_id, session, true);
  view.setUint32(SMB_TREE_KEY_OFFSET.tree_id, tree, true);
  return key;
}

/** UTF-8 with at least one NUL behind it, cut between characters. */
function putText(field: Uint8Array, text: string): void {
  new TextEncoder().encodeInto(text, field.subarray(0, field.length - 1));
}

/** Text up to the first NUL. */
function getText(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** How long a name is taken as known; a session id may come again after a reconnect. */
const KNOWN_MS = 10_000;
/** How long a miss is taken as a miss, and the least time between two readings of DebugData. */
const MISS_MS = 1_000;
/** The same for a share of which no mount is known. */
const MOUNT_MISS_MS = 20;
const MAX_CACHED = 1024;

/** Values by key for a while; when full, the oldest goes. */
class Cache {
  readonly #entries = new Map<string, { value: string; until: number }>();

  get(key: string, now: number): string | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && now < entry.until ? entry.value : undefined;
  }

  put(key: string, value: string, now: number): string {
    this.#entries.delete(key);
    if (this.#entries.size >= MAX_CACHED) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(key, { value, until: now + (value === "" ? MISS_MS : KNOWN_MS) });
    return value;
  }
}

/** Looks names up, with bounded caches; "" for what is not known. One for each thread. */
export class NameResolver {
  readonly #handles: Pick<ProbeHandles, "maps">;
  readonly #debugData: string;
  readonly #listMounts: () => Mount[];
  readonly #cache = new Cache();
  #seededAt = -Infinity;
  #mounts: Mount[] = [];
  #mountsAt = -Infinity;

  /** The last two parameters are for tests: another DebugData, another list of mounts. */
  constructor(
    handles: Pick<ProbeHandles, "maps">,
    debugData = DEBUG_DATA,
    listMounts: () => Mount[] = mounts,
  ) {
    this.#handles = handles;
    this.#debugData = debugData;
    this.#listMounts = listMounts;
  }

  /** Host name of a connection. */
  server(connection_id: bigint): string {
    if (connection_id === 0n) return "";
    const map = this.#handles.maps.smb_servers;
    const key = connectionKey(connection_id);
    return this.#find(`c${connection_id}`, map, key, SMB_SERVER_BYTES);
  }

  /** `\\server\share` of a tree of a session. */
  share(session_id: bigint, tree_id: number): string {
    if (session_id === 0n || tree_id === 0) return "";
    const map = this.#handles.maps.smb_trees;
    const key = treeKey(session_id, tree_id);
    return this.#find(`t${session_id}:${tree_id}`, map, key, SMB_TREE_BYTES);
  }

  #find(id: string, map: number, key: Uint8Array, bytes: number): string {
    const now = performance.now();
    const cached = this.#cache.get(id, now);
    if (cached !== undefined) return cached;
    let value = lookupElem(map, key, bytes);
    if (value === null && now - this.#seededAt >= MISS_MS) {
      // A channel opened later, or a name the LRU map has let go.
      this.#seededAt = now;
      seedNames(this.#handles, this.#debugData);
      value = lookupElem(map, key, bytes);
    }
    // Both structs hold one text from offset 0.
    return this.#cache.put(id, value === null ? "" : getText(value), now);
  }

  /** Where a share, or a directory of it, is mounted in this mount namespace. */
  mountPoints(unc: string): string[] {
    if (unc === "") return [];
    const age = performance.now() - this.#mountsAt;
    if (age < MISS_MS) {
      const known = this.#mountsOf(unc);
      // It may have been mounted meanwhile; what is never mounted (IPC$) must not be asked for again
      // and again.
      if (known.length > 0 || age < MOUNT_MISS_MS) return known;
    }
    this.#mountsAt = performance.now();
    this.#mounts = this.#listMounts().filter((m) => m.type === "cifs" || m.type === "smb3");
    return this.#mountsOf(unc);
  }

  #mountsOf(unc: string): string[] {
    const wanted = normalUnc(unc);
    return this.#mounts.filter((m) => {
      const source = normalUnc(m.source);
      return source === wanted || source.startsWith(`${wanted}/`);
    }).map((m) => m.mount_point);
  }
}

/** Servers and shares are named in any case (MS-SMB2 2.2.9), with slashes of either kind. */
function normalUnc(unc: string): string {
  return unc.replaceAll("\\", "/").replace(/\/+$/, "").toLowerCase();
}
