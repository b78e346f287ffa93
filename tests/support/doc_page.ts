/** A page of docs/ as its reader follows it: what to type, and what is shown then. */

export interface Block {
  /** The lines to type in a shell. */
  commands: string;
  /** What the page shows of what they print: `…` stands for a word, or alone for any lines. */
  shows: string | undefined;
}

/** The blocks of commands of a page, in order, each with the text that the page shows next. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  for (const [, language, text] of page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)) {
    if (language === "sh") blocks.push({ commands: text!, shows: undefined });
    else if (language === "text") {
      const last = blocks.at(-1);
      if (!last || last.shows !== undefined) throw new Error(`Nothing prints this: ${text}`);
      last.shows = text!;
    }
  }
  return blocks;
}

/** The single commands of a block: those of several lines have a quote, or a text of their own. */
export function commandsIn(block: string): string[] {
  const commands: string[] = [];
  let command = "";
  for (const line of block.trimEnd().split("\n")) {
    command += command === "" ? line : `\n${line}`;
    const [, end] = /<<'(\w+)'/.exec(command) ?? [];
    const isWhole = end === undefined ? command.split("'").length % 2 === 1 : line === end;
    if (!isWhole || line.endsWith("\\")) continue;
    commands.push(command);
    command = "";
  }
  if (command !== "") throw new Error(`This command has no end: ${command}`);
  return commands;
}

/** What a reader types of some commands: remarks are read, and ids are pasted. */
export function typedIn(commands: string): string[] {
  return commands.split("\n").map((line) => line.replace(/(^|\s+)#.*$/, ""))
    .filter((line) => line !== "");
}

/** The characters of a repository's address, for whoever does not paste it. */
const ADDRESS_CHARS = 60;

/** The keys that lines take: each of their characters, Enter, and one for an id that is pasted. */
export function keysOf(lines: readonly string[]): number {
  const whole = lines.map((line) =>
    line.replace(/\w+_…/g, "v").replace(/\bURL\b/g, "x".repeat(ADDRESS_CHARS))
  );
  return whole.reduce((sum, line) => sum + line.length + 1, 0);
}

/** Whether a text is what a page shows. */
export function isShown(shows: string, text: string): boolean {
  const lines = shows.trimEnd().split("\n").map((line) =>
    line === "…" ? "(?:.*\\n)*?" : `${line.split("…").map(RegExp.escape).join("\\S*")}\\n`
  );
  return new RegExp(`^${lines.join("")}$`).test(`${text.trimEnd()}\n`);
}
