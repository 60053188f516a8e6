/**
 * Collects what travels inside aod into build/bundle/assets.pack.
 * @module
 */
import type { BuildInfo } from "../src/os/build_info.ts";
import { BUNDLE_DIR } from "./bundle.ts";
import { CHART_FILES } from "./charts.ts";
import { DASHBOARD_FILES } from "./dashboard.ts";
import { libbpfVersion } from "./native_library.ts";
import { pack } from "./pack.ts";
import { firstLine, ROOT } from "./run.ts";
import { sha256 } from "./step.ts";

/** The commit being built, with `+changes` when the tree differs from it; null without git. */
async function commit(): Promise<string | null> {
  // As root in a checkout of another user git refuses to answer; for reading that is no danger.
  const git = (...args: string[]) =>
    firstLine("git", ["-c", `safe.directory=${ROOT.slice(0, -1)}`, ...args]);
  const id = await git("rev-parse", "--short=12", "HEAD");
  if (id === "") return null;
  const changed = await git("status", "--porcelain", "--untracked-files=no");
  return changed === "" ? id : `${id}+changes`;
}

async function buildInfo(version: string, objects: string[]): Promise<BuildInfo> {
  return {
    version,
    commit: await commit(),
    arch: Deno.build.arch,
    libbpf: libbpfVersion(),
    objects: objects.map((name) => {
      const bytes = Deno.readFileSync(`${ROOT}build/bpf/${name}`);
      return { name, sha256: sha256(bytes), bytes: bytes.length };
    }),
  };
}

/** NOTICE with the long licences of what is linked in, which Debian has on every machine. */
function noticeWithLongTexts(): string {
  const texts = ["LGPL-3", "GPL-3", "LGPL-2.1", "MPL-2.0"].map((name) => {
    const text = Deno.readTextFileSync(`/usr/share/common-licenses/${name}`);
    return `\n--- ${name} ---\n\n${text}`;
  });
  return Deno.readTextFileSync(`${ROOT}NOTICE`) + texts.join("");
}

/** Writes build/build-info.json and the pack. */
export async function buildAssets(version: string, objects: string[]): Promise<void> {
  const info = JSON.stringify(await buildInfo(version, objects), null, 2) + "\n";
  Deno.writeTextFileSync(`${ROOT}build/build-info.json`, info);
  const assets = new Map<string, Uint8Array>();
  assets.set("build-info.json", new TextEncoder().encode(info));
  assets.set("LICENSE", Deno.readFileSync(`${ROOT}LICENSE`));
  assets.set("NOTICE", new TextEncoder().encode(noticeWithLongTexts()));
  assets.set("aod.yaml", Deno.readFileSync(`${ROOT}config/aod.yaml`));
  assets.set("libaodnative.so", Deno.readFileSync(`${ROOT}build/libaodnative.so`));
  for (const name of DASHBOARD_FILES) {
    assets.set(name, Deno.readFileSync(`${ROOT}build/dashboard/${name}`));
  }
  for (const [name, path] of CHART_FILES) assets.set(name, Deno.readFileSync(ROOT + path));
  for (const name of objects) assets.set(name, Deno.readFileSync(`${ROOT}build/bpf/${name}`));
  Deno.mkdirSync(BUNDLE_DIR, { recursive: true });
  Deno.writeFileSync(`${BUNDLE_DIR}/assets.pack`, pack(assets));
}
