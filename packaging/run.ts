/**
 * Running the tools of the build: one command, its output only if it fails.
 * @module
 */

/** The checkout, with a slash at its end. */
export const ROOT = new URL("../", import.meta.url).pathname;

/**
 * Runs a command and returns its standard output.
 * @throws Error with both outputs when the command fails or is not installed.
 */
export async function run(command: string, args: string[], cwd = ROOT): Promise<string> {
  const result = await new Deno.Command(command, { args, cwd, stdout: "piped", stderr: "piped" })
    .output();
  const stdout = new TextDecoder().decode(result.stdout);
  if (!result.success) {
    const stderr = new TextDecoder().decode(result.stderr);
    throw new Error(
      `Cannot run ${command} ${args.join(" ")}: exit ${result.code}\n${stdout}${stderr}`,
    );
  }
  return stdout;
}

/** First line of a command's output, or "" where the command cannot run. */
export async function firstLine(command: string, args: string[]): Promise<string> {
  try {
    return (await run(command, args)).split("\n")[0].trim();
  } catch {
    return "";
  }
}

/** Names of the files in a directory that end with `suffix`, sorted. */
export function filesIn(directory: string, suffix: string): string[] {
  const names = [...Deno.readDirSync(directory)].filter((e) => e.isFile).map((e) => e.name);
  return names.filter((name) => name.endsWith(suffix)).sort();
}

/** All files below a directory, as paths that start with it, sorted. */
export function filesBelow(directory: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) found.push(...filesBelow(path));
    else if (entry.isFile) found.push(path);
  }
  return found.sort();
}
