/**
 * The whole page: login form or dashboard.
 * @module
 */
import type { VNode } from "preact";
import type { Live } from "../state/live.ts";
import { type Store, useStore } from "../state/store.ts";
import { AnomalySection } from "./anomalies.tsx";
import { EventSection } from "./events.tsx";
import { Header } from "./header.tsx";
import { HealthSection } from "./health.tsx";
import { HostSection } from "./host.tsx";
import { LedgerSection } from "./ledger.tsx";
import { Login } from "./login.tsx";
import { ProcessSection } from "./processes.tsx";
import { SmbSection } from "./smb.tsx";
import { TrendSection } from "./trends.tsx";

/** See the module. */
export function App({ store, live }: { store: Store; live: Live }): VNode {
  useStore(store);
  if (store.session === "signed_out") {
    return <Login onSignedIn={() => void live.signedIn()} />;
  }
  return (
    <>
      <a class="skip" href="#health">Skip to the health of the host</a>
      <Header store={store} live={live} />
      <main>
        {store.problem === "" ? null : <p class="problem" role="alert">{store.problem}</p>}
        <HealthSection store={store} />
        <SmbSection store={store} />
        <AnomalySection store={store} />
        <HostSection store={store} />
        <ProcessSection store={store} />
        <TrendSection store={store} />
        <EventSection store={store} />
        <LedgerSection store={store} />
      </main>
    </>
  );
}
