/**
 * The head of the page: whether it is live, how much time the charts show, the way to each part.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { statusParts } from "../logic/status_parts.ts";
import { formatAge } from "../logic/units.ts";
import { takeSnapshot } from "../net/request.ts";
import type { Live } from "../state/live.ts";
import type { Store } from "../state/store.ts";

const RANGES: readonly [seconds: number, name: string][] = [
  [60, "1 min"],
  [300, "5 min"],
  [900, "15 min"],
  [3600, "1 h"],
];

const PARTS: readonly [id: string, name: string][] = [
  ["health", "Health"],
  ["smb", "SMB"],
  ["anomalies", "Anomalies"],
  ["host", "Host"],
  ["processes", "Processes"],
  ["trends", "Trends"],
  ["events", "Events"],
  ["ledger", "Ledger"],
];

/** In words, for the pill and for screen readers. */
function liveText({ phase, failures }: Store): string {
  if (phase === "live") return "live";
  return failures > 0 ? "reconnecting" : "connecting";
}

function Snapshot(): VNode {
  const [state, setState] = useState("");
  const take = async () => {
    setState("Collecting evidence…");
    try {
      const { id } = await takeSnapshot();
      setState(`Bundle ${id} is sealed.`);
    } catch (error) {
      setState(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <button type="button" onClick={() => void take()}>Snapshot</button>
      <span class="snapshot" role="status">{state}</span>
    </>
  );
}

/** See the module. */
export function Header({ store, live }: { store: Store; live: Live }): VNode {
  const { version, uptime_sec } = statusParts(store.status);
  const text = liveText(store);
  return (
    <header>
      <div class="bar">
        <h1>
          aod <span class="host">{location.hostname}</span>
        </h1>
        <p class={`pill ${text}`} role="status">{text}</p>
        {uptime_sec === null
          ? null
          : <span class="note">{version}, up {formatAge(uptime_sec)}</span>}
        <span class="space" />
        <label>
          Time shown{" "}
          <select
            value={store.range_sec}
            onChange={(event) => store.set({ range_sec: Number(event.currentTarget.value) })}
          >
            {RANGES.map(([seconds, name]) => <option key={name} value={seconds}>{name}</option>)}
          </select>
        </label>
        <Snapshot />
        <button type="button" onClick={() => void live.signOut()}>Sign out</button>
      </div>
      <nav aria-label="Parts of the page">
        <ul>
          {PARTS.map(([id, name]) => (
            <li key={id}>
              <a href={`#${id}`}>{name}</a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}
