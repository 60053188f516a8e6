/**
 * The style sheet of the report: dark on light, readable on a screen and on paper.
 * @module
 */

/** CSS, inside the report. */
export const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; margin: 2rem auto;
  max-width: 1200px; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #d0d7de;
  vertical-align: top; font-weight: normal; }
thead th { color: #57606a; white-space: nowrap; }
tbody th, table:not(:has(thead)) th { font-weight: 600; white-space: nowrap; }
td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.higher, td.with_aod { color: #a84a00; }
td.baseline { color: #0072b2; }
.warning { border-left: 4px solid #d55e00; padding-left: .75rem; white-space: pre-wrap; }
.scroll { overflow-x: auto; }
img { max-width: 100%; height: auto; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } }
`;
