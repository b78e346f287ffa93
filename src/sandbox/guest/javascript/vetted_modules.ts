/** The modules that bots may import, compiled. */
import { compileModule } from "./engine.ts";
import { stripTypes } from "./source.ts";
import { type VettedSource, vettedSource } from "./vetted_sources.ts";

/** A compiled module. The guest loads it before the bot that imports it. */
export interface VettedModule extends Pick<VettedSource, "announced"> {
  /** The source without its types. */
  source: string;
  bytecode: Uint8Array;
}

const loaded = new Map<string, Promise<VettedModule>>();

/** The module of a specifier for which `isVetted` holds. */
export function vettedModule(specifier: string): Promise<VettedModule> {
  const known = loaded.get(specifier) ?? load(specifier);
  loaded.set(specifier, known);
  return known;
}

async function load(specifier: string): Promise<VettedModule> {
  const { announced, source, typed } = await vettedSource(specifier);
  const javascript = typed ? await stripTypes(source) : source;
  const bytecode = await compileModule(javascript, specifier);
  return { announced, source: javascript, bytecode };
}
