/**
 * The built-in quick actions: the one registry of their names, parameters and limits. What each of
 * them runs is in src/evidence.
 * @module
 */

/** A parameter an action takes in the file, as in `{name: syslogs, lines: 100}`. */
export interface ActionParameter {
  /** Also tells the type. */
  default: number | string | boolean;
  /** For the reference. */
  description: string;
  /** As in "s". */
  unit?: string;
  /** Least number. */
  min?: number;
  /** Largest number. */
  max?: number;
  /** What a text must match. */
  pattern?: RegExp;
  /** How a message says what a text must be. */
  allowed?: string;
}

/** One built-in action. */
export interface BuiltinAction {
  /** For the reference and `aod doctor`. */
  description: string;
  /** Default of the key of that name. */
  timeout_sec: number;
  /** Default of the key of that name. */
  max_output_kb: number;
  /** What else it takes, by key. */
  params: Readonly<Record<string, ActionParameter>>;
}

function lines(fallback: number): ActionParameter {
  return {
    default: fallback,
    description: "Most lines kept, the newest.",
    unit: "lines",
    min: 1,
    max: 100_000,
  };
}

/** Every built-in action by its name in the file. */
export const BUILTIN_ACTIONS: Readonly<Record<string, BuiltinAction>> = {
  dmesg: {
    description: "Kernel log: `journalctl -k`, else `dmesg`.",
    timeout_sec: 10,
    max_output_kb: 4096,
    params: { lines: lines(5000) },
  },
  journalctl: {
    description: "Journal from before the first offending request on.",
    timeout_sec: 10,
    max_output_kb: 4096,
    params: { lines: lines(5000) },
  },
  syslogs: {
    description: "Tail of /var/log/syslog or /var/log/messages, else of the journal.",
    timeout_sec: 10,
    max_output_kb: 4096,
    params: { lines: lines(100) },
  },
  debugdata: {
    description: "/proc/fs/cifs/DebugData: servers, sessions, shares, requests in flight.",
    timeout_sec: 5,
    max_output_kb: 4096,
    params: {},
  },
  stats: {
    description: "/proc/fs/cifs/Stats, before and after, with the difference.",
    timeout_sec: 5,
    max_output_kb: 4096,
    params: {},
  },
  mounts: {
    description: "Mounts of type cifs and smb3 with their options.",
    timeout_sec: 5,
    max_output_kb: 1024,
    params: {},
  },
  smbinfo: {
    description: "`smbinfo` on the mounts concerned (never `keys`).",
    timeout_sec: 10,
    max_output_kb: 1024,
    params: {},
  },
  tcpdump: {
    description: "Packets of the SMB port, headers only.",
    timeout_sec: 15,
    max_output_kb: 16_384,
    params: {
      duration_sec: {
        default: 10,
        description: "Length of the capture.",
        unit: "s",
        min: 1,
        max: 120,
      },
      ring: {
        default: false,
        description:
          "Keep a bounded capture running, so that the packets before the anomaly are there.",
      },
      snaplen: {
        default: 256,
        description: "Bytes kept of each packet.",
        unit: "bytes",
        min: 64,
        max: 65_535,
      },
      port: { default: 445, description: "TCP port of the server.", min: 1, max: 65_535 },
      interface: {
        default: "any",
        description: "Network interface.",
        // IFNAMSIZ is 16 with the NUL (include/uapi/linux/if.h).
        pattern: /^[A-Za-z0-9_.:@][A-Za-z0-9_.:@-]{0,14}$/,
        allowed: "the name of a network interface",
      },
    },
  },
  lsof: {
    description: "Open network connections: `lsof -b -w -nP -i`.",
    timeout_sec: 10,
    max_output_kb: 4096,
    params: {},
  },
  ss: {
    description: "TCP sockets with their kernel state: `ss`.",
    timeout_sec: 10,
    max_output_kb: 4096,
    params: {},
  },
};
