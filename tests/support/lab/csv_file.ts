/**
 * CSV files for tests, in a directory that is removed after them.
 * @module
 */

/** A temporary directory. */
export class LabDirectory implements Disposable {
  /** Where it is. */
  readonly path = Deno.makeTempDirSync({ prefix: "aod-lab-" });

  /** Writes a file there. @returns its path */
  write(name: string, content: string | Uint8Array): string {
    const path = `${this.path}/${name}`;
    if (typeof content === "string") Deno.writeTextFileSync(path, content);
    else Deno.writeFileSync(path, content);
    return path;
  }

  /** Removes it. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A file as aod lab monitor writes it, a row a second. */
export function systemCsv(cpu: Iterable<number>, memory: Iterable<number>): string {
  const memories = [...memory];
  const rows = [...cpu].map((value, i) => {
    const time = new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
    return `${time},${value.toFixed(3)},${memories[i].toFixed(3)}`;
  });
  return `Timestamp,CPU_Percent,Memory_Percent\n${rows.join("\n")}\n`;
}
