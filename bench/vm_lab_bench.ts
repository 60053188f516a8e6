/**
 * The impact lab on SMB: small files on a real CIFS mount, by `aod lab run` itself in the test VM,
 * with the embedded configuration. The guest's clock counts instructions (1 ns each, one processor):
 * other work of the host changes nothing of it, and what a real processor saves by its caches is not
 * in it. Percentages of an emulated processor are good for comparing with each other only.
 * @module
 */
import { AOD_IN_GUEST, aodFile } from "../tests/vm/support/aod.ts";
import { bootVm } from "../tests/vm/support/vm.ts";
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";
import { labFigures } from "./support/lab_results.ts";

const SCRIPT = "/usr/local/bin/small-files.sh";
const OUTPUT = "/tmp/lab";

/** Files of 4 KiB are made, listed, read and removed on the share, in a directory of their own. */
const SMALL_FILES = `#!/bin/sh
set -e
dir=$(mktemp -d /mnt/s/lab.XXXXXX)
for i in $(seq "$1"); do head -c 4096 /dev/zero >"$dir/$i"; done
ls -l "$dir" >/dev/null
cat "$dir"/* >/dev/null
rm -r "$dir"
`;

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const pairs = quick ? 3 : 6;
  await using vm = await bootVm({
    kernel: "6.12",
    files: { ...await aodFile(), [SCRIPT]: new TextEncoder().encode(SMALL_FILES) },
    mount: "actimeo=0",
    memoryMb: 1536,
    instructionShift: 0,
  });
  const options = `--rounds ${pairs} --seed 1 --settle ${quick ? 3 : 15} --interval 1 -o ${OUTPUT}`;
  say(`  ${pairs} pairs of rounds in the guest`);
  const said = await vm.check(
    `${AOD_IN_GUEST} lab run ${options} -- /bin/sh ${SCRIPT} ${quick ? 20 : 200} 2>&1`,
    { timeoutMs: quick ? 600_000 : 3_000_000 },
  );
  said.trim().split("\n").forEach((line) => say(`  ${line}`));
  const results = JSON.parse(await vm.check(`cat ${OUTPUT}/results.json`));
  return labFigures("small files on SMB", results);
}

/** The benchmark, for bench/main.ts. */
export const vmLabBenchmark: Benchmark = {
  name: "vm-lab",
  about: "aod lab run in the guest: small files on SMB with and without the agent (emulated, 6.12)",
  root: true,
  run,
};
