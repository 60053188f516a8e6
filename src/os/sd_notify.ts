/**
 * systemd's notification protocol (sd_notify(3)): one datagram per message to `NOTIFY_SOCKET`.
 * @module
 */
import { monotonicNs } from "./clock.ts";
import { closeFd } from "./libc.ts";

/** From <sys/socket.h>, Linux. */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** sizeof(sun_path). */
const MAX_PATH_BYTES = 108;

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  sendto: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
    result: "isize",
  },
} as const;

/** Speaks to the service manager; does nothing where there is none. */
export class SdNotify {
  /** Half of WATCHDOG_USEC in ms: how often {@linkcode watchdog} must be called; 0 for never. */
  readonly watchdogIntervalMs: number;
  readonly #address: Uint8Array<ArrayBuffer> | null;
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS> | null = null;
  readonly #fd: number = -1;

  /**
   * A notifier for this process.
   * @param environment where NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are looked up
   */
  constructor(environment: Record<string, string | undefined> = Deno.env.toObject()) {
    this.#address = socketAddress(environment.NOTIFY_SOCKET ?? "");
    this.watchdogIntervalMs = this.#address === null ? 0 : watchdogInterval(environment);
    if (this.#address === null) return;
    this.#library = Deno.dlopen("libc.so.6", SYMBOLS);
    this.#fd = this.#library.symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  }

  /** True where a service manager listens. */
  get enabled(): boolean {
    return this.#fd >= 0;
  }

  /** The agent is up. */
  ready(): boolean {
    return this.#send("READY=1");
  }

  /** One line for `systemctl status`. */
  status(text: string): boolean {
    return this.#send(`STATUS=${text.replaceAll("\n", " ")}`);
  }

  /** WATCHDOG=1. */
  watchdog(): boolean {
    return this.#send("WATCHDOG=1");
  }

  /** STOPPING=1. */
  stopping(): boolean {
    return this.#send("STOPPING=1");
  }

  /** A reload begins; {@linkcode ready} ends it. */
  reloading(): boolean {
    return this.#send(`RELOADING=1\nMONOTONIC_USEC=${monotonicNs() / 1000n}`);
  }

  /** Closes the socket. */
  close(): void {
    closeFd(this.#fd);
    this.#library?.close();
  }

  #send(message: string): boolean {
    if (this.#library === null || this.#address === null || this.#fd < 0) return false;
    const bytes = new TextEncoder().encode(message);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const { sendto } = this.#library.symbols;
    const sent = sendto(
      this.#fd,
      bytes,
      BigInt(bytes.length),
      flags,
      this.#address,
      this.#address.length,
    );
    return Number(sent) === bytes.length;
  }
}

/** struct sockaddr_un of a path, or of an abstract name (`@name`); null for anything else. */
function socketAddress(path: string): Uint8Array<ArrayBuffer> | null {
  if (!path.startsWith("/") && !path.startsWith("@")) return null;
  const name = new TextEncoder().encode(path);
  if (name.length < 2 || name.length >= MAX_PATH_BYTES || name.includes(0)) return null;
  const abstract = path.startsWith("@");
  const address = new Uint8Array(2 + name.length + (abstract ? 0 : 1));
  new Uint16Array(address.buffer, 0, 1)[0] = AF_UNIX;
  address.set(name, 2);
  if (abstract) address[2] = 0;
  return address;
}

function watchdogInterval(environment: Record<string, string | undefined>): number {
  const pid = environment.WATCHDOG_PID;
  if (pid !== undefined && Number(pid) !== Deno.pid) return 0;
  const usec = Number(environment.WATCHDOG_USEC ?? "0");
  if (!Number.isFinite(usec) || usec <= 0) return 0;
  return Math.max(1, Math.floor(usec / 2000));
}
