/** A bundled module as a classic script, which is the only kind of Worker that a page from disk may
 *  start. */

/** The module may await at its top level, but has no imports and no exports. An error while it
 *  loads is an `error` event of its Worker, as in a module. */
export function classicWorker(module: string): string {
  const raise = "(error)=>setTimeout(()=>{throw error})";
  return `(async()=>{"use strict";${module}\n})().catch(${raise});\n`;
}
