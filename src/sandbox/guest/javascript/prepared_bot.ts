/** Checks and compiles a bot's source, with a cache for the bot's next hooks. The result depends
 *  only on the source, the language and the wanted class, so the cache affects only speed. */
import type { BotLanguage } from "../../../domain/bot/bot.ts";
import { type BotClass, findBotClass, importsOf } from "./bot_class.ts";
import { compileModule } from "./engine.ts";
import { BOT_FILE, messageOf } from "../hook_run.ts";
import { parseSource, Rejection, TOO_DEEP } from "./source.ts";
import { type VettedModule, vettedModule } from "./vetted_modules.ts";

export interface PreparedBot extends BotClass {
  language: BotLanguage;
  imports: VettedModule[];
  /** The source without its types. */
  javascript: string;
  bytecode: Uint8Array;
}

const MAX_CACHED = 32;
const prepared = new Map<string, PreparedBot>();

/** With `hooks`, finds the bot's class. Without them, `name` is the class that was found before.
 *  Throws a `Rejection`. */
export async function prepareBot(
  source: string,
  language: BotLanguage | undefined,
  name: string | undefined,
  hooks?: readonly string[],
): Promise<PreparedBot> {
  const key = `${language}\n${name}\n${hooks}\n${source}`;
  const known = prepared.get(key);
  prepared.delete(key);
  const bot = known ?? await prepare(source, language, name, hooks);
  prepared.set(key, bot);
  const [oldest] = prepared.keys();
  if (prepared.size > MAX_CACHED) prepared.delete(oldest!);
  return bot;
}

async function prepare(
  source: string,
  wanted: BotLanguage | undefined,
  name: string | undefined,
  hooks: readonly string[] | undefined,
): Promise<PreparedBot> {
  try {
    const { language, javascript, program } = await parseSource(source, wanted);
    const botClass = findBotClass(program, name, hooks);
    const imports = await Promise.all(importsOf(program).map(vettedModule));
    const bytecode = await compileModule(javascript + botClass.suffix, BOT_FILE, imports);
    return { ...botClass, language, imports, javascript, bytecode };
  } catch (error) {
    if (error instanceof Rejection) throw error;
    if (error instanceof RangeError) throw new Rejection(TOO_DEEP);
    throw new Rejection(`The engine cannot compile this source: ${messageOf(error)}`);
  }
}
