/** The modules that bots import, compiled: those of this release once for all bots, and any others,
 *  which come with a bot's jobs, once for each bot. */
import type { Import, ModuleSource } from "../../../domain/bot/bot.ts";
import { compileModule } from "./engine.ts";
import { javascriptOf } from "./source.ts";
import { vettedSource } from "./vetted_sources.ts";

/** A compiled module. The guest loads it before the bot that imports it. */
export interface VettedModule {
  announced: Import;
  /** The source without its types. */
  source: string;
  bytecode: Uint8Array;
}

const own = new Map<string, Promise<VettedModule>>();

/** The module of a specifier: one of `brought`, or else that of this release, for which `isVetted`
 *  holds. */
export function vettedModule(
  specifier: string,
  brought: readonly ModuleSource[],
): Promise<VettedModule> {
  const module = brought.find(({ name }) => name === specifier);
  if (module) return compiled(module);
  const known = own.get(specifier) ?? vettedSource(specifier).then(compiled);
  own.set(specifier, known);
  return known;
}

async function compiled({ source, ...announced }: ModuleSource): Promise<VettedModule> {
  const javascript = await javascriptOf(source);
  const bytecode = await compileModule(javascript, announced.name);
  return { announced, source: javascript, bytecode };
}
