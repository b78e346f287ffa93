/** The modules that bots may import. Each is a single file without imports: of a package, pinned by
 *  the lock file, or of this project. A bot's announcement contains the version and the SHA-256 of
 *  each module that it uses. */
import gameSource from "../../../../bots/game.ts" with { type: "text" };
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Import } from "../../../domain/bot/bot.ts";

export interface VettedSource {
  announced: Import;
  source: string;
  /** Whether it is TypeScript. */
  typed: boolean;
}

interface Vetted {
  version: string;
  typed?: true;
  read(): Promise<{ default: string }>;
}

/** By the name after `lib:`. A module is read when the first bot imports it. */
const VETTED: Record<string, Vetted> = {
  /** The rules of chess. */
  "chess.js": {
    version: "1.4.0",
    read: () => import("chess.js/dist/esm/chess.js", { with: { type: "text" } }),
  },
  /** The part of a referee that all games share. */
  game: {
    version: "1.0.0",
    typed: true,
    read: () => Promise.resolve({ default: gameSource }),
  },
  /** Decimal arithmetic, for money. */
  "decimal.js": {
    version: "10.6.0",
    read: () => import("decimal.js/decimal.mjs", { with: { type: "text" } }),
  },
  /** Ed25519 signatures. */
  "noble-ed25519": {
    version: "3.2.0",
    read: () => import("@noble/ed25519/index.js", { with: { type: "text" } }),
  },
};
const PREFIX = "lib:";

export function isVetted(specifier: string): boolean {
  return specifier.startsWith(PREFIX) && Object.hasOwn(VETTED, specifier.slice(PREFIX.length));
}

/** `lib:chess.js, …`, for the refusal of any other import. */
export const VETTED_NAMES = Object.keys(VETTED).map((name) => PREFIX + name).join(", ");

/** The module of a specifier for which `isVetted` holds. */
export async function vettedSource(specifier: string): Promise<VettedSource> {
  const { version, typed = false, read } = VETTED[specifier.slice(PREFIX.length)]!;
  const { default: source } = await read();
  const hash = `sha256:${bytesToHex(sha256(utf8ToBytes(source)))}`;
  return { announced: { name: specifier, version, hash }, source, typed };
}
