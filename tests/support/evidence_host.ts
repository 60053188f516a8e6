/**
 * Directories, mounts and children for host tests of the evidence room. All need root.
 * @module
 */

/** Runs a program and gives its output; throws when it fails. */
export function sh(argv: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(argv[0], {
    args: argv.slice(1),
    stdin: "null",
  }).outputSync();
  if (!success) throw new Error(`${argv.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** A new temporary directory, removed at the end. */
export async function withDir(test: (dir: string) => void | Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  try {
    await test(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Mounts something on a directory for the time of the test. */
export async function withMount(
  mount: string[],
  dir: string,
  test: () => void | Promise<void>,
): Promise<void> {
  Deno.mkdirSync(dir, { recursive: true });
  sh(["mount", ...mount, dir]);
  try {
    await test();
  } finally {
    sh(["umount", "-l", dir]);
  }
}

/** An ext4 file system on which every write hangs in D state until `thaw` is called. */
export async function withFrozen(
  dir: string,
  test: (frozen: string, thaw: () => void) => Promise<void>,
): Promise<void> {
  const image = `${dir}/image`;
  const frozen = `${dir}/frozen`;
  sh(["truncate", "-s", "16M", image]);
  sh(["mkfs.ext4", "-q", image]);
  await withMount(["-o", "loop", image], frozen, async () => {
    sh(["fsfreeze", "-f", frozen]);
    let isFrozen = true;
    const thaw = () => {
      if (isFrozen) sh(["fsfreeze", "-u", frozen]);
      isFrozen = false;
    };
    try {
      await test(frozen, thaw);
    } finally {
      thaw();
    }
  });
}
