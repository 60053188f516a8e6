/**
 * Host commands for the image builder and the VM: run to the end, with the error output in the
 * exception.
 * @module
 */

/** How a host command is run. */
export interface ExecOptions {
  cwd?: string;
  /** Added to the inherited environment. */
  env?: Record<string, string>;
}

/**
 * Runs `argv` and returns its standard output.
 * @throws Error with the last lines of stderr when it exits with another status than 0.
 */
export async function exec(argv: string[], options: ExecOptions = {}): Promise<string> {
  const child = new Deno.Command(argv[0], {
    args: argv.slice(1),
    cwd: options.cwd,
    env: options.env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await child.output();
  if (code !== 0) {
    const tail = new TextDecoder().decode(stderr).trim().split("\n").slice(-10).join("\n");
    throw new Error(
      `Cannot run ${argv.join(" ").slice(0, 200)}: because it exited ${code}: ${tail}`,
    );
  }
  return new TextDecoder().decode(stdout);
}
