/**
 * Builds aod_<version>_<arch>.deb out of ./aod with dpkg-deb.
 * @module
 */
import { createHash } from "node:crypto";
import { changelogSections, debianChangelog } from "../changelog.ts";
import {
  bytesOf,
  gzipped,
  type PackageFile,
  packageFiles,
  type PackageSource,
  stageFiles,
} from "../package_files.ts";
import { ROOT, run } from "../run.ts";
import { debianCopyright } from "./copyright.ts";

/** Who answers for the packages. */
export const MAINTAINER = "The aod authors <aod@example.org>";

/** What Deno and libaodnative.so need of the C library, see tests/binary/elf_test.ts. */
export const GLIBC = "2.27";

const SCRIPTS = ["postinst", "prerm", "postrm"] as const;
const DOC = "/usr/share/doc/aod";
const DEBIAN_ARCH: Record<string, string> = { x86_64: "amd64", aarch64: "arm64" };

/** Debian's name of this machine. */
export function debianArch(): string {
  return DEBIAN_ARCH[Deno.build.arch];
}

function control(version: string, files: readonly PackageFile[]): string {
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
  return `Package: aod
Version: ${version}
Architecture: ${debianArch()}
Maintainer: ${MAINTAINER}
Installed-Size: ${Math.ceil(bytes / 1024)}
Depends: libc6 (>= ${GLIBC})
Recommends: cifs-utils, iproute2, lsof, tcpdump
Section: admin
Priority: optional
Description: watches SMB mounts with eBPF and keeps the evidence of trouble
 aod (Anomaly On-Demand) notices slow, failed and hung SMB requests within
 milliseconds and captures the evidence into one compressed bundle while the
 trouble is still there: every SMB request of the last seconds, kernel log,
 connection and mount state and more, with a verdict on its first line.
 .
 Beside that it logs file, process and network events of the kernel, measures
 the host, and serves what it knows as JSON, Prometheus text and a dashboard.
 .
 The kernel needs BTF, and is Linux 5.14 or later (5.15 for its event log).
`;
}

async function debFiles(source: PackageSource): Promise<PackageFile[]> {
  const read = (path: string) => Deno.readFileSync(ROOT + path);
  const text = changelogSections().map(({ name, text }) => `## ${name}\n\n${text}\n`).join("\n");
  const data = (path: string, content: Uint8Array): PackageFile => ({ path, mode: 0o644, content });
  return [
    ...await packageFiles(source, {
      units: "/lib/systemd/system",
      zsh: "/usr/share/zsh/vendor-completions",
    }),
    { ...data("/etc/apparmor.d/aod", read("packaging/apparmor/aod")), config: true },
    data(`${DOC}/copyright`, bytesOf(debianCopyright())),
    data(
      `${DOC}/changelog.gz`,
      gzipped(debianChangelog(source.version, MAINTAINER, source.epoch_sec)),
    ),
    data(`${DOC}/CHANGELOG.md.gz`, gzipped(text)),
    data("/usr/share/lintian/overrides/aod", read("packaging/deb/lintian-overrides")),
  ];
}

function md5sums(files: readonly PackageFile[]): string {
  return files.filter(({ config }) => !config).map(({ path, content }) =>
    `${createHash("md5").update(content).digest("hex")}  ${path.slice(1)}\n`
  ).join("");
}

/**
 * Builds the package into a directory.
 * @returns its path
 */
export async function buildDeb(source: PackageSource, directory: string): Promise<string> {
  const { version, epoch_sec } = source;
  const files = await debFiles(source);
  const conffiles = files.filter(({ config }) => config).map(({ path }) => `${path}\n`).join("");
  const meta: PackageFile[] = [
    { path: "/DEBIAN/control", mode: 0o644, content: bytesOf(control(version, files)) },
    { path: "/DEBIAN/conffiles", mode: 0o644, content: bytesOf(conffiles) },
    { path: "/DEBIAN/md5sums", mode: 0o644, content: bytesOf(md5sums(files)) },
    ...SCRIPTS.map((name) => ({
      path: `/DEBIAN/${name}`,
      mode: 0o755,
      content: Deno.readFileSync(`${ROOT}packaging/deb/${name}`),
    })),
  ];
  const tree = await Deno.makeTempDir({ prefix: "aod-deb-" });
  try {
    Deno.chmodSync(tree, 0o755);
    stageFiles([...meta, ...files], tree, epoch_sec);
    const out = `${directory}/aod_${version}_${debianArch()}.deb`;
    // What is inside is compressed already: xz would take half a minute and gain nothing.
    await run("env", [
      ...[`SOURCE_DATE_EPOCH=${epoch_sec}`, "dpkg-deb", "--root-owner-group"],
      ...["-Zgzip", "-z6", "--build", tree, out],
    ]);
    return out;
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
}
