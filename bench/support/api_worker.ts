/**
 * The API in a worker thread, as the agent has it: beside the threads that watch SMB, in one process with
 * them. Takes `{token, unlimited}`, answers with its port; any other message ends it.
 * @module
 */
import { startFedApi } from "./api_data.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown): void;
  close(): void;
};

let api: Awaited<ReturnType<typeof startFedApi>> | null = null;
scope.onmessage = async ({ data }) => {
  if (api === null) {
    api = await startFedApi(data.token, data.unlimited);
    scope.postMessage(api.server.port);
    return;
  }
  await api.close();
  scope.postMessage("closed");
  scope.close();
};
