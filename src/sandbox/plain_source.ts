/** A source without what an editor or a chat put around it: a byte order mark, and the fence of a
 *  Markdown block. Lines keep their numbers. */
import type { BotLanguage } from "../domain/bot/bot.ts";

const BOM = "\uFEFF";
const OPENING = /^\s*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*(?=\n)/;
const CLOSING = /\n[ \t]*(?:`{3,}|~{3,})\s*$/;

/** The source itself. */
export function plainSource(source: string): string {
  const text = source.startsWith(BOM) ? source.slice(BOM.length) : source;
  const fence = OPENING.exec(text);
  if (!fence) return text;
  const lineEnds = fence[0].replace(/[^\n]/g, "");
  return (lineEnds + text.slice(fence[0].length)).replace(CLOSING, "\n");
}

/** Python, where the fence says so. Of the others, the source itself tells more. */
export function fencedLanguage(source: string): BotLanguage | undefined {
  const tag = OPENING.exec(source.replace(BOM, ""))?.[2]?.toLowerCase();
  return tag === "python" || tag === "py" || tag === "python3" ? "python" : undefined;
}

/** Whether a line of it is a fence. */
export function hasFence(source: string): boolean {
  return /^\s*(`{3,}|~{3,})/m.test(source);
}
