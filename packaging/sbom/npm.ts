/**
 * The npm packages of deno.lock: those that travel inside ./aod, and those that only build and test
 * it.
 * @module
 */
import { ROOT } from "../run.ts";

/** A package at the version that is locked. */
export interface NpmPackage {
  name: string;
  version: string;
  /** As in its package.json: an SPDX expression. */
  licence: string;
  /** `sha512-...`, of what was fetched. */
  integrity: string;
  /** Keys of the packages it needs, as in {@linkcode NpmPackage.key}. */
  needs: readonly string[];
  /** `name@version` */
  key: string;
  /** In the program; else used to build or test it. */
  shipped: boolean;
}

/** What builds and tests: nothing below src imports them. */
const NOT_SHIPPED = ["axe-core", "esbuild", "fast-check", "playwright-core"];

interface Lock {
  specifiers: Record<string, string>;
  npm: Record<
    string,
    { integrity: string; dependencies?: string[]; optionalDependencies?: string[] }
  >;
}

/** A name, or a name with a version, as the one key of the lock file it stands for. */
function keyOf(lock: Lock, dependency: string): string {
  if (Object.hasOwn(lock.npm, dependency)) return dependency;
  const found = Object.keys(lock.npm).filter((key) => key.startsWith(`${dependency}@`));
  if (found.length !== 1) throw new Error(`Cannot find ${dependency} in deno.lock`);
  return found[0];
}

function licenceOf(key: string): string {
  const name = key.slice(0, key.lastIndexOf("@"));
  const directory = key.replaceAll("/", "+");
  const path = `${ROOT}node_modules/.deno/${directory}/node_modules/${name}/package.json`;
  return String(JSON.parse(Deno.readTextFileSync(path)).license);
}

/** The locked packages, sorted; esbuild's programs for other machines are left out. */
export function npmPackages(): NpmPackage[] {
  const lock: Lock = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.lock`));
  const needsOf = (key: string) => {
    const { dependencies = [], optionalDependencies = [] } = lock.npm[key];
    return [...dependencies, ...optionalDependencies].map((name) => keyOf(lock, name))
      .filter((need) => !need.startsWith("@esbuild/"));
  };
  const reached = new Map<string, boolean>();
  const reach = (key: string, shipped: boolean) => {
    if (reached.get(key) === true || (reached.has(key) && !shipped)) return;
    reached.set(key, shipped);
    for (const need of needsOf(key)) reach(need, shipped);
  };
  for (const [specifier, version] of Object.entries(lock.specifiers)) {
    const name = specifier.replace(/^npm:(.+)@.*$/, "$1");
    reach(`${name}@${version}`, !NOT_SHIPPED.includes(name) && !name.startsWith("@types/"));
  }
  return [...reached].sort(([a], [b]) => a < b ? -1 : 1).map(([key, shipped]) => ({
    name: key.slice(0, key.lastIndexOf("@")),
    version: key.slice(key.lastIndexOf("@") + 1),
    licence: licenceOf(key),
    integrity: lock.npm[key].integrity,
    needs: needsOf(key),
    key,
    shipped,
  }));
}
