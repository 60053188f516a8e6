/**
 * Builds aod-<version>.<arch>.rpm out of ./aod with rpmbuild (Debian's package rpm has it).
 * @module
 */
import { rpmChangelog } from "../changelog.ts";
import { GLIBC, MAINTAINER } from "../deb/build.ts";
import {
  type PackageFile,
  packageFiles,
  type PackageSource,
  stageFiles,
} from "../package_files.ts";
import { ROOT, run } from "../run.ts";

const DOC = "/usr/share/doc/aod";
const LICENCES = "/usr/share/licenses/aod";

async function rpmFiles(source: PackageSource): Promise<PackageFile[]> {
  const own = (path: string, name: string): PackageFile => ({
    path: `${path}/${name}`,
    mode: 0o644,
    content: Deno.readFileSync(ROOT + name),
  });
  return [
    ...await packageFiles(source, {
      units: "/usr/lib/systemd/system",
      zsh: "/usr/share/zsh/site-functions",
    }),
    own(DOC, "CHANGELOG.md"),
    own(LICENCES, "LICENSE"),
    own(LICENCES, "NOTICE"),
  ];
}

/** A line of %files: what kind of file it is, its mode, root as its owner. */
function fileLine({ path, mode, config }: PackageFile): string {
  const kind = config
    ? "%config(noreplace) "
    : path.startsWith(LICENCES)
    ? "%license "
    : /^\/usr\/share\/(doc|man)\//.test(path)
    ? "%doc "
    : "";
  return `%attr(0${mode.toString(8)}, root, root) ${kind}${path}`;
}

/** The directories of its own that a removal takes along. */
function ownDirectories(): string[] {
  return [DOC, `${DOC}/examples`, LICENCES].map((path) => `%dir %attr(0755, root, root) ${path}`);
}

function specification(source: PackageSource, tree: string, files: readonly PackageFile[]): string {
  const filled: Record<string, string> = {
    VERSION: source.version,
    GLIBC,
    PACKAGER: MAINTAINER,
    TREE: tree,
    FILES: [...ownDirectories(), ...files.map(fileLine)].join("\n"),
    CHANGELOG: rpmChangelog(source.version, MAINTAINER, source.epoch_sec).trimEnd(),
  };
  return Deno.readTextFileSync(`${ROOT}packaging/rpm/aod.spec`)
    .replace(/@([A-Z]+)@/g, (text, name) => filled[name] ?? text);
}

/**
 * Builds the package into a directory.
 * @returns its path
 */
export async function buildRpm(source: PackageSource, directory: string): Promise<string> {
  const { version, epoch_sec } = source;
  const files = await rpmFiles(source);
  const work = await Deno.makeTempDir({ prefix: "aod-rpm-" });
  try {
    stageFiles(files, `${work}/tree`, epoch_sec);
    Deno.writeTextFileSync(`${work}/aod.spec`, specification(source, `${work}/tree`, files));
    await run("env", [
      ...[`SOURCE_DATE_EPOCH=${epoch_sec}`, "rpmbuild", "-bb", "--quiet"],
      ...["--define", `_topdir ${work}/top`, "--define", `_rpmdir ${work}/out`],
      ...["--define", `_dbpath ${work}/db`, "--target", `${Deno.build.arch}-linux`],
      `${work}/aod.spec`,
    ]);
    const name = `aod-${version}.${Deno.build.arch}.rpm`;
    const out = `${directory}/${name}`;
    Deno.copyFileSync(`${work}/out/${name}`, out);
    return out;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
