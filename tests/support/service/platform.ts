/** An agent's platform in tests: its configuration, and questions to its API. @module */
import type { TestAgent } from "./agent.ts";

/** A configuration with an anomaly that is cheap to collect, and these sections. */
export function platformConfig(sections: string): string {
  return `
collector: { requests_before_sec: 0, requests_after_sec: 0 }
cleanup: { min_free_mb: 0 }
watcher: { actions: [mounts] }
guardian:
  anomalies:
    slow: { type: latency, tool: smbslower, actions: [mounts] }
${sections}
`;
}

/** Collectors that are quick, and the API on a port that is free. */
export const QUICK = `
collectors: { cpu_interval: 0.2, memory_interval: 0.2, disk_interval: 0.2, network_interval: 0.2,
  process_interval: 0.2, smb_interval: 0.2 }
ml: {}
api: { port: 0 }
`;

/** Questions with the agent's token. */
export class TestApi {
  readonly url: string;
  readonly token: string;

  private constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  /** Waits until it listens. */
  static async of(agent: TestAgent): Promise<TestApi> {
    const { platform } = await agent.statusThat((status) => status.platform.api.length > 0);
    return new TestApi(platform.api[0], Deno.readTextFileSync(platform.token_file).trim());
  }

  /** Asks; the caller takes the body. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, connection: "close" };
    return fetch(`${this.url}${path}`, { ...init, headers });
  }

  /** GET as JSON. */
  async json(path: string): Promise<Record<string, unknown>> {
    const response = await this.fetch(path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }

  /** Asks until the answer is as wanted. */
  async jsonThat(
    path: string,
    wanted: (answer: Record<string, unknown>) => boolean,
    timeout_ms = 20_000,
  ): Promise<Record<string, unknown>> {
    const deadline = performance.now() + timeout_ms;
    for (;;) {
      const answer = await this.json(path);
      if (wanted(answer)) return answer;
      if (performance.now() > deadline) throw new Error(JSON.stringify(answer).slice(0, 2000));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
