/** What a build leaves in `.build/`: a script for each island, the Workers of the verifier, the
 *  verifier and the board app as one document each, and a list of them. A file's name contains a
 *  hash of its bytes, so a browser may keep it for ever. */

/** The folder of the build. */
export const BUILD_FOLDER = new URL("../../../.build/", import.meta.url);

/** The list, `manifest.json`. */
export interface Manifest {
  /** A hash of everything that the scripts are made of. */
  stamp: string;
  /** The file of each island's script, by the name of the island. */
  scripts: Record<string, string>;
  /** The file of each Worker, by the name of its source in `src/web/verifier/`. */
  workers: Record<WorkerName, string>;
  /** The file of `verify.html`, and the SHA-256 of its bytes in hex. */
  verifier: { file: string; sha256: string };
  /** The file of the board app. */
  boardApp: string;
  /** Files of the build before, for servers that still run with its list. */
  previous: string[];
}

export const WORKERS = ["verify_worker", "guest_worker"] as const;
export type WorkerName = (typeof WORKERS)[number];

/** The files of a build. */
export function filesOf({ scripts, workers, verifier, boardApp }: Manifest): string[] {
  return [...Object.values(scripts), ...Object.values(workers), verifier.file, boardApp];
}

/** The list of a build; null if there is no whole one. */
export async function readManifest(folder: URL): Promise<Manifest | null> {
  try {
    const manifest = JSON.parse(await Deno.readTextFile(new URL("manifest.json", folder)));
    return "boardApp" in manifest ? manifest : null;
  } catch {
    return null;
  }
}
