/**
 * The report of a run as one HTML file that needs nothing beside it: no script, and pictures inside.
 * @module
 */
import { type ColumnComparison } from "../compare/compare.ts";
import { figure, percent, probability, verdictWords } from "../compare/words.ts";
import { type HostDetails, hostRows } from "./host_details.ts";
import { SIDE_NAMES } from "./lab_run.ts";
import { agentText, intervalPercent, type Outcome } from "./outcome.ts";
import { STYLE } from "./report_style.ts";
import { FILES } from "./round_files.ts";
import type { Round } from "./round.ts";

/** A picture of the report. */
export interface ReportPicture {
  /** What it shows. */
  title: string;
  /** PNG. */
  png: Uint8Array;
}

/** What a report tells. */
export interface ReportInput {
  /** The workload as it could be typed. */
  command: string;
  /** When the run began, ISO 8601. */
  started_at: string;
  /** What it ran on. */
  host: HostDetails;
  /** How it was run, as names and values. */
  method: [name: string, value: string][];
  /** Finished rounds, in the order in which they ran. */
  rounds: readonly Round[];
  /** What they say. */
  outcome: Outcome;
  /** Why it ended before its end; null where it did not. */
  ended_early: string | null;
  /** In their order. */
  pictures: readonly ReportPicture[];
}

/** The whole file. */
export function reportHtml(input: ReportInput): string {
  const { command, outcome, host, method, started_at, ended_early } = input;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>What aod costs: ${escapeHtml(command.slice(0, 80))}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>What aod costs</h1>
<p><code>${escapeHtml(command)}</code><br>${escapeHtml(started_at)}</p>
${ended_early === null ? "" : `<p class="warning">${escapeHtml(ended_early)}</p>`}
${verdictSection(outcome)}
${input.pictures.map(pictureOf).join("\n")}
<h2>Rounds</h2>
${roundsTable(input.rounds)}
<h2>Host</h2>
${pairsTable(hostRows(host))}
<h2>Method</h2>
${pairsTable(method)}
<p>Each pair is a round without and one with the agent next to each other, so that what changes slowly
is in both alike. The averages of the pairs are compared by a paired t test; an interval that holds 0
is noise. Every sample is in ${filesText()}; <code>aod lab compare</code> reads them.</p>
</body>
</html>
`;
}

function verdictSection({ comparisons, agent, pairs }: Outcome): string {
  const said = agent === null ? "" : `<p>${escapeHtml(agentText(agent))}.</p>`;
  if (comparisons.length === 0) {
    return `<p class="warning">No pair of rounds is finished.</p>${said}`;
  }
  const rows = comparisons.map(comparisonRow).join("");
  return `<h2>${pairs.length} ${pairs.length === 1 ? "pair" : "pairs"} of rounds</h2>
<div class="scroll"><table><thead><tr><th>figure</th><th>without</th><th>with aod</th><th>change</th>
<th>95 % confidence</th><th>p</th><th>verdict</th></tr></thead><tbody>${rows}</tbody></table></div>
${said}`;
}

function comparisonRow(comparison: ColumnComparison): string {
  const { column, unit, baseline, test, change_percent, difference, verdict } = comparison;
  const interval = verdict === "unclear" ? null : intervalPercent(comparison);
  const spread = (of: { average: number; standard_deviation: number }) =>
    `${figure(of.average)} ± ${figure(of.standard_deviation)} ${unit}`;
  const cells = [
    spread(baseline),
    spread(test),
    percent(change_percent.average),
    interval === null ? "-" : `${percent(interval[0])} to ${percent(interval[1])}`,
    difference.p === null || verdict === "unclear"
      ? "-"
      : probability(difference.p).replace(/^= /, ""),
  ];
  return `<tr><th>${escapeHtml(column)}</th>${cells.map(numberCell).join("")}` +
    `<td class="${verdict}">${escapeHtml(verdictWords(comparison))}</td></tr>`;
}

function roundsTable(rounds: readonly Round[]): string {
  const head = [
    "#",
    "pair",
    "",
    "time",
    "processors",
    "processor time",
    "memory",
    "agent: of a core",
  ];
  const rows = rounds.map((round, i) => {
    const { pair, side, agent } = round;
    const cells = [
      `${round.duration_sec.toFixed(3)} s`,
      `${round.cpu_percent.toFixed(1)} %`,
      `${round.busy_sec.toFixed(2)} s`,
      `${round.memory_percent.toFixed(1)} %`,
      agent === null ? "" : `${agent.cpu_percent.toFixed(2)} %`,
      agent === null ? "" : `${agent.rss_mb.toFixed(1)} MB`,
    ];
    return `<tr><td>${i + 1}</td><td>${pair}</td><td class="${side}">${SIDE_NAMES[side]}</td>` +
      `${cells.map(numberCell).join("")}</tr>`;
  });
  const names = [...head, "agent: memory"].map((name) => `<th>${name}</th>`).join("");
  return `<div class="scroll"><table><thead><tr>${names}</tr></thead><tbody>${rows.join("\n")}
</tbody></table></div>`;
}

function pairsTable(rows: readonly [string, string][]): string {
  const text = rows.map(([name, value]) =>
    `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`
  );
  return `<table>${text.join("\n")}</table>`;
}

function pictureOf({ title, png }: ReportPicture): string {
  const alt = escapeHtml(title);
  return `<h2>${alt}</h2>\n<p><img alt="${alt}" src="data:image/png;base64,${png.toBase64()}"></p>`;
}

function filesText(): string {
  return Object.values(FILES).map((name) => `<code>${name}</code>`).join(", ");
}

function numberCell(text: string): string {
  return `<td class="number">${escapeHtml(text)}</td>`;
}

const ENTITIES: Record<string, string> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;" },
  ...{ '"': "&quot;", "'": "&#39;" },
};

/** A text as HTML shows it: a command may hold anything. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c]);
}
