/**
 * The SMB requests that wait for their answer, those that hang first.
 * @module
 */
import type { VNode } from "preact";
import type { SmbUnderWay } from "../../data_agent.ts";
import { restNote, shownRequests, STATE_WORDS } from "../logic/under_way.ts";
import { formatDuration, NOTHING } from "../logic/units.ts";
import type { Store } from "../state/store.ts";
import { DataTable } from "./table.tsx";

function State({ state }: { state: SmbUnderWay["state"] }): VNode {
  const word = STATE_WORDS[state];
  if (state !== "hung") return <>{word}</>;
  return (
    <>
      <span class="sign bad" aria-hidden="true">✕</span> {word}
    </>
  );
}

/** See the module. */
export function UnderWay({ store: { smb } }: { store: Store }): VNode {
  const requests = shownRequests(smb?.under_way ?? []);
  const note = restNote(requests.length, smb?.in_flight ?? null);
  return (
    <div class="card">
      <h3>Requests under way</h3>
      <DataTable
        caption="SMB requests under way"
        columns={[
          { head: "Command" },
          { head: "State" },
          { head: "Age", number: true },
          ...["Server", "Share", "File", "Process"].map((head) => ({ head })),
        ]}
        rows={requests.map(({ id, command, state, age_ms, server, share, file, comm, pid }) => ({
          key: id,
          cells: [
            command,
            <State key="state" state={state} />,
            formatDuration(age_ms * 1e6),
            server || NOTHING,
            share || NOTHING,
            file || NOTHING,
            `${comm} (${pid})`,
          ],
        }))}
        empty={smb?.in_flight === null ? "Not known." : "None."}
      />
      {note === "" ? null : <p class="note">{note}</p>}
    </div>
  );
}
