/**
 * What the collector of the SMB client gives.
 * @module
 */
import type { MetricDescriptor } from "./collector.ts";
import { delta, gauge, mean } from "./describe.ts";

const state = (key: string, description: string): MetricDescriptor => ({
  key,
  unit: "",
  metric_type: "state",
  description,
});

/** Descriptors of the collector `smb`. */
export const SMB_METRICS: readonly MetricDescriptor[] = [
  state("smb.loaded", "1 where the kernel's SMB client is loaded; else there is nothing more"),
  gauge("smb.sessions", "sessions", "Logons at servers"),
  gauge("smb.shares", "shares", "Shares that are connected, IPC$ included"),
  gauge("smb.servers", "servers", "Servers that there is a connection to"),
  gauge("smb.in_flight", "requests", "Requests that wait for their answer"),
  delta("smb.session_reconnects_delta", "reconnects", "Sessions that were connected again"),
  delta("smb.share_reconnects_delta", "reconnects", "Shares that were connected again"),
  delta("smb.operations_delta", "operations", "Operations on files that programs asked for"),
  delta("smb.command.<command>.count_delta", "requests", "Requests that were answered"),
  mean(
    "smb.command.<command>.mean_ms",
    "ms",
    "From request to answer, as the kernel counts it: in ticks of 1 to 10 ms",
  ),
  gauge(
    "smb.server.<server>.credits",
    "requests",
    "Requests that the server allows, of the connection with the fewest",
  ),
  gauge("smb.server.<server>.in_flight", "requests", "Requests sent and not answered"),
  gauge("smb.server.<server>.waiting", "tasks", "Tasks that wait for credits"),
  gauge("smb.server.<server>.connections", "connections", "Connections, further channels left out"),
  delta("smb.server.<server>.reconnects_delta", "reconnects", "Connections that were made again"),
  delta("smb.share.<share>.requests_delta", "requests", "Requests sent: //server/share"),
  delta("smb.share.<share>.failed_delta", "requests", "Requests that failed"),
  delta("smb.share.<share>.read_bytes_delta", "bytes", "Read from the server"),
  delta("smb.share.<share>.write_bytes_delta", "bytes", "Written to the server"),
  gauge("smb.share.<share>.open_files", "files", "Files open at the server"),
  state("smb.share.<share>.disconnected", "1 where the share is to be connected again"),
  gauge("smb.shares_left_out", "shares", "Shares beyond the first 256: they have no series"),
];
