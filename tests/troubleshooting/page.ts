/** `docs/troubleshooting.md` as the tests read it: each heading, and the messages below it. */

const PAGE = new URL("../../docs/troubleshooting.md", import.meta.url);

/** Real messages by the heading under which the page explains them. */
export type Said = Record<string, string[]>;

export interface Section {
  /** The words of the heading, without backticks. */
  heading: string;
  /** The messages that it shows. `…` stands for what varies. */
  shown: string[];
}

/** The headings of the third level, by their chapters. */
export async function chapters(): Promise<Record<string, Section[]>> {
  const text = await Deno.readTextFile(PAGE);
  const parts = text.split(/^## /m).slice(1).map((part) => {
    const [title, ...sections] = part.split(/^### /m);
    return [title!.split("\n")[0]!, sections.map(sectionIn)];
  });
  return Object.fromEntries(parts);
}

function sectionIn(part: string): Section {
  const [heading] = part.split("\n");
  const shown = [...part.matchAll(/^```text\n([^]*?)^```/gm)].map(([, message]) => message!);
  return { heading: heading!.replaceAll("`", ""), shown };
}

/** The table of checks: a message for each, by its name. */
export async function checksShown(): Promise<Record<string, string>> {
  const text = await Deno.readTextFile(PAGE);
  const rows = text.matchAll(/^\| `(\w+)` +\| (.+?) +\|/gm);
  return Object.fromEntries([...rows].map(([, check, message]) => [check!, message!]));
}

/** The commands of the page, as one script. */
export async function commands(): Promise<string> {
  const text = await Deno.readTextFile(PAGE);
  return [...text.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block]) => block).join("\n");
}

/** Whether a message is the one that the page shows: line breaks do not count. */
export function isShown(shown: string, said: string): boolean {
  const words = (text: string) => text.replace(/\s+/g, " ").trim();
  const parts = words(shown).split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(words(said));
}
