/**
 * What others say of the packages and of what is in them. Errors fail; warnings are shown.
 * @module
 */
import { programInfo } from "./commands.ts";
import { fishCompletion } from "./completions/fish.ts";
import { zshCompletion } from "./completions/zsh.ts";
import { aodPage } from "./man/aod_1.ts";
import { configPage } from "./man/aod_yaml_5.ts";
import { ROOT } from "./run.ts";

/** One look by one tool. */
interface Lint {
  name: string;
  command: string[];
  /** What is at fault in its output although it exits with 0. */
  fault?: RegExp;
}

async function inspect({ name, command, fault }: Lint): Promise<boolean> {
  const { success, stdout, stderr } = await new Deno.Command(command[0], {
    args: command.slice(1),
    cwd: ROOT,
    stdin: "null",
    env: { LC_ALL: "C.UTF-8", NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const ok = success && !(fault?.test(text) ?? false);
  console.log(`${ok ? "ok  " : "FAIL"}  ${name}`);
  if (text.trim() !== "") console.log(text.trimEnd().replace(/^/gm, "      "));
  return ok;
}

async function writeTexts(directory: string): Promise<void> {
  const program = await programInfo();
  const sample = Deno.readTextFileSync(`${ROOT}config/aod.yaml`);
  const texts = {
    "aod.1": aodPage(program, "0", "2000-01-01"),
    "aod.yaml.5": configPage(sample, "0", "2000-01-01"),
    "_aod": zshCompletion(program),
    "aod.fish": fishCompletion(program),
  };
  for (const [name, text] of Object.entries(texts)) {
    Deno.writeTextFileSync(`${directory}/${name}`, text);
  }
}

function lints(packages: readonly string[], directory: string): Lint[] {
  const groff = (name: string): Lint => ({
    name: `groff ${name}`,
    command: ["groff", "-man", "-Tutf8", "-ww", "-z", `${directory}/${name}`],
    fault: /./,
  });
  const files: Record<string, Lint> = {
    deb: {
      name: "lintian",
      command: ["lintian", "--allow-root", "--fail-on", "error", "--tag-display-limit", "0"],
    },
    rpm: {
      name: "rpmlint",
      command: ["rpmlint", "--rpmlintrc", `${ROOT}packaging/rpm/rpmlintrc`],
      fault: /[1-9]\d* errors/,
    },
  };
  return [
    ...packages.map((path) => {
      const lint = files[path.slice(path.lastIndexOf(".") + 1)];
      return { ...lint, command: [...lint.command, path] };
    }),
    groff("aod.1"),
    groff("aod.yaml.5"),
    { name: "zsh", command: ["zsh", "-n", `${directory}/_aod`] },
    { name: "fish", command: ["fish", "-n", `${directory}/aod.fish`] },
    {
      name: "apparmor_parser",
      command: ["apparmor_parser", "-Q", "-K", `${ROOT}packaging/apparmor/aod`],
    },
    {
      name: "systemd-analyze security",
      command: [
        ...["systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=50"],
        `${ROOT}packaging/systemd/aod.service`,
      ],
    },
  ];
}

/**
 * Lets every tool look and prints what it says.
 * @returns false when one of them finds an error
 */
export async function lintPackages(packages: readonly string[]): Promise<boolean> {
  const directory = await Deno.makeTempDir({ prefix: "aod-lint-" });
  try {
    await writeTexts(directory);
    let ok = true;
    for (const lint of lints(packages, directory)) ok = await inspect(lint) && ok;
    return ok;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
