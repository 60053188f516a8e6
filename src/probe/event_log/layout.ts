/**
 * Whether an object has the layout of bpf/log_events.h.
 * @module
 */
import { checkLayoutOf } from "../layout.ts";
import { LOG_LAYOUT } from "./layout.gen.ts";

/**
 * Compares the event log's object with what this program was built for.
 * @throws LayoutError naming the fields that differ
 */
export function checkLogLayout(object: Uint8Array): void {
  checkLayoutOf(object, LOG_LAYOUT, "the event log's object");
}
