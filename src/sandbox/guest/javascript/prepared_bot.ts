/** Checks and compiles a bot's source, with a cache for the bot's next hooks. The result depends
 *  only on the source, its modules, the language and the wanted class, so the cache affects only
 *  speed. */
import type { BotLanguage, ModuleSource } from "../../../domain/bot/bot.ts";
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

interface Wanted {
  source: string;
  language?: BotLanguage | undefined;
  /** The wanted class. */
  name?: string | undefined;
  /** Modules that are not those of this release. Whoever sends one has checked its hash. */
  modules?: readonly ModuleSource[] | undefined;
}

const MAX_CACHED = 32;
const prepared = new Map<string, PreparedBot>();

/** With `hooks`, finds the bot's class. Without them, `name` is the class that was found before.
 *  Throws a `Rejection`. */
export async function prepareBot(
  wanted: Wanted,
  hooks?: readonly string[],
): Promise<PreparedBot> {
  const { source, language, name, modules = [] } = wanted;
  const brought = modules.map((each) => `${each.name} ${each.version} ${each.hash}`);
  const key = [language, name, hooks, brought, source].join("\n");
  const known = prepared.get(key);
  prepared.delete(key);
  const bot = known ?? await prepare(wanted, hooks);
  prepared.set(key, bot);
  const [oldest] = prepared.keys();
  if (prepared.size > MAX_CACHED) prepared.delete(oldest!);
  return bot;
}

async function prepare(
  { source, language: wanted, name, modules = [] }: Wanted,
  hooks: readonly string[] | undefined,
): Promise<PreparedBot> {
  try {
    const { language, javascript, program } = await parseSource(source, wanted);
    const botClass = findBotClass(program, name, { hooks, modules });
    const imports = await Promise.all(
      importsOf(program).map((specifier) => vettedModule(specifier, modules)),
    );
    const bytecode = await compileModule(javascript + botClass.suffix, BOT_FILE, imports);
    return { ...botClass, language, imports, javascript, bytecode };
  } catch (error) {
    if (error instanceof Rejection) throw error;
    if (error instanceof RangeError) throw new Rejection(TOO_DEEP);
    throw new Rejection(`The engine cannot compile this source: ${messageOf(error)}`);
  }
}
