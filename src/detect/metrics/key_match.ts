/**
 * Patterns of metric keys: text in which `*` stands for any text, also none, dots included.
 * @module
 */

/** Whether a key fits a pattern. Takes at most the product of their lengths. */
export function keyMatches(pattern: string, key: string): boolean {
  let [p, k] = [0, 0];
  // The newest `*`, and where in the key its text ends.
  let [star, end] = [-1, 0];
  while (k < key.length) {
    if (pattern[p] === "*") {
      star = p++;
      end = k;
    } else if (pattern[p] === key[k]) {
      p++;
      k++;
    } else if (star >= 0) {
      p = star + 1;
      k = ++end;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/**
 * Whether any key of a family fits a pattern.
 * @param family as in docs/metrics.md, `<so>` standing for what varies
 */
export function familyMatches(pattern: string, family: string): boolean {
  return overlap(pattern, family.replace(/<\w+>/g, "*"));
}

/** Whether there is a text that both patterns fit: a table over their lengths. */
function overlap(a: string, b: string): boolean {
  // row[j]: whether what is left of `a` and b.slice(j) have a text in common.
  let row = Array.from({ length: b.length + 1 }, (_, j) => /^\**$/.test(b.slice(j)));
  for (let i = a.length - 1; i >= 0; i--) {
    const below = row;
    row = new Array(b.length + 1).fill(false);
    for (let j = b.length; j >= 0; j--) {
      if (a[i] === "*") row[j] = below[j] || (j < b.length && row[j + 1]);
      else if (j === b.length) row[j] = false;
      else if (b[j] === "*") row[j] = row[j + 1] || below[j];
      else row[j] = a[i] === b[j] && below[j + 1];
    }
  }
  return row[0];
}
