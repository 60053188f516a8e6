/**
 * Splits a command line into words as a POSIX shell does, without doing anything else a shell does.
 * @module
 */

/** What a shell would act on: whoever writes it wants a shell, and is told how to get one. */
const SHELL_ONLY = "|&;<>()$`*?[]{}~#\n";
/** Longest command line that is taken. */
const MOST_CHARACTERS = 32_768;

/** A command line that cannot be split; the message is one clear line. */
export class WordsError extends Error {
  /** For messages. */
  override readonly name = "WordsError";
}

/**
 * The words: blanks separate, '...' keeps everything, "..." everything but a backslash before `"`,
 * `\`, `$` and a backquote, a backslash elsewhere the next character.
 * @throws {WordsError} where a quote is open, a shell would be needed, or there is no word
 */
export function splitWords(text: string): string[] {
  if (text.length > MOST_CHARACTERS) throw cannot("it is too long");
  if (text.includes("\0")) throw cannot("it has a NUL character");
  const splitter = new Splitter(text);
  while (!splitter.atEnd()) splitter.step();
  return splitter.end();
}

class Splitter {
  readonly #words: string[] = [];
  #word: string | null = null;
  #at = 0;

  constructor(readonly text: string) {}

  atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  step(): void {
    const c = this.text[this.#at++];
    if (c === " " || c === "\t") return this.#endWord();
    if (c === "'") return this.#single();
    if (c === '"') return this.#double();
    if (c === "\\") return this.#escaped();
    // Inside a word ~ and # mean nothing to a shell.
    const harmless = this.#word !== null && (c === "~" || c === "#");
    if (SHELL_ONLY.includes(c) && !harmless) {
      const shown = c === "\n" ? "a line feed" : `an unquoted ${c}`;
      throw cannot(`it has ${shown}, which is for a shell: quote it, or give --shell`);
    }
    this.#add(c);
  }

  end(): string[] {
    this.#endWord();
    if (this.#words.length === 0) throw cannot("it is empty");
    return this.#words;
  }

  #add(text: string): void {
    this.#word = (this.#word ?? "") + text;
  }

  #endWord(): void {
    if (this.#word !== null) this.#words.push(this.#word);
    this.#word = null;
  }

  #single(): void {
    const end = this.text.indexOf("'", this.#at);
    if (end < 0) throw cannot("a ' is not closed");
    this.#add(this.text.slice(this.#at, end));
    this.#at = end + 1;
  }

  #double(): void {
    this.#add("");
    for (;;) {
      if (this.atEnd()) throw cannot('a " is not closed');
      const c = this.text[this.#at++];
      if (c === '"') return;
      if (c === "$" || c === "`") {
        throw cannot(`it has a ${c} in double quotes: use single ones, or give --shell`);
      }
      const next = this.text[this.#at];
      if (c === "\\" && next !== undefined && '"\\$`'.includes(next)) {
        this.#add(next);
        this.#at++;
      } else this.#add(c);
    }
  }

  #escaped(): void {
    if (this.atEnd()) throw cannot("nothing is behind its last \\");
    this.#add(this.text[this.#at++]);
  }
}

function cannot(why: string): WordsError {
  return new WordsError(`Cannot split the command: because ${why}`);
}

/** A command as it could be typed: each word quoted where it has to be. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => {
    if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
    return `'${word.replaceAll("'", `'\\''`)}'`;
  }).join(" ");
}
