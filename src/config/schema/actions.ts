/**
 * Quick actions as the file may write them.
 * @module
 */
import * as z from "zod";
import { type ActionParameter, BUILTIN_ACTIONS } from "../actions.ts";
import { absolutePath, list, number } from "./fields.ts";

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

function parameter(p: ActionParameter): z.ZodType {
  const schema: z.ZodType = typeof p.default === "boolean"
    ? z.boolean({ error: "true or false" })
    : typeof p.default === "number"
    ? z.number({ error: `a whole number from ${p.min} to ${p.max}` })
      .int({ error: `a whole number from ${p.min} to ${p.max}` })
      .min(p.min ?? 0, { error: `a whole number from ${p.min} to ${p.max}` })
      .max(p.max ?? 0, { error: `a whole number from ${p.min} to ${p.max}` })
    : z.string({ error: p.allowed }).regex(p.pattern ?? /^$/, { error: p.allowed });
  return schema.optional().meta({
    description: p.description,
    unit: p.unit,
    allowed: p.allowed,
    apply: "reload",
    since: "0.1.0",
  });
}

/**
 * `{name: syslogs, lines: 100}`: a built-in action with its parameters, by action name.
 * @ignore inferred type
 */
export const builtinEntries: Readonly<Record<string, z.ZodObject>> = Object.fromEntries(
  Object.entries(BUILTIN_ACTIONS).map(([name, action]) => [
    name,
    z.strictObject({
      name: z.literal(name),
      ...optionalLimits,
      ...Object.fromEntries(
        Object.entries(action.params).map(([key, p]) => [key, parameter(p)]),
      ),
    }).meta({ description: action.description }),
  ]),
);

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
    description: "Program and arguments; no shell. A program without a slash is looked up in PATH.",
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

/** Any entry of a list of actions; one definition in the JSON Schema. */
const anyEntry: z.ZodType = z.union([
  z.string(),
  ...Object.values(builtinEntries),
  commandEntry,
  fileEntry,
  referenceEntry,
]).meta({ id: "action" });

/**
 * A list of actions; what an entry may hold depends on its name, see ../resolve/actions.ts.
 * @internal
 */
export function actionList(description: string): z.ZodArray<z.ZodType> {
  return list(anyEntry, 64, "action names or {name, ...}", { description });
}
