/**
 * Quick actions as the file may write them.
 * @module
 */
import * as z from "zod";
import { builtinActions } from "../actions.ts";
import { absolutePath, list, number } from "./fields.ts";
import { parameters } from "./parameters.ts";

/** Names of actions defined in the file: they become the name of a log file in the bundle. */
const NAME = /^[a-z][a-z0-9_-]{0,31}$/;
const NAME_ALLOWED = "a name of small letters, digits, _ and -, at most 32";

const limits = {
  timeout_sec: number({ min: 0.1, max: 300 }, 10, {
    unit: "s",
    description: "The action's process group is killed after this time.",
  }),
  max_output_kb: number({ min: 1, max: 65_536 }, 4096, {
    unit: "KB (2^10 bytes)",
    description: "Output beyond this is cut and the manifest says so.",
  }),
};
/** Defaults come from the action's own registry entry or from its definition in watcher.actions. */
const optionalLimits = {
  timeout_sec: limits.timeout_sec.unwrap().optional().meta(limits.timeout_sec.meta() ?? {}),
  max_output_kb: limits.max_output_kb.unwrap().optional().meta(limits.max_output_kb.meta() ?? {}),
};

/**
 * `{name: syslogs, lines: 100}`: a built-in action with its parameters, by action name.
 * @internal
 */
export function builtinEntries(): Map<string, z.ZodObject> {
  return new Map([...builtinActions()].map(([name, action]) => [
    name,
    z.strictObject({ name: z.literal(name), ...optionalLimits, ...parameters(action.params) })
      .meta({ description: action.description }),
  ]));
}

const ownName = z.string({ error: NAME_ALLOWED }).regex(NAME, { error: NAME_ALLOWED });

const ARGV = "a list of texts: the program, then its arguments";

/**
 * An action that runs a program.
 * @ignore inferred type
 */
export const commandEntry = z.strictObject({
  name: ownName,
  command: z.array(
    z.string({ error: ARGV }).max(4096, { error: ARGV })
      .refine((argument) => !argument.includes("\0"), { error: ARGV }),
    { error: ARGV },
  ).min(1, { error: ARGV }).max(64, { error: `${ARGV}, at most 64` }).meta({
    description:
      "Program and arguments; no shell. A program without a slash is looked up in the system's directories.",
    allowed: `${ARGV}, at most 64`,
  }),
  ...optionalLimits,
}).meta({ description: "An action of your own that runs a program." });

/**
 * An action that copies a file.
 * @ignore inferred type
 */
export const fileEntry = z.strictObject({
  name: ownName,
  file: absolutePath({ description: "File to copy; a symbolic link is not followed." }),
  ...optionalLimits,
}).meta({ description: "An action of your own that copies a file." });

/**
 * A name alone, whether built in or defined in `watcher.actions`, with changed limits or not.
 * @ignore inferred type
 */
export const referenceEntry = z.strictObject({ name: ownName, ...optionalLimits });

let anyEntry: z.ZodType | undefined;

/** Any entry of a list of actions; one definition in the JSON Schema. */
function entry(): z.ZodType {
  anyEntry ??= z.union([
    z.string(),
    ...builtinEntries().values(),
    commandEntry,
    fileEntry,
    referenceEntry,
  ]).meta({ id: "action" });
  return anyEntry;
}

/**
 * A list of actions; what an entry may hold depends on its name, see ../resolve/actions.ts.
 * @internal
 */
export function actionList(description: string): z.ZodArray<z.ZodType> {
  return list(entry(), 64, "action names or {name, ...}", { description });
}
