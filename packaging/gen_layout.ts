/**
 * Writes src/probe/smb/layout.gen.ts from the BTF of a built object.
 *
 *     deno run -A packaging/gen_layout.ts [--check] [build/bpf/smb.bpf.o]
 *
 * `--check` writes nothing and exits with 1 where the file is not up to date.
 * @module
 */
import { Btf } from "../src/bpf/btf.ts";
import { Elf } from "../src/bpf/elf.ts";

const TARGET = new URL("../src/probe/smb/layout.gen.ts", import.meta.url).pathname;

/** The enums that cross between kernel and user space: name, prefix to leave out, generated name. */
const ENUMS: [string, string, string][] = [
  ["aod_smb_type", "AOD_SMB_", "SMB_TYPE"],
  ["aod_smb_flag", "AOD_SMB_F_", "SMB_FLAG"],
  ["aod_smb_error_mode", "AOD_SMB_ERRORS_", "SMB_ERROR_MODE"],
  ["aod_smb_code_kind", "AOD_SMB_CODE_", "SMB_CODE_KIND"],
  ["aod_smb_code_rule", "AOD_SMB_CODE_", "SMB_CODE_RULE"],
  ["aod_smb_counter", "AOD_SMB_C_", "SMB_COUNTER"],
];
/** The structs, likewise. */
const STRUCTS: [string, string][] = [
  ["aod_smb_request", "SMB_REQUEST"],
  ["aod_smb_named", "SMB_NAMED"],
  ["aod_smb_slot", "SMB_SLOT"],
  ["aod_smb_server", "SMB_SERVER"],
  ["aod_smb_tree_key", "SMB_TREE_KEY"],
  ["aod_smb_tree", "SMB_TREE"],
  ["aod_smb_rules", "SMB_RULES"],
  ["aod_smb_code", "SMB_CODE"],
  ["aod_smb_control", "SMB_CONTROL"],
];

/** The module's text, not yet formatted. */
function generate(btf: Btf): string {
  const out: string[] = [
    "/**",
    " * The records of bpf/events.h. Generated from BTF by packaging/gen_layout.ts: do not edit.",
    " * @module",
    " */",
  ];
  const structs: string[] = [];
  const enums: string[] = [];
  for (const [name, prefix, exported] of ENUMS) {
    const values = Object.entries(btf.enumValues(name) ?? fail(name));
    out.push(`/** \`enum ${name}\`. */`, `export const ${exported} = {`);
    for (const [value, number] of values) out.push(`  ${value.slice(prefix.length)}: ${number},`);
    out.push("} as const;", "");
    enums.push(`${name}: {${values.map(([v, n]) => `${v}: ${n}`).join(", ")}},`);
  }
  for (const [name, exported] of STRUCTS) {
    const struct = btf.struct(name) ?? fail(name);
    const members = struct.members;
    out.push(`/** Bytes of \`struct ${name}\`. */`);
    out.push(`export const ${exported}_BYTES = ${struct.bytes};`);
    out.push(`/** Byte offsets in \`struct ${name}\`. */`);
    const offsets = members.map((m) => `${m.name}: ${m.offset_bytes}`).join(", ");
    out.push(`export const ${exported}_OFFSET = {${offsets}} as const;`);
    for (const member of members) {
      if (member.kind !== "array") continue;
      const field = `${exported}_${member.name.toUpperCase()}`;
      out.push(`/** Bytes of \`${name}.${member.name}\`. */`);
      out.push(`export const ${field}_BYTES = ${member.bytes};`);
    }
    out.push("");
    const fields = members.map((m) => `${m.name}: [${m.offset_bytes}, ${m.bytes}]`).join(", ");
    structs.push(`${name}: {bytes: ${struct.bytes}, fields: {${fields}}},`);
  }
  out.push("/** The whole layout, for the comparison at load. */");
  out.push(`export const SMB_LAYOUT = {structs: {${structs.join("\n")}}, enums: {`);
  out.push(`${enums.join("\n")}}} as const;`);
  return out.join("\n") + "\n";
}

function fail(name: string): never {
  throw new Error(`Cannot generate the layout: because the object has no ${name}`);
}

/** Formats TypeScript as `deno fmt` does. */
async function format(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--line-width", "100", "--ext", "ts", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format the layout: because deno fmt failed");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  const object = Deno.args.find((arg) => !arg.startsWith("--")) ??
    new URL("../build/bpf/smb.bpf.o", import.meta.url).pathname;
  const section = new Elf(Deno.readFileSync(object)).section(".BTF");
  if (section === undefined) throw new Error(`Cannot read ${object}: because it has no BTF`);
  const text = await format(generate(new Btf(section.data)));
  if (Deno.args.includes("--check")) {
    if (Deno.readTextFileSync(TARGET) !== text) {
      console.error("src/probe/smb/layout.gen.ts is not up to date: run packaging/gen_layout.ts");
      Deno.exit(1);
    }
  } else {
    Deno.writeTextFileSync(TARGET, text);
  }
}
