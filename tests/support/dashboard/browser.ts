/**
 * The dashboard in a headless Chromium, on a real API server.
 * @module
 */
import { kill } from "node:process";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

import { type ApiServer, startApi } from "../../../src/api/server.ts";
import { dashboardFiles } from "../../../src/service/platform/page_files.ts";
import { TOKEN } from "../api/server.ts";
import { CHROMIUM } from "./chromium.ts";
import { LiveHost } from "./live_host.ts";

/** What has not come after this will not come; a busy machine needs a few seconds. */
export const PATIENCE_MS = 60_000;

/** How the page is looked at. */
export interface Look {
  /** Pixels. */
  width?: number;
  /** Colours. */
  colorScheme?: "light" | "dark";
}

/** A server with a page open in a browser; what went wrong in the page is kept. */
export class DashboardPage implements AsyncDisposable {
  /** Violations of the Content-Security-Policy, exceptions, errors on the console. */
  readonly faults: string[] = [];

  private constructor(
    readonly host: LiveHost,
    /** Output directory of the host. */
    readonly dir: string,
    readonly browser: Browser,
    /** Of its first process, which leads a process group. */
    readonly pid: number,
    readonly page: Page,
    public server: ApiServer,
  ) {
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.faults.push(message.text());
    });
  }

  /** Opens the login form. */
  static async open({ width = 1280, colorScheme = "light" }: Look = {}): Promise<DashboardPage> {
    const dir = Deno.makeTempDirSync({ prefix: "aod-dashboard-" });
    Deno.mkdirSync(`${dir}/batches`);
    const host = new LiveHost(dir);
    const server = await serve(host, 0);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.setDefaultTimeout(PATIENCE_MS);
    const opened = new DashboardPage(host, dir, browser, await pidOf(browser), page, server);
    await page.goto(server.url);
    return opened;
  }

  /** Opens the dashboard and waits until it is live. */
  static async signedIn(look: Look = {}): Promise<DashboardPage> {
    const opened = await DashboardPage.open(look);
    await opened.signIn(TOKEN);
    await opened.isLive();
    // What the browser says of the first question, which asks whether there is a session.
    opened.faults.length = 0;
    return opened;
  }

  /** Fills in the login form. */
  async signIn(token: string): Promise<void> {
    await this.page.getByLabel("Token").fill(token);
    await this.page.keyboard.press("Enter");
  }

  /** Waits until both streams are live: what is published from now on is seen. */
  async isLive(): Promise<void> {
    await this.page.locator(".pill", { hasText: /^live$/ }).waitFor();
    const end_ms = performance.now() + PATIENCE_MS;
    while (this.server.streams() < 2) {
      if (performance.now() > end_ms) throw new Error("The stream of events does not open");
      await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
  }

  /** Ends the server and waits until the page has noticed. */
  async stopServer(): Promise<void> {
    await this.server.close();
    await this.page.locator(".pill", { hasText: /^reconnecting$/ }).waitFor();
  }

  /** Serves again where it did before. */
  async restartServer(): Promise<void> {
    this.server = await serve(this.host, this.server.port);
  }

  /** Seals a bundle with these bytes. */
  sealBundle(id: string, bytes: Uint8Array): void {
    const meta = {
      id,
      name: "latency",
      type: "Latency",
      reason: "count",
      count: 12,
      status: "complete",
      verdict: "server",
      verdict_line: "The server took most of the time",
    };
    Deno.writeFileSync(`${this.dir}/batches/aod_quick_${id}.tar.zst`, bytes);
    Deno.writeTextFileSync(`${this.dir}/batches/${id}.meta.json`, JSON.stringify(meta));
  }

  /** What axe-core finds that is serious or worse, as `rule: element`. */
  async axe(): Promise<string[]> {
    // Evaluated by the debugger, which the page's policy does not concern.
    await this.page.evaluate(axe.source);
    return await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
      const { violations } = await axe.run();
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
    });
  }

  /**
   * Ends everything. Chromium is killed: now and then, on a busy machine, it does not end when it is
   * asked to, and playwright waits half a minute for it.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    kill(-this.pid, "SIGKILL");
    await this.browser.close();
    this.host[Symbol.dispose]();
    await this.server.close();
    Deno.removeSync(this.dir, { recursive: true });
  }
}

async function pidOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const pid = processInfo.find(({ type }) => type === "browser")?.id;
  if (pid === undefined) throw new Error("Cannot find the browser's process");
  return pid;
}

function serve(host: LiveHost, port: number): Promise<ApiServer> {
  const onFault = (text: string) => console.error(text);
  return startApi({ host: "127.0.0.1", port, token: TOKEN, page: dashboardFiles(), onFault }, host);
}
