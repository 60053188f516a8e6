/**
 * What both packages put into a system: one list of paths, made of the checkout and the built ./aod.
 * @module
 */
import { gzipSync } from "node:zlib";
import { programInfo } from "./commands.ts";
import { bashCompletion } from "./completions/bash.ts";
import { fishCompletion } from "./completions/fish.ts";
import { zshCompletion } from "./completions/zsh.ts";
import { aodPage } from "./man/aod_1.ts";
import { configPage } from "./man/aod_yaml_5.ts";
import { ROOT } from "./run.ts";
import { isoDay } from "./source_date.ts";

/** A file of a package. */
export interface PackageFile {
  /** Absolute, in the system it is installed on. */
  path: string;
  /** 0o755 or 0o644. */
  mode: number;
  content: Uint8Array;
  /** The administrator's own once it is there: an upgrade keeps changes. */
  config?: true;
}

/** Directories that the two kinds of distributions have at different places. */
export interface Places {
  /** Of systemd's units. */
  units: string;
  /** Of zsh's completions. */
  zsh: string;
}

/** What the packages are made from. */
export interface PackageSource {
  /** `0.1.0` */
  version: string;
  /** Time of all files, seconds since the epoch. */
  epoch_sec: number;
  /** Text of /etc/aod.yaml; config/aod.yaml without it. */
  config?: string;
}

const ENCODER = new TextEncoder();

/** Text as a file's content. */
export function bytesOf(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** As `gzip -9n` does it: without a name and a time. */
export function gzipped(text: string): Uint8Array {
  return gzipSync(bytesOf(text), { level: 9 });
}

function read(path: string): Uint8Array {
  return Deno.readFileSync(ROOT + path);
}

/** The files that do not depend on the kind of package. */
export async function packageFiles(
  { version, epoch_sec, config }: PackageSource,
  places: Places,
): Promise<PackageFile[]> {
  const program = await programInfo();
  const day = isoDay(epoch_sec);
  const sample = config ?? Deno.readTextFileSync(`${ROOT}config/aod.yaml`);
  const [share, examples] = ["/usr/share", "/usr/share/doc/aod/examples"];
  const data = (path: string, content: Uint8Array): PackageFile => ({ path, mode: 0o644, content });
  return [
    { path: "/usr/bin/aod", mode: 0o755, content: read("aod") },
    { ...data("/etc/aod.yaml", bytesOf(sample)), config: true },
    data(`${places.units}/aod.service`, read("packaging/systemd/aod.service")),
    data(`${share}/man/man1/aod.1.gz`, gzipped(aodPage(program, version, day))),
    data(`${share}/man/man5/aod.yaml.5.gz`, gzipped(configPage(sample, version, day))),
    data(`${share}/bash-completion/completions/aod`, bytesOf(bashCompletion(program))),
    data(`${places.zsh}/_aod`, bytesOf(zshCompletion(program))),
    data(`${share}/fish/vendor_completions.d/aod.fish`, bytesOf(fishCompletion(program))),
    data(`${examples}/output-directory.conf`, read("packaging/systemd/output-directory.conf")),
    data(`${examples}/60-aod-events.conf`, read("packaging/rsyslog/60-aod-events.conf")),
  ];
}

/** Writes files below a directory, which must not be there yet, with one time for all of them. */
export function stageFiles(files: readonly PackageFile[], root: string, epoch_sec: number): void {
  Deno.mkdirSync(root, { recursive: true, mode: 0o755 });
  const old_mask = Deno.umask(0o022);
  try {
    for (const { path, mode, content } of files) {
      const target = root + path;
      Deno.mkdirSync(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      Deno.writeFileSync(target, content, { mode, createNew: true });
      Deno.chmodSync(target, mode);
      Deno.utimeSync(target, epoch_sec, epoch_sec);
    }
  } finally {
    Deno.umask(old_mask);
  }
}
