/**
 * Health at a glance.
 * @module
 */
import type { VNode } from "preact";
import {
  type HealthCard,
  healthCards,
  type HealthState,
  overall,
  verdict,
} from "../logic/health.ts";
import { ledgerRows, totalLost } from "../logic/ledger_rows.ts";
import { statusParts } from "../logic/status_parts.ts";
import type { Store } from "../state/store.ts";
import { Section } from "./section.tsx";

/** Colour alone tells nothing to some: each state has a sign and a word. */
const SIGNS: Record<HealthState, [sign: string, word: string]> = {
  good: ["✓", "good"],
  warning: ["!", "warning"],
  bad: ["✕", "bad"],
  none: ["", ""],
};
const RECENT_SEC = 600;

function cardsOf(store: Store): HealthCard[] {
  const from = store.now_sec - RECENT_SEC;
  return healthCards({
    status: store.hasStatus ? statusParts(store.status) : null,
    smb: store.smb,
    interval: store.intervals.at(-1) ?? null,
    recentAnomalies: store.hasAnomalies
      ? store.anomalies.filter(({ timestamp, asked }) => timestamp >= from && !asked).length
      : null,
    lost: store.hasStatus ? totalLost(ledgerRows(store.status, store.bus)) : null,
    cpu_percent: store.latest("cpu.total"),
    memory_percent: store.latest("memory.percent"),
  });
}

/** See the module. */
export function HealthSection({ store }: { store: Store }): VNode {
  const cards = cardsOf(store);
  const state = overall(cards);
  return (
    <Section id="health" title="Health">
      <p class={`verdict ${state}`} role="status">{verdict(cards)}</p>
      <ul class="cards">
        {cards.map((card) => (
          <li key={card.name} class={`card ${card.state}`}>
            <span class="name">{card.name}</span>
            <span class="value">
              {card.value} <Sign state={card.state} />
            </span>
            <span class="note">{card.note}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Sign({ state }: { state: HealthState }): VNode | null {
  const [sign, word] = SIGNS[state];
  if (sign === "") return null;
  return (
    <span class={`sign ${state}`}>
      <span aria-hidden="true">{sign}</span>
      <span class="hidden">{word}</span>
    </span>
  );
}
