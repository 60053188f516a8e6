/**
 * The API in the platform's worker: started when it can be, tried again when it cannot (the port is
 * taken, the token file is at fault), started anew when its configuration changes.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { ApiData } from "../../api/data.ts";
import type { PageFiles } from "../../api/page.ts";
import type { ApiOptions, ApiServer } from "../../api/server.ts";
import { reasonOf } from "../../os/reason.ts";
import { Backoff } from "../backoff.ts";
import type { PlatformSettings } from "./messages.ts";

/** Waits before the port is tried again. */
const RETRY = {
  first_ms: 1_000,
  max_ms: 30_000,
  breaker_failures: Infinity,
  window_ms: 600_000,
  open_ms: 30_000,
};

/** What it works with. */
export interface ApiPartOptions {
  /** What the routes call. */
  data: ApiData;
  /** Listens; `startApi`. */
  start: (options: ApiOptions, data: ApiData) => Promise<ApiServer>;
  /** Reads the token, or makes it. */
  token: (path: string) => Promise<string>;
  /** The dashboard; null where there is none. */
  page: () => PageFiles | null;
  /** Logs a line. */
  log: (level: "INFO" | "WARNING" | "ERROR", text: string) => void;
  /** Something changed that the report shows. */
  changed: () => void;
}

/** What it needs of the settings. */
export type ApiSettings = Pick<PlatformSettings, "api" | "token_path" | "socket_path">;

/** Owns the server. */
export class ApiPart {
  readonly #options: ApiPartOptions;
  #backoff = new Backoff(RETRY);
  #server: ApiServer | null = null;
  #wanted: ApiSettings | null = null;
  #fault = "";
  #timer: ReturnType<typeof setTimeout> | null = null;
  #changes: Promise<void> = Promise.resolve();

  /** Off. */
  constructor(options: ApiPartOptions) {
    this.#options = options;
  }

  /** Where it listens; empty while it does not. */
  get urls(): string[] {
    const url = this.#server?.url ?? "";
    return url === "" ? [] : [url];
  }

  /** Why it does not listen; "" while it does or is not wanted. */
  get fault(): string {
    return this.#fault;
  }

  /** Of the server that runs. */
  counts(): { answered: number; refused: number; streams: number } {
    const server = this.#server;
    if (server === null) return { answered: 0, refused: 0, streams: 0 };
    const { answered, refused } = server.statistics;
    const all = Object.values(refused).reduce((sum, n) => sum + n, 0);
    return { answered, refused: all, streams: server.streams() };
  }

  /** Puts settings in force; settles when that was tried once. */
  async apply({ api, token_path, socket_path }: ApiSettings): Promise<void> {
    const wanted = { api, token_path, socket_path };
    this.#changes = this.#changes.then(async () => {
      if (isDeepStrictEqual(wanted, this.#wanted)) return;
      this.#wanted = wanted;
      await this.#end();
      this.#backoff = new Backoff(RETRY);
      if (api.enabled) await this.#try(wanted);
      this.#options.changed();
    });
    await this.#changes;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    this.#changes = this.#changes.then(() => this.#end());
    this.#wanted = null;
    await this.#changes;
  }

  async #end(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#fault = "";
    const server = this.#server;
    this.#server = null;
    await server?.close();
  }

  async #try(wanted: ApiSettings): Promise<void> {
    const { data, start, token, page, log } = this.#options;
    const { api, token_path, socket_path } = wanted;
    try {
      if (this.#server !== null) await this.#server.listen();
      this.#server ??= await start({
        host: api.host,
        port: api.port,
        token: await token(token_path),
        tls: api.tls,
        allowed_hosts: [Deno.hostname(), ...api.allowed_hosts],
        unix_socket: socket_path,
        page: page(),
        onFault: (text) => log("WARNING", text),
      }, data);
      if (this.#server.fault !== "") throw new Error(this.#server.fault);
      this.#fault = "";
      log("INFO", `serving ${this.#server.url}, token in ${token_path} (aod token)`);
    } catch (error) {
      this.#failed(reasonOf(error), wanted);
    }
  }

  /** A try that fails as the one before is no news. */
  #failed(reason: string, wanted: ApiSettings): void {
    const { log, changed } = this.#options;
    if (reason !== this.#fault) log("WARNING", `${reason}; tried again until it works`);
    this.#fault = reason;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#changes = this.#changes.then(async () => {
        if (this.#wanted !== wanted || this.urls.length > 0) return;
        await this.#try(wanted);
        changed();
      });
    }, this.#backoff.failed(performance.now()));
  }
}
