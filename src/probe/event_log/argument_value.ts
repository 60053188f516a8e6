/**
 * Values of the fields that are made of an event's arguments.
 * @module
 */
import { familyName } from "./address.ts";
import type { EventField } from "./event_type.ts";
import { CREATE_FLAGS } from "./flags.ts";
import { LOG_EVENT_OFFSET as AT } from "./layout.gen.ts";
import { exact, type LogValue } from "./log_event.ts";

/** The event that a field is of. */
export interface ArgumentSource {
  /** The records. */
  view: DataView;
  /** Where its record begins. */
  offset: number;
  /** The call is known to have succeeded. */
  succeeded: boolean;
}

/** Whether a field has a value. */
export function hasValue({ when, arg }: EventField, record: ArgumentSource): boolean {
  const { view, offset, succeeded } = record;
  const word = (index: number) => view.getUint32(offset + AT.args + 8 * index, true);
  const whole = (index: number) => view.getBigInt64(offset + AT.args + 8 * index, true);
  switch (when) {
    case "nonzero":
      return whole(arg) !== 0n;
    case "not_minus_one":
      return whole(arg) !== -1n;
    case "success":
      return succeeded;
    case "mode_found":
      return whole(5) !== 0n;
    case "creates":
      return (word(1) & CREATE_FLAGS) !== 0;
    case "range":
      return whole(1) !== whole(0);
    case "messages":
      return whole(5) !== 0n;
    case "exited":
      return (word(0) & 0x7f) === 0;
    case "killed":
      return (word(0) & 0x7f) !== 0;
    case "dumped":
      return (word(0) & 0x80) !== 0;
    default:
      return true;
  }
}

/** The value of a field that is made of an argument, or of another number of the record. */
export function argumentValue(field: EventField, view: DataView, offset: number): LogValue {
  const at = offset + AT.args + 8 * field.arg;
  switch (field.kind) {
    case "int":
      return exact(view.getBigInt64(at, true));
    case "uint":
      return exact(view.getBigUint64(at, true));
    case "id": {
      const id = view.getUint32(at, true);
      return id === 0xffffffff ? -1 : id;
    }
    case "hex":
      return `0x${view.getBigUint64(at, true).toString(16)}`;
    case "octal":
      return octal(view.getUint32(at, true));
    case "rdev": {
      // new_decode_dev(), include/linux/kdev_t.h
      const dev = view.getUint32(at, true);
      return `${(dev >>> 8) & 0xfff}:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`;
    }
    case "bool":
      return view.getBigUint64(at, true) !== 0n;
    case "pair":
      return [exact(view.getBigInt64(at, true)), exact(view.getBigInt64(at + 8, true))];
    case "family":
      return familyName(view.getUint32(at, true));
    case "exit_code":
      return (view.getUint32(at, true) >>> 8) & 0xff;
    case "exit_signal":
      return view.getUint32(at, true) & 0x7f;
    case "exit_core":
      return true;
    case "parent":
      return view.getUint32(offset + AT.parent_tgid, true);
    default:
      return null;
  }
}

/** A mode as text: "0644"; "0" of 0. */
export function octal(mode: number): string {
  return mode === 0 ? "0" : `0${mode.toString(8)}`;
}
