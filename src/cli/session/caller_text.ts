/** The files that the caller names, as text. */
import { callerPath } from "./environment.ts";
import { EXIT, Failure, messageOf } from "./exit_codes.ts";

export async function callerText(path: string): Promise<string> {
  try {
    const bytes = await Deno.readFile(callerPath(path));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const why = error instanceof TypeError ? "it is not UTF-8 text" : messageOf(error);
    throw new Failure(EXIT.usage, `Cannot read ${path}: ${why}`);
  }
}

/** The source of a bot. It is announced by the SHA-256 of its file, so a byte that is no text must
 *  not become another one. */
export async function botSource(path: string): Promise<string> {
  const text = await callerText(path);
  if (text.trim() === "") throw new Failure(EXIT.usage, `${path} is empty: it has no bot.`);
  return text;
}
