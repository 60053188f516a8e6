/**
 * A block device for a test alone: a file by way of a loop device.
 * @module
 */

/** Taken down on disposal. */
export class LoopDevice implements AsyncDisposable {
  private constructor(readonly path: string, readonly directory: string) {}

  /** Makes one of `bytes`. @throws Error with what losetup says */
  static async create(bytes: number): Promise<LoopDevice> {
    const directory = await Deno.makeTempDir({ prefix: "aod-loop-" });
    const file = `${directory}/disk`;
    await Deno.writeFile(file, new Uint8Array(bytes));
    const args = ["--find", "--show", file];
    const { success, stdout, stderr } = await new Deno.Command("losetup", { args }).output();
    const text = new TextDecoder();
    if (!success) {
      await Deno.remove(directory, { recursive: true });
      throw new Error(`Cannot make a loop device: because ${text.decode(stderr)}`);
    }
    return new LoopDevice(text.decode(stdout).trim(), directory);
  }

  /** As the kernel calls it. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf("/") + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Deno.Command("losetup", { args: ["--detach", this.path] }).output();
    await Deno.remove(this.directory, { recursive: true });
  }
}
