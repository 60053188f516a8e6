/**
 * The few requests of man(7) that the manual pages need, with everything that comes from elsewhere
 * escaped.
 * @module
 */

/** Text as roff shows it unchanged; a line of it never becomes a request. */
export function escape(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1")
    // Outside ASCII by code point: pages are read in every locale.
    .replace(/[^\0-\x7f]/gu, (char) => {
      const code = char.codePointAt(0) ?? 0;
      return `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`;
    });
}

/** A request with its arguments, each quoted. */
function request(name: string, ...words: string[]): string {
  return `.${
    [name, ...words.map((word) => `"${escape(word).replaceAll('"', "\\(dq")}"`)].join(" ")
  }\n`;
}

/** The first line of a page. */
export function title(name: string, section: number, date: string, source: string): string {
  // Hyphens that break no line, words that are not divided, text to the left.
  return request("TH", name, String(section), date, source) + ".nh\n.ad l\n";
}

/** A heading. */
export function heading(text: string): string {
  return request("SH", text);
}

/** A heading below a heading. */
export function subheading(text: string): string {
  return request("SS", text);
}

/** A paragraph. */
export function paragraph(text: string): string {
  return `.PP\n${escape(text)}\n`;
}

/** A bold term with what it means. */
export function term(name: string, ...meaning: string[]): string {
  return `.TP\n${request("B", name)}${meaning.map(escape).join("\n.br\n")}\n`;
}

/** Lines that stay as they are. */
export function example(text: string): string {
  return `.PP\n.nf\n${escape(text)}\n.fi\n`;
}

/** Text with blank lines between parts; what is indented stays as it is. */
export function prose(text: string): string {
  return text.split(/\n{2,}/).map((part) =>
    /^ /m.test(part) ? example(part) : paragraph(part.replaceAll("\n", " "))
  ).join("");
}
