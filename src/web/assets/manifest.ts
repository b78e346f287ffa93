/** What a build leaves in `.build/`: a script for each island, and a list of them. A script's name
 *  contains a hash of its bytes, so a browser may keep it for ever. */

/** The folder of the build. */
export const BUILD_FOLDER = new URL("../../../.build/", import.meta.url);

/** The list, `manifest.json`. */
export interface Manifest {
  /** A hash of everything that the scripts are made of. */
  stamp: string;
  /** The file of each island's script, by the name of the island. */
  scripts: Record<string, string>;
  /** Files of the build before, for servers that still run with its list. */
  previous: string[];
}

/** The list of a build; null if there is no whole one. */
export async function readManifest(folder: URL): Promise<Manifest | null> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL("manifest.json", folder)));
  } catch {
    return null;
  }
}
