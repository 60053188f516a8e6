/**
 * The platform's thread: takes work from the controller, keeps a Platform at it, reports how its parts
 * are, and beats. One isolate for all of it keeps the memory small.
 * @module
 */
import type { MetricsRequest } from "../../evidence/host_metrics.ts";
import { reasonOf } from "../../os/reason.ts";
import { ControlBlock } from "../control.ts";
import type { FromWorker, ToWorker } from "../messages.ts";
import { AgentLink } from "../platform/agent_link.ts";
import { Platform } from "../platform/assembly.ts";
import type { PlatformWork, ToPlatform } from "../platform/messages.ts";

const BEAT_MS = 500;

/** The worker's own global scope. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
  close(): void;
};

type Start = Extract<ToPlatform, { kind: "platform_start" }>;

class PlatformWorker {
  readonly #control: ControlBlock;
  readonly #link: AgentLink;
  readonly #platform: Platform;
  readonly #beats: ReturnType<typeof setInterval>;
  /** One change after the other. */
  #changes: Promise<void> = Promise.resolve();
  #ended = false;

  constructor({ control, work, smb, pace }: Start) {
    this.#control = ControlBlock.attach(control);
    const ask = (id: number, command: Parameters<AgentLink["ask"]>[0]) =>
      scope.postMessage({ kind: "platform_request", id, command });
    this.#link = new AgentLink(ask);
    this.#platform = new Platform({
      control: this.#control,
      link: this.#link,
      pace,
      log: (level, text) => scope.postMessage({ kind: "log", level, text }),
      changed: () => this.#report(),
      send: (message) => scope.postMessage(message),
      shed: (parts) => scope.postMessage({ kind: "platform_shed", parts: [...parts] }),
    }, work);
    for (const notice of smb) this.#platform.smbNotice(notice);
    this.#beats = setInterval(() => this.#beat(), BEAT_MS);
    scope.postMessage({ kind: "ready" });
    this.#apply(work);
  }

  take(message: Exclude<ToWorker, Start>): void {
    if (message.kind === "platform_work") this.#apply(message.work);
    if (message.kind === "platform_smb") this.#platform.smbNotice(message.notice);
    if (message.kind === "platform_answer") this.#link.answered(message.id, message.response);
    if (message.kind === "platform_metrics") this.#metrics(message.id, message.request);
    if (message.kind === "drain") this.#end();
  }

  #apply(work: PlatformWork): void {
    this.#changes = this.#changes.then(() => this.#platform.apply(work))
      .catch((error) => {
        const text = `Cannot put the platform together: because ${reasonOf(error)}`;
        scope.postMessage({ kind: "log", level: "ERROR", text });
      })
      .then(() => this.#report());
  }

  #metrics(id: number, request: MetricsRequest): void {
    try {
      const answer = this.#platform.metrics(request);
      scope.postMessage({ kind: "platform_series", id, answer });
    } catch (error) {
      scope.postMessage({ kind: "platform_series", id, answer: reasonOf(error) });
    }
  }

  #report(): void {
    if (this.#ended) return;
    scope.postMessage({ kind: "platform_report", report: this.#platform.report() });
  }

  #beat(): void {
    this.#control.beat("platform");
    if (this.#control.stopRequested("platform")) this.#end();
  }

  /** Nothing is left behind: descriptors and mappings belong to the process. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#link.close();
    this.#changes = this.#changes.then(() => this.#platform.close()).catch(() => {})
      .then(() => {
        clearInterval(this.#beats);
        scope.postMessage({ kind: "stopped" });
        scope.close();
      });
  }
}

/** Takes the worker's messages; the first is the start. */
export function run(): void {
  let worker: PlatformWorker | null = null;
  scope.onmessage = ({ data }) => {
    if (data.kind === "platform_start") worker = new PlatformWorker(data);
    else worker?.take(data);
  };
}
