/**
 * The contents of a real bundle: anomaly, flight recorder, verdict, README.
 * @module
 */
import type { Anomaly } from "../detect/anomaly.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import type { Contents, Findings, VerdictLine } from "./contents.ts";

/** Contents of one bundle, from the anomaly and the flight recorder. */
export class BundleContents implements Contents {
  #anomaly: Anomaly | null = null;

  begin(anomaly: Anomaly, _probe: ProbeHandles | null): Promise<void> {
    this.#anomaly = anomaly;
    return Promise.resolve();
  }

  anomalyJson(): string {
    const anomaly = this.#anomaly;
    return `${JSON.stringify({ ...anomaly, anomaly: anomaly?.type }, plain, 2)}\n`;
  }

  *requests(_probe: ProbeHandles | null): Generator<string> {
    for (const request of this.#anomaly?.worst ?? []) {
      yield `${JSON.stringify(request, plain)}\n`;
    }
  }

  verdict(_findings: Findings): VerdictLine {
    return { kind: "unclear", line: "unclear", evidence: [] };
  }

  readme(_findings: Findings, verdict: VerdictLine): string {
    return `Verdict: ${verdict.line}\n`;
  }
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
