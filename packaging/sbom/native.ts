/**
 * The works inside ./aod that are no npm packages, with the versions that this build takes. The
 * licences are those of NOTICE; a test holds the two together.
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { firstLine } from "../run.ts";

/** A part of the program. */
export interface NativePart {
  /** As in NOTICE, without a version. */
  name: string;
  version: string | null;
  /** SPDX licence expression. */
  licence: string;
  /** What it belongs to. */
  within: "deno" | "libaodnative.so" | "launcher" | "charts";
  /** Debian's binary package that it was linked from, where it was. */
  deb: { name: string; version: string } | null;
}

interface Linked {
  name: string;
  deb: string;
  licence: string;
  within: NativePart["within"];
}

/** Linked statically, out of Debian's packages. */
const LINKED: readonly Linked[] = [
  {
    ...{ name: "libbpf", deb: "libbpf-dev" },
    ...{ licence: "BSD-2-Clause", within: "libaodnative.so" },
  },
  {
    ...{ name: "libelf (elfutils)", deb: "libelf-dev" },
    ...{ licence: "LGPL-3.0-or-later", within: "libaodnative.so" },
  },
  { name: "zlib", deb: "zlib1g-dev", licence: "Zlib", within: "libaodnative.so" },
  { name: "zstd", deb: "libzstd-dev", licence: "BSD-3-Clause", within: "libaodnative.so" },
  { name: "GNU C library", deb: "libc6-dev", licence: "LGPL-2.1-or-later", within: "launcher" },
  {
    ...{ name: "libgcc", deb: "libgcc-s1" },
    ...{ licence: "GPL-3.0-or-later WITH GCC-exception-3.1", within: "launcher" },
  },
];

function sqliteVersion(): string {
  const database = new DatabaseSync(":memory:");
  try {
    return String(database.prepare("select sqlite_version() as version").get()?.version);
  } finally {
    database.close();
  }
}

/** The version without an epoch and what Debian added: `1:1.2.13.dfsg-1` is 1.2.13. */
function upstream(version: string): string {
  return version.replace(/^\d+:/, "").replace(/-[^-]*$/, "").replace(/[.+~]?dfsg.*$/, "");
}

async function linked({ deb, ...part }: Linked): Promise<NativePart> {
  const version = await firstLine("dpkg-query", ["-W", "-f", "${Version}\\n", deb]);
  if (version === "") throw new Error(`Cannot list the parts: because ${deb} is not installed`);
  return { ...part, version: upstream(version), deb: { name: deb, version } };
}

/** The parts, Deno first. */
export async function nativeParts(): Promise<NativePart[]> {
  const { deno, v8 } = Deno.version;
  const inDeno = (name: string, version: string | null, licence: string): NativePart => ({
    ...{ name, version, licence },
    ...{ within: "deno", deb: null },
  });
  return [
    inDeno("Deno", deno, "MIT"),
    inDeno("V8", v8, "BSD-3-Clause"),
    inDeno("SQLite", sqliteVersion(), "blessing"),
    inDeno("ICU", null, "Unicode-3.0"),
    inDeno("Node.js parts", null, "MIT"),
    ...await Promise.all(LINKED.map(linked)),
    {
      ...{ name: "DejaVu Sans", version: "2.37", licence: "Bitstream-Vera" },
      ...{ within: "charts", deb: null },
    },
  ];
}
