/** The modules that bots may import, as this release has them. Each is a single file without
 *  imports: of a package, pinned by the lock file, or of this project. A bot's announcement
 *  contains the version and the SHA-256 of each module that it uses. */
import gameSource from "../../../../bots/game.ts" with { type: "text" };
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Import, ModuleSource } from "../../../domain/bot/bot.ts";

interface Vetted {
  version: string;
  read(): Promise<{ default: string }>;
}

/** By the name after `lib:`. A module is read when somebody first asks for it. */
const VETTED: Record<string, Vetted> = {
  /** The rules of chess. */
  "chess.js": {
    version: "1.4.0",
    read: () => import("chess.js/dist/esm/chess.js", { with: { type: "text" } }),
  },
  /** The part of a referee that all games share. */
  game: {
    version: "1.0.0",
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
const SPECIFIERS = Object.keys(VETTED).map((name) => PREFIX + name);
const known = new Map<string, Promise<ModuleSource>>();

/** Whether a bot may import it: a module of this release, or one that is `brought` along. */
export function isVetted(specifier: string, brought: readonly Import[] = []): boolean {
  return SPECIFIERS.includes(specifier) ||
    specifier.startsWith(PREFIX) && brought.some(({ name }) => name === specifier);
}

/** `lib:chess.js, …`, for the refusal of any other import. */
export const VETTED_NAMES = SPECIFIERS.join(", ");

/** The module of this release with a specifier for which `isVetted` holds without others. */
export function vettedSource(specifier: string): Promise<ModuleSource> {
  const module = known.get(specifier) ?? read(specifier);
  known.set(specifier, module);
  return module;
}

async function read(specifier: string): Promise<ModuleSource> {
  const { version, read } = VETTED[specifier.slice(PREFIX.length)]!;
  const { default: source } = await read();
  const hash = `sha256:${bytesToHex(sha256(utf8ToBytes(source)))}` as const;
  return { name: specifier, version, hash, source };
}

/** All modules of this release. */
export function vettedSources(): Promise<ModuleSource[]> {
  return Promise.all(SPECIFIERS.map(vettedSource));
}

/** The source of an announced module, if it is one of this release. */
export async function ownSource({ name, hash }: Import): Promise<string | undefined> {
  const own = SPECIFIERS.includes(name) ? await vettedSource(name) : undefined;
  return own?.hash === hash ? own.source : undefined;
}
