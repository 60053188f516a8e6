/**
 * Debian's Prometheus: downloaded and unpacked into the tests' cache, never installed.
 * @module
 */
import { join } from "node:path";
import { digest, stage } from "../../vm/support/cache.ts";
import { exec } from "../../vm/support/exec.ts";
import { unpack } from "../../vm/support/packages.ts";

const PACKAGE = "prometheus";

/** Paths of the two programs. */
export interface PrometheusPrograms {
  prometheus: string;
  promtool: string;
}

/** Fetches the package where it is not in the cache. */
export async function prometheusPrograms(): Promise<PrometheusPrograms> {
  const dir = await stage(PACKAGE, digest(PACKAGE), async (work) => {
    const inWork = { cwd: work };
    const download = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", PACKAGE];
    await exec(download, inWork).catch(async () => {
      await exec(["apt-get", "-qq", "update"]);
      await exec(download, inWork);
    });
    for (const { name } of [...Deno.readDirSync(work)]) {
      await unpack(join(work, name), work, ["./usr/bin/prometheus", "./usr/bin/promtool"]);
      await Deno.remove(join(work, name));
    }
  });
  return { prometheus: `${dir}/usr/bin/prometheus`, promtool: `${dir}/usr/bin/promtool` };
}

/** A Prometheus that scrapes one server every second. */
export class RunningPrometheus implements AsyncDisposable {
  private constructor(
    readonly child: Deno.ChildProcess,
    readonly url: string,
    readonly errors: Promise<void>,
  ) {}

  /**
   * Starts one on a free port.
   * @param dir for its configuration and data
   */
  static async start(
    program: string,
    dir: string,
    target: { port: number; token: string },
  ): Promise<RunningPrometheus> {
    const token = `${dir}/token`;
    Deno.writeTextFileSync(token, target.token, { mode: 0o600 });
    const config = {
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: [{
        job_name: "aod",
        authorization: { credentials_file: token },
        static_configs: [{ targets: [`127.0.0.1:${target.port}`] }],
      }],
    };
    // JSON is YAML.
    Deno.writeTextFileSync(`${dir}/prometheus.yml`, JSON.stringify(config));
    const child = new Deno.Command(program, {
      args: [
        `--config.file=${dir}/prometheus.yml`,
        `--storage.tsdb.path=${dir}/data`,
        "--web.listen-address=127.0.0.1:0",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const found = Promise.withResolvers<string>();
    const errors = readLines(child.stderr, (text) => {
      const address = /msg="Listening on".*address=(127\.0\.0\.1:[0-9]+)/.exec(text);
      if (address !== null) found.resolve(`http://${address[1]}`);
    }).then((text) => found.reject(new Error(`prometheus ended: ${text}`)));
    return new RunningPrometheus(child, await found.promise, errors);
  }

  /** Values of a query, by the label `le` or "". */
  async query(query: string): Promise<Record<string, number>> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    if (!response.ok) {
      // It listens before it can answer.
      await response.body?.cancel();
      return {};
    }
    const { data } = await response.json() as {
      data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    const results = data?.result ?? [];
    return Object.fromEntries(
      results.map(({ metric, value }) => [metric.le ?? "", Number(value[1])]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.status;
    await this.errors;
  }
}

/** Calls `see` with every line; gives the last of them when the stream has ended. */
async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  see: (line: string) => void,
): Promise<string> {
  let [rest, last] = ["", ""];
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) see(last = line);
  }
  return last;
}
