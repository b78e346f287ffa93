/** The modules that bots may import, compiled. */
import { compile } from "./engine.ts";
import { type VettedSource, vettedSource } from "./vetted_sources.ts";

/** A compiled module. The guest loads it before the bot that imports it. */
export interface VettedModule extends VettedSource {
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
  const vetted = await vettedSource(specifier);
  return { ...vetted, bytecode: await compile(vetted.source, specifier, "module") };
}
