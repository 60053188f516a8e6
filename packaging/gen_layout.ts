/**
 * Writes the layout.gen.ts of each probe from the BTF of its built object.
 *
 *     deno run -A packaging/gen_layout.ts [--check]
 *
 * `--check` writes nothing and exits with 1 where a file is not up to date.
 * @module
 */
import { Btf } from "../src/bpf/btf.ts";
import { Elf } from "../src/bpf/elf.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** What is generated from one object. */
interface Target {
  /** The object, below the checkout. */
  object: string;
  /** The file to write. */
  target: string;
  /** The header that defines the records. */
  header: string;
  /** Name of the constant with the whole layout. */
  layout: string;
  /** The enums that cross between kernel and user space: name, prefix to leave out, generated name. */
  enums: [string, string, string][];
  /** The structs, likewise. */
  structs: [string, string][];
}

const TARGETS: Target[] = [
  {
    object: "build/bpf/smb.bpf.o",
    target: "src/probe/smb/layout.gen.ts",
    header: "bpf/events.h",
    layout: "SMB_LAYOUT",
    enums: [
      ["aod_smb_type", "AOD_SMB_", "SMB_TYPE"],
      ["aod_smb_flag", "AOD_SMB_F_", "SMB_FLAG"],
      ["aod_smb_error_mode", "AOD_SMB_ERRORS_", "SMB_ERROR_MODE"],
      ["aod_smb_code_kind", "AOD_SMB_CODE_", "SMB_CODE_KIND"],
      ["aod_smb_code_rule", "AOD_SMB_CODE_", "SMB_CODE_RULE"],
      ["aod_smb_counter", "AOD_SMB_C_", "SMB_COUNTER"],
    ],
    structs: [
      ["aod_smb_request", "SMB_REQUEST"],
      ["aod_smb_named", "SMB_NAMED"],
      ["aod_smb_slot", "SMB_SLOT"],
      ["aod_smb_server", "SMB_SERVER"],
      ["aod_smb_tree_key", "SMB_TREE_KEY"],
      ["aod_smb_tree", "SMB_TREE"],
      ["aod_smb_rules", "SMB_RULES"],
      ["aod_smb_code", "SMB_CODE"],
      ["aod_smb_control", "SMB_CONTROL"],
    ],
  },
  {
    object: "build/bpf/event_log.bpf.o",
    target: "src/probe/event_log/layout.gen.ts",
    header: "bpf/log_events.h",
    layout: "LOG_LAYOUT",
    enums: [
      ["aod_log_type", "AOD_LOG_", "LOG_TYPE"],
      ["aod_log_flag", "AOD_LOG_F_", "LOG_FLAG"],
      ["aod_log_item", "AOD_LOG_", "LOG_ITEM"],
      ["aod_log_counter", "AOD_LOG_C_", "LOG_COUNTER"],
      ["aod_log_filter", "AOD_LOG_FILTER_", "LOG_FILTER"],
      ["aod_log_call", "AOD_CALL_", "LOG_CALL"],
      ["aod_log_size", "AOD_LOG_SIZE_", "LOG_SIZE"],
      ["aod_log_mark", "AOD_LOG_MARK_", "LOG_MARK"],
      ["aod_log_wake", "AOD_LOG_WAKE_", "LOG_WAKE"],
      ["log_group", "LOG_GROUP_", "LOG_GROUP"],
    ],
    structs: [
      ["aod_log_event", "LOG_EVENT"],
      ["aod_log_data", "LOG_DATA"],
      ["aod_log_path", "LOG_PATH"],
      ["aod_log_gap", "LOG_GAP"],
      ["aod_log_gap_state", "LOG_GAP_STATE"],
      ["aod_log_config", "LOG_CONFIG"],
    ],
  },
  {
    object: "build/bpf/syscall_tracer.bpf.o",
    target: "src/probe/syscall_tracer/layout.gen.ts",
    header: "bpf/trace/syscall_events.h",
    layout: "SYS_LAYOUT",
    enums: [
      ["aod_sys_size", "AOD_SYS_SIZE_", "SYS_SIZE"],
      ["aod_sys_reason", "AOD_SYS_R_", "SYS_REASON"],
      ["aod_sys_kind", "AOD_SYS_KIND_", "SYS_KIND"],
      ["aod_sys_counter", "AOD_SYS_C_", "SYS_COUNTER"],
    ],
    structs: [
      ["aod_sys_event", "SYS_EVENT"],
      ["aod_sys_key", "SYS_KEY"],
      ["aod_sys_cell", "SYS_CELL"],
      ["aod_sys_config", "SYS_CONFIG"],
    ],
  },
  {
    object: "build/bpf/exec_monitor.bpf.o",
    target: "src/probe/exec_monitor/layout.gen.ts",
    header: "bpf/trace/exec_events.h",
    layout: "EXEC_LAYOUT",
    enums: [
      ["aod_exec_type", "AOD_EXEC_", "EXEC_TYPE"],
      ["aod_exec_flag", "AOD_EXEC_F_", "EXEC_FLAG"],
      ["aod_exec_counter", "AOD_EXEC_C_", "EXEC_COUNTER"],
    ],
    structs: [
      ["aod_exec_event", "EXEC_EVENT"],
      ["aod_exec_config", "EXEC_CONFIG"],
    ],
  },
  {
    object: "build/bpf/block_io.bpf.o",
    target: "src/probe/block_io/layout.gen.ts",
    header: "bpf/trace/block_events.h",
    layout: "BLOCK_LAYOUT",
    enums: [
      ["aod_block_size", "AOD_BLOCK_SIZE_", "BLOCK_SIZE"],
      ["aod_block_op", "AOD_BLOCK_OP_", "BLOCK_OP"],
      ["aod_block_reason", "AOD_BLOCK_R_", "BLOCK_REASON"],
      ["aod_block_counter", "AOD_BLOCK_C_", "BLOCK_COUNTER"],
    ],
    structs: [
      ["aod_block_event", "BLOCK_EVENT"],
      ["aod_block_cell", "BLOCK_CELL"],
      ["aod_block_device", "BLOCK_DEVICE"],
      ["aod_block_config", "BLOCK_CONFIG"],
    ],
  },
];

/** The module's text, not yet formatted. */
function generate(btf: Btf, { header, layout, enums, structs }: Target): string {
  const out: string[] = [
    "/**",
    ` * The records of ${header}. Generated from BTF by packaging/gen_layout.ts: do not edit.`,
    " * @module",
    " */",
  ];
  const allStructs: string[] = [];
  const allEnums: string[] = [];
  for (const [name, prefix, exported] of enums) {
    const values = Object.entries(btf.enumValues(name) ?? fail(name));
    out.push(`/** \`enum ${name}\`. */`, `export const ${exported} = {`);
    for (const [value, number] of values) out.push(`  ${value.slice(prefix.length)}: ${number},`);
    out.push("} as const;", "");
    allEnums.push(`${name}: {${values.map(([v, n]) => `${v}: ${n}`).join(", ")}},`);
  }
  for (const [name, exported] of structs) {
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
    allStructs.push(`${name}: {bytes: ${struct.bytes}, fields: {${fields}}},`);
  }
  out.push("/** The whole layout, for the comparison at load. */");
  out.push(`export const ${layout} = {structs: {${allStructs.join("\n")}}, enums: {`);
  out.push(`${allEnums.join("\n")}}} as const;`);
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
  for (const target of TARGETS) {
    const section = new Elf(Deno.readFileSync(ROOT + target.object)).section(".BTF");
    if (section === undefined) {
      throw new Error(`Cannot read ${target.object}: because it has no BTF`);
    }
    const text = await format(generate(new Btf(section.data), target));
    if (!Deno.args.includes("--check")) {
      Deno.writeTextFileSync(ROOT + target.target, text);
    } else if (Deno.readTextFileSync(ROOT + target.target) !== text) {
      console.error(`${target.target} is not up to date: run packaging/gen_layout.ts`);
      Deno.exit(1);
    }
  }
}
