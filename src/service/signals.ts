/**
 * The agent's signals: SIGTERM and SIGINT stop, a second one at once; SIGHUP reloads; SIGUSR1 takes
 * a snapshot.
 * @module
 */

export interface SignalActions {
  /** The first SIGTERM or SIGINT. */
  stop: (signal: Deno.Signal) => void;
  /** Another one while stopping. */
  stopNow: (signal: Deno.Signal) => void;
  /** SIGHUP. */
  reload: () => void;
  /** SIGUSR1. */
  snapshot: () => void;
}

/** Installs the handlers; the returned function removes them. */
export function handleSignals(actions: SignalActions): () => void {
  let stopping = false;
  const end = (signal: Deno.Signal) => () => {
    if (stopping) return actions.stopNow(signal);
    stopping = true;
    actions.stop(signal);
  };
  const handlers: [Deno.Signal, () => void][] = [
    ["SIGTERM", end("SIGTERM")],
    ["SIGINT", end("SIGINT")],
    ["SIGHUP", actions.reload],
    ["SIGUSR1", actions.snapshot],
  ];
  for (const [signal, handler] of handlers) Deno.addSignalListener(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) Deno.removeSignalListener(signal, handler);
  };
}
