/**
 * The layout of bpf/events.h, and whether an object has it.
 * @module
 */
import { checkLayoutOf, type Layout, layoutOf } from "../layout.ts";
import { SMB_LAYOUT } from "./layout.gen.ts";

export { type Layout, layoutDifferences, LayoutError } from "../layout.ts";

/**
 * Reads the layout from the SMB probe's object.
 * @throws LayoutError where a type is missing, ElfError, BtfError
 */
export function layoutOfObject(object: Uint8Array): Layout {
  return layoutOf(object, SMB_LAYOUT);
}

/**
 * Compares an object's layout with the one this program was built for.
 * @throws LayoutError naming the fields that differ
 */
export function checkLayout(object: Uint8Array): void {
  checkLayoutOf(object, SMB_LAYOUT, "the SMB object");
}
