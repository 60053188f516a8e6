/**
 * The end of the build by `deno compile`, for machines that can have Deno's runtime stub (denort):
 * the environment variable DENORT_BIN names one, or Deno fetches it. Without one the launcher is
 * built instead.
 * @module
 */
import { BUNDLE_DIR } from "./bundle.ts";
import { filesIn, ROOT } from "./run.ts";
import { runStep, sha256 } from "./step.ts";
import { V8_FLAGS } from "./v8_flags.ts";

/** Longer than fetching 40 MB takes; a machine without that network says so at once. */
const COMPILE_TIMEOUT_MS = 120_000;

async function succeeds(command: string, args: string[]): Promise<{ ok: boolean; text: string }> {
  const result = await new Deno.Command(command, {
    args,
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(COMPILE_TIMEOUT_MS),
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { ok: result.success, text: decode(result.stdout) + decode(result.stderr) };
}

/** Why `deno compile` could not be used. */
class CompileFault extends Error {}

/** What only aod answers: a full `deno` taken for the stub embeds, but behaves like deno. */
async function smokeTest(program: string): Promise<void> {
  const { ok, text } = await succeeds(program, ["version", "--json"]);
  if (ok && text.startsWith("{") && JSON.parse(text).end === "compile") return;
  const answer = text.trim().split("\n")[0];
  throw new CompileFault(`the result is not aod, its "version" answers "${answer}"`);
}

async function compile(out: string): Promise<void> {
  const data = ["aod.script", "worker.script", "assets.pack"].flatMap(
    (name) => ["--include", `${BUNDLE_DIR}/${name}`],
  );
  const { ok, text } = await succeeds(Deno.execPath(), [
    ...["compile", "--quiet", "--allow-all", "--no-prompt", "--no-config", "--no-lock"],
    // Its file would lie at a name that can be guessed in /tmp, and be executed as root.
    "--no-code-cache",
    ...["--no-check", "--no-remote", "--no-npm", `--v8-flags=${V8_FLAGS}`],
    ...["--include", `${BUNDLE_DIR}/worker.js`, ...data, "--output", out, `${BUNDLE_DIR}/aod.js`],
  ]);
  if (text.includes("Setting up base binary")) {
    throw new CompileFault("its runtime stub cannot be fetched, and DENORT_BIN names none");
  }
  if (!ok) throw new CompileFault(text.trim());
  await smokeTest(out);
}

/** Which end was wanted by AOD_END: `launcher`, `compile` (or fail), or by default what can be had. */
function wantedEnd(): "launcher" | "compile" | "any" {
  const wanted = Deno.env.get("AOD_END") ?? "any";
  if (wanted === "launcher" || wanted === "compile" || wanted === "any") return wanted;
  throw new Error(`Cannot build: because AOD_END is "${wanted}" and not launcher, compile or any`);
}

/** A note that the stub could not be had, so that not every build asks the network again. */
const NOTE = `${ROOT}build/no-denort`;

function noted(): boolean {
  try {
    return Deno.readTextFileSync(NOTE) === Deno.version.deno && !Deno.env.has("DENORT_BIN");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function compileStep(): Promise<void> {
  const denort = Deno.env.get("DENORT_BIN");
  const out = `${ROOT}build/aod.compiled`;
  await runStep({
    name: "aod",
    inputs: [
      "packaging/compile.ts",
      ...filesIn(BUNDLE_DIR, "").map((name) => `${BUNDLE_DIR}/${name}`),
    ],
    also: [
      ...["compile", V8_FLAGS, Deno.version.deno],
      denort === undefined ? "fetched" : sha256(Deno.readFileSync(denort)),
    ],
    outputs: ["aod"],
    run: async () => {
      try {
        await compile(out);
        Deno.renameSync(out, `${ROOT}aod`);
      } finally {
        await Deno.remove(out).catch(() => {});
      }
    },
  });
}

/**
 * Builds ./aod by `deno compile` if that is possible. Returns false when it is not, after saying
 * why; then the launcher is the way.
 */
export async function buildWithCompile(): Promise<boolean> {
  const wanted = wantedEnd();
  if (wanted === "launcher" || (wanted === "any" && noted())) return false;
  try {
    await compileStep();
    return true;
  } catch (error) {
    if (!(error instanceof CompileFault) || wanted === "compile") throw error;
    console.error(`build: deno compile cannot be used (${error.message}): taking the launcher`);
    Deno.writeTextFileSync(NOTE, Deno.version.deno);
    return false;
  }
}
