/**
 * Running the built ./aod as a black box: as it is, in private mount namespaces, and in bare roots.
 * @module
 */
import { existsSync } from "node:fs";

/** The checkout, without a slash at its end. */
export const CHECKOUT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

/** The program under test. */
export const AOD = `${CHECKOUT}/aod`;

/** What a command came to. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

const DECODER = new TextDecoder();

/** Runs a command to its end with an environment of its own. */
export async function runCommand(
  command: string,
  args: string[],
  env: Record<string, string> = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
): Promise<Outcome> {
  const output = await new Deno.Command(command, {
    args,
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  return {
    code: output.code,
    stdout: DECODER.decode(output.stdout),
    stderr: DECODER.decode(output.stderr),
  };
}

/** Runs ./aod with an empty environment. */
export function aod(...args: string[]): Promise<Outcome> {
  return runCommand(AOD, args, {});
}

/**
 * Runs a shell script as root in mount and pid namespaces of its own, so that what it mounts is gone
 * after it. /var/cache and /run are fresh there: no run of aod has left anything.
 */
export function inNamespace(script: string): Promise<Outcome> {
  const prepare = "set -e; mount -t tmpfs -o mode=755 none /var/cache; " +
    "mount -t tmpfs -o mode=755 none /run; ";
  return runCommand("/usr/bin/unshare", ["--mount", "/bin/bash", "-c", prepare + script]);
}

const GLIBC = /^(ld-linux|lib(c|m|dl|rt|pthread)\.so)/;

/** Makes a root that holds aod, the files of glibc and an empty /proc, nothing else. */
export async function makeBareRoot(): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "aod-root-" });
  await Deno.mkdir(`${root}/proc`);
  await Deno.copyFile(AOD, `${root}/aod`);
  await Deno.chmod(`${root}/aod`, 0o755);
  const listed = await runCommand("/usr/bin/dpkg", ["-L", "libc6"]);
  for (const path of listed.stdout.split("\n")) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!GLIBC.test(name) || !existsSync(path)) continue;
    const directory = root + path.slice(0, path.lastIndexOf("/"));
    await Deno.mkdir(directory, { recursive: true });
    await Deno.copyFile(await Deno.realPath(path), `${directory}/${name}`);
    await Deno.chmod(`${directory}/${name}`, 0o755);
  }
  return root;
}

/** Runs ./aod in a bare root with /proc mounted and nothing in the environment. */
export function inBareRoot(root: string, ...args: string[]): Promise<Outcome> {
  const quoted = args.map((arg) => `'${arg}'`).join(" ");
  return inNamespace(
    `mount -t proc none ${root}/proc; exec env -i /usr/sbin/chroot ${root} /aod ${quoted}`,
  );
}

/** Whether ./aod is the launcher: what concerns its cache has no meaning for the other end. */
export async function isLauncher(): Promise<boolean> {
  return JSON.parse((await aod("version", "--json")).stdout).end === "launcher";
}
