/** Turns a bot's definition into a bot that may be attached: finds its source, has the sandbox
 *  inspect it, and hashes what will be announced. Built-in bots go through the same checks as any
 *  other bot. */
import { type Bot, type BotDef, BotName, Env, type Inspection } from "../../domain/bot/bot.ts";
import { declaredNet } from "../../domain/bot/bot_network.ts";
import type { Bodies } from "../../domain/bot/evidence.ts";
import { bytesToHex, concatBytes, type HashText, hashText } from "../../kernel/hash.ts";
import { boundedJson } from "../../domain/limits/bounded_json.ts";
import { canonicalBytes, type Json, type JsonObject } from "../../kernel/json.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { SHARED_WORK } from "../../domain/limits/work.ts";
import type { NewBot } from "../../domain/referee/referee.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { FairTurns } from "../../sandbox/pool/fair_turns.ts";
import type { BotSource, Sandbox } from "../../sandbox/sandbox.ts";
import type { BlobStore } from "../../store/channel/blob_store.ts";
import type { Holder } from "../../store/channel/storage_ledger.ts";
import type { EnvVault } from "../../store/channel/env_vault.ts";
import type { BotsTime } from "../bots_time.ts";

const BUILTIN = "builtin://";
/** The most sources, and the most verdicts on sources, that stay in memory. */
const MAX_KNOWN = 500;

interface BotLibraryDeps {
  blobs: BlobStore;
  vault: EnvVault;
  sandbox: Sandbox;
  time: BotsTime;
  /** Sources of the built-in bots, by class name. */
  builtins: ReadonlyMap<string, string>;
  randomBytes: RandomBytes;
}

/** A bot ready to be attached, with the secret that its announcement commits to. */
export interface PreparedBot {
  bot: NewBot;
  /** UTF-8; not stored yet. */
  source: Uint8Array;
  /** 32 bytes as hex. */
  seed: string;
}

export class BotLibrary {
  readonly #deps: BotLibraryDeps;
  #builtinHashes: Map<HashText, string> | undefined;
  readonly #sources = new Map<HashText, string>();
  readonly #inspections = new Map<string, Inspection>();
  /** Queues inspections by principal, so that sources made to take long neither occupy all hosts
   *  nor hold up the sources of others. */
  readonly #turns = new FairTurns(
    {
      atOnce: SHARED_WORK.inspections,
      perPrincipal: 1,
      waiting: SHARED_WORK.inspectionsWaiting,
      waitingPerPrincipal: SHARED_WORK.inspectionsWaitingPerPrincipal,
      waitMs: SHARED_WORK.inspectionsWaitMs,
    },
    () =>
      new Refusal("RATE_LIMIT", "Too many bots are being attached right now. Try again.", 2_000),
  );

  constructor(deps: BotLibraryDeps) {
    this.#deps = deps;
  }

  /** Names of the built-in bots. */
  get presets(): string[] {
    return [...this.#deps.builtins.keys()];
  }

  /** The source of a built-in bot, by its hash. */
  builtin(codeHash: string): string | undefined {
    this.#builtinHashes ??= new Map(
      [...this.#deps.builtins.values()].map((source) => [hashText(encode(source)), source]),
    );
    return this.#builtinHashes.get(codeHash as HashText);
  }

  /** Checks a definition for a principal, which pays for the inspection of the source. Throws
   *  BOT_REJECTED, BOT_NOT_FOUND, TOO_LARGE, RATE_LIMIT, or TIMEOUT when `signal` aborts before the
   *  inspection's turn. */
  async prepare(def: BotDef, principal: string, signal?: AbortSignal): Promise<PreparedBot> {
    const { randomBytes } = this.#deps;
    const source = this.#sourceOf(def);
    const bytes = encode(source);
    if (bytes.length > BOT_LIMITS.botSourceBytes) {
      throw new Refusal(
        "TOO_LARGE",
        `The bot's source is ${bytes.length} bytes; at most ${BOT_LIMITS.botSourceBytes} are ` +
          "allowed. Shorten it.",
      );
    }
    const codeHash = hashText(bytes);
    const botSource = { source, language: def.language, name: def.name };
    const found = await this.#inspect(codeHash, botSource, principal, signal);
    if (found.kind === "rejected") {
      const at = found.line === undefined ? "" : `line ${found.line}: `;
      throw new Refusal(
        "BOT_REJECTED",
        `${at}${found.message.replace(/\.?$/, ".")} Correct the source and attach the bot again.`,
      );
    }
    const name = def.name ?? BotName.safeParse(found.class_name).data ?? "Bot";
    const manifest = { ...found.manifest, ...def.manifest };
    const params = { ...(isObject(manifest.params) ? manifest.params : {}), ...def.params };
    boundedJson(manifest, BOT_LIMITS.botManifestBytes, "The bot's manifest");
    boundedJson(params, BOT_LIMITS.botParamsBytes, "params");
    const net = declaredNet(manifest);
    const seed = randomBytes(32);
    const seed_commit = hashText(seed);
    const env = await this.#sealed(def, seed_commit);
    const summary = typeof manifest.summary === "string"
      ? manifest.summary.slice(0, 300).toWellFormed()
      : "";
    return {
      seed: bytesToHex(seed),
      source: bytes,
      bot: {
        name,
        version: def.version ?? "1.0",
        summary,
        language: found.language,
        class_name: found.class_name,
        hooks: found.hooks,
        manifest,
        params,
        code_hash: codeHash,
        manifest_hash: hashText(canonicalBytes(manifest)),
        engine: found.engine,
        engine_parts: found.engine_parts,
        imports: found.imports,
        net,
        ...(env && { env }),
        seed_commit,
      },
    };
  }

  /** Stores the sources of bots that will be attached, before any record names them. Call it for no
   *  other bots: nothing ever deletes a blob. */
  async storeSources(prepared: Iterable<PreparedBot>, holder: Holder): Promise<void> {
    for (const { source } of prepared) await this.#deps.blobs.put(source, holder);
  }

  /** Encrypts the secrets of a definition. The announced commitment binds the author to the values,
   *  and nobody can check guesses against it: the hash is salted, and the salt is encrypted
   *  together with the values. */
  async #sealed(def: BotDef, seedCommit: HashText): Promise<Bot["env"]> {
    if (def.env && def.env_redacted) {
      throw new Refusal(
        "INVALID_REQUEST",
        "Pass either env or env_redacted, not both.",
      );
    }
    const env = def.env ?? def.env_redacted ?? {};
    const names = Object.keys(env).sort();
    if (names.length === 0) return undefined;
    const salt = this.#deps.randomBytes(32);
    const text = JSON.stringify({ env, salt: bytesToHex(salt) });
    return {
      names,
      commit: hashText(concatBytes(salt, canonicalBytes(env))),
      sealed: await this.#deps.vault.seal(text, seedCommit),
    };
  }

  /** A bot's sealed values; null when this server's key can't decrypt them. */
  async env({ env, seed_commit }: Pick<Bot, "env" | "seed_commit">): Promise<Env | null> {
    if (!env) return {};
    const text = await this.#deps.vault.open(env.sealed, seed_commit);
    return text === null ? null : Env.safeParse(JSON.parse(text).env).data ?? null;
  }

  /** The sandbox's verdict on a source. Accepted verdicts are cached. */
  async #inspect(
    codeHash: HashText,
    bot: BotSource,
    principal: string,
    signal: AbortSignal | undefined,
  ): Promise<Inspection> {
    const key = JSON.stringify([codeHash, bot.language, bot.name]);
    const known = this.#inspections.get(key);
    if (known) return known;
    const { sandbox, time } = this.#deps;
    using _turn = await this.#turns.take(principal, signal);
    time.refuseSpent(principal);
    const found = await sandbox.inspect(bot, {
      key: { principal },
      signal,
      worked: (ms) => time.charge(principal, ms),
    });
    if (this.#inspections.size >= MAX_KNOWN) this.#inspections.clear();
    if (found.kind === "accepted") this.#inspections.set(key, found);
    return found;
  }

  /** Stores the bodies that evidence names, before any entry names them. */
  async storeEvidence(bodies: Bodies, holder: Holder): Promise<void> {
    for (const bytes of bodies.values()) await this.#deps.blobs.put(bytes, holder);
  }

  /** The body that evidence names by this hash; null when it is not stored. */
  evidence(bodyHash: HashText): Promise<Uint8Array | null> {
    return this.#deps.blobs.get(bodyHash);
  }

  /** The exact source with this hash. Throws when it is missing. */
  async source(codeHash: HashText): Promise<string> {
    const known = this.#sources.get(codeHash);
    if (known !== undefined) return known;
    const bytes = await this.#deps.blobs.get(codeHash);
    if (!bytes) throw new Error(`Cannot find the source ${codeHash} of an attached bot`);
    const source = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    if (this.#sources.size >= MAX_KNOWN) this.#sources.delete(this.#sources.keys().next().value!);
    this.#sources.set(codeHash, source);
    return source;
  }

  #sourceOf({ inline_code, code_ref }: BotDef): string {
    if ((inline_code === undefined) === (code_ref === undefined)) {
      throw new Refusal(
        "INVALID_REQUEST",
        "A bot needs its source: pass either inline_code or code_ref.",
      );
    }
    if (inline_code !== undefined) {
      if (inline_code.isWellFormed()) return inline_code;
      throw new Refusal(
        "BOT_REJECTED",
        "The source contains lone surrogates, which have no UTF-8 form. Remove them.",
      );
    }
    const source = code_ref!.startsWith(BUILTIN)
      ? this.#deps.builtins.get(code_ref!.slice(BUILTIN.length))
      : undefined;
    if (source !== undefined) return source;
    throw new Refusal(
      "BOT_NOT_FOUND",
      `There is no built-in bot "${code_ref}". Pass one of ${
        this.presets.map((n) => BUILTIN + n).join(", ")
      }.`,
    );
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
