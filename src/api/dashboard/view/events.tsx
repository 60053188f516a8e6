/**
 * The stream of events, with filters.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ApiEvent } from "../../data.ts";
import { dataLine, type EventChoice } from "../logic/event_list.ts";
import { formatClock } from "../logic/units.ts";
import type { Store } from "../state/store.ts";
import { Section } from "./section.tsx";
import { DataTable } from "./table.tsx";

const LISTED = 100;

function Choose(
  { label, value, values, onChoose }: {
    label: string;
    value: string;
    values: readonly string[];
    onChoose: (value: string) => void;
  },
): VNode {
  // What was chosen stays to be chosen, also when it is not seen any more.
  const all = [...new Set([...values, ...(value === "" ? [] : [value])])];
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">all</option>
        {all.map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    </label>
  );
}

/** See the module. */
export function EventSection({ store }: { store: Store }): VNode {
  const [choice, setChoice] = useState<EventChoice>({ type: "", source: "", text: "" });
  const [held, setHeld] = useState<ApiEvent[] | null>(null);
  const { events } = store;
  const shown = held ?? events.matching(choice, LISTED);
  const choose = (part: Partial<EventChoice>) => {
    const next = { ...choice, ...part };
    setChoice(next);
    if (held !== null) setHeld(events.matching(next, LISTED));
  };
  return (
    <Section
      id="events"
      title="Events"
      note="The newest first. Those of type metric are shown when they are chosen."
    >
      <div class="card">
        <form class="filters" onSubmit={(event) => event.preventDefault()} role="search">
          <Choose
            label="Type"
            value={choice.type}
            values={events.seenTypes}
            onChoose={(type) => choose({ type })}
          />
          <Choose
            label="Source"
            value={choice.source}
            values={events.seenSources}
            onChoose={(source) => choose({ source })}
          />
          <label>
            Contains{" "}
            <input
              type="search"
              value={choice.text}
              onInput={(event) => choose({ text: event.currentTarget.value })}
            />
          </label>
          <button
            type="button"
            aria-pressed={held !== null}
            onClick={() => setHeld(held === null ? shown : null)}
          >
            Pause
          </button>
        </form>
        <DataTable
          caption="Events, the newest first"
          columns={["Time", "Type", "Process", "Data", "Source"].map((head) => ({ head }))}
          rows={shown.map((event) => ({
            key: event.event_id,
            cells: [
              formatClock(event.timestamp),
              event.event_type,
              [event.comm ?? "", event.pid ?? ""].join(" ").trim() || "–",
              <span key="data" class="data">{dataLine(event.data)}</span>,
              event.source,
            ],
          }))}
          empty="No event."
        />
      </div>
    </Section>
  );
}
