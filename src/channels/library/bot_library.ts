/** Turns a bot's definition into a bot that may be attached: finds its source, has the sandbox
 *  inspect it, and hashes what will be announced. Built-in bots go through the same checks as any
 *  other bot. */
import { type Bot, type BotDef, BotName, Env, type Inspection } from "../../domain/bot/bot.ts";
import { declaredNet } from "../../domain/bot/bot_network.ts";
import { declaredPrivate } from "../../domain/bot/hearing.ts";
import { paramsOf } from "../../domain/bot/params.ts";
import { isObject, isParamsSchema } from "../../domain/bot/params_schema.ts";
import type { Bodies } from "../../domain/bot/evidence.ts";
import { bytesToHex, concatBytes, type HashText, hashText } from "../../kernel/hash.ts";
import { boundedJson } from "../../domain/limits/bounded_json.ts";
import { canonicalBytes, canonicalText, type JsonObject } from "../../kernel/json.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { SHARED_WORK } from "../../domain/limits/work.ts";
import type { NewBot } from "../../domain/referee/referee.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { FairTurns } from "../../sandbox/pool/fair_turns.ts";
import type { BotSource, Sandbox, WorkContext } from "../../sandbox/sandbox.ts";
import type { BlobStore } from "../../store/channel/blob_store.ts";
import type { Holder } from "../../store/channel/storage_ledger.ts";
import type { EnvVault } from "../../store/channel/env_vault.ts";
import type { BotsTime } from "../bots_time.ts";
import type { ModuleSources } from "./module_sources.ts";
import { type Trial, tryParams } from "./trial.ts";

/** The most sources, and the most verdicts on sources, that stay in memory. */
const MAX_KNOWN = 500;

interface BotLibraryDeps {
  blobs: BlobStore;
  modules: ModuleSources;
  vault: EnvVault;
  sandbox: Sandbox;
  time: BotsTime;
  /** Sources of the built-in bots, by class name. */
  builtins: ReadonlyMap<string, string>;
  now: () => Date;
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

  get modules(): ModuleSources {
    return this.#deps.modules;
  }

  /** Names of the built-in bots. */
  get presets(): string[] {
    return [...this.#deps.builtins.keys()];
  }

  /** The name of the built-in bot that a text means: in any case and spelling, with or without
   *  `builtin://` and the ending "Bot". Throws BOT_NOT_FOUND. */
  presetNamed(text: string): string {
    const preset = this.#presetFor(text);
    if (preset !== undefined) return preset;
    throw new Refusal(
      "BOT_NOT_FOUND",
      `There is no built-in bot of this name. Pass one of ${this.presets.join(", ")}.`,
    );
  }

  #presetFor(text: string): string | undefined {
    const wanted = plainName(text.replace(/^\s*builtin:\/*/i, ""));
    const named = (spelled: (name: string) => string) =>
      this.presets.find((preset) => spelled(plainName(preset)) === wanted);
    return named((name) => name) ?? named((name) => name.replace(/bot$/, ""));
  }

  /** The source of a built-in bot, by its hash. */
  builtin(codeHash: string): string | undefined {
    this.#builtinHashes ??= new Map(
      [...this.#deps.builtins.values()].map((source) => [hashText(encode(source)), source]),
    );
    return this.#builtinHashes.get(codeHash as HashText);
  }

  /** The manifest of a built-in bot. A principal pays for its inspection, as in `prepare`. */
  async manifestOf(
    name: string,
    principal: string,
    signal?: AbortSignal,
  ): Promise<JsonObject | undefined> {
    const source = this.#sourceOf({ code_ref: name });
    const found = await this.#inspect(hashText(encode(source)), { source }, principal, signal);
    return found.kind === "accepted" ? found.manifest : undefined;
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
    const { manifest, given } = described(found.manifest, def);
    boundedJson(manifest, BOT_LIMITS.botManifestBytes, "The bot's manifest");
    boundedJson(given, BOT_LIMITS.botParamsBytes, "params");
    const params = paramsOf(manifest, given);
    boundedJson(params, BOT_LIMITS.botParamsBytes, "params");
    const net = declaredNet(manifest);
    const secrets = secretsOf(def);
    if (isParamsSchema(manifest.params)) {
      const { language, class_name } = found;
      const bot = { source, language, class_name, params, env: secrets };
      await this.#try(bot, principal, signal);
    }
    const seed = randomBytes(32);
    const seed_commit = hashText(seed);
    const env = await this.#sealed(secrets, seed_commit);
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
        private: declaredPrivate(manifest),
        ...(env && { env }),
        seed_commit,
      },
    };
  }

  /** A bot of this channel once more, for a rematch: the same source, modules, parameters, hosts
   *  and sealed values, with a seed of its own. The principal pays for the inspection of the
   *  source, if this server has yet to make it. Throws BOT_REJECTED when this server would not run
   *  it alike. */
  async again(bot: Bot, principal: string, signal?: AbortSignal): Promise<PreparedBot> {
    const source = await this.source(bot.code_hash);
    const { language, name } = bot;
    const modules = await this.modules.of(bot.imports);
    const found = await this.#inspect(
      bot.code_hash,
      { source, language, name, modules },
      principal,
      signal,
    );
    const { class_name, hooks, imports } = bot;
    const facts = canonicalText({ class_name, hooks, imports });
    const isSame = found.kind === "accepted" &&
      canonicalText({
          class_name: found.class_name,
          hooks: found.hooks,
          imports: found.imports,
        }) === facts;
    if (!isSame) {
      throw new Refusal(
        "BOT_REJECTED",
        "This server has been changed since the game began, and would not run its bot in the " +
          "same way. Create another channel with the bot.",
      );
    }
    const seed = this.#deps.randomBytes(32);
    const seed_commit = hashText(seed);
    const env = bot.env && { ...bot.env, sealed: await this.#resealed(bot, seed_commit) };
    const { bot_id: _, slot_id: __, kills: ___, ended: ____, ...rest } = bot;
    const { rematch_of: _of, seats: _seats, rematch_asked: _asked, ...same } = rest;
    const { engine, engine_parts } = found;
    return {
      seed: bytesToHex(seed),
      source: encode(source),
      bot: { ...same, engine, engine_parts, ...(env && { env }), seed_commit },
    };
  }

  /** The sealed values of a bot, for one with another seed. */
  async #resealed({ env, seed_commit }: Bot, seedCommit: HashText): Promise<string> {
    const text = await this.#deps.vault.open(env!.sealed, seed_commit);
    if (text !== null) return await this.#deps.vault.seal(text, seedCommit);
    throw new Refusal(
      "BOT_REJECTED",
      "This server can't read the bot's secrets any more. Create another channel with the bot.",
    );
  }

  /** Stores the sources of bots that will be attached, before any record names them. Call it for no
   *  other bots: nothing ever deletes a blob. */
  async storeSources(prepared: Iterable<PreparedBot>, holder: Holder): Promise<void> {
    for (const { source } of prepared) await this.#deps.blobs.put(source, holder);
  }

  /** Encrypts the secrets of a definition. The announced commitment binds the author to the values,
   *  and nobody can check guesses against it: the hash is salted, and the salt is encrypted
   *  together with the values. */
  async #sealed(env: Env, seedCommit: HashText): Promise<Bot["env"]> {
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
    const hashes = bot.modules?.map(({ hash }) => hash);
    const key = JSON.stringify([codeHash, bot.language, bot.name, hashes]);
    const cached = this.#inspections.get(key);
    if (cached) return cached;
    const { sandbox } = this.#deps;
    const own = this.builtin(codeHash) === undefined ? {} : { again: true as const };
    const found = await this.atWork(
      principal,
      signal,
      (context) => sandbox.inspect({ ...bot, ...own }, context),
    );
    if (this.#inspections.size >= MAX_KNOWN) this.#inspections.clear();
    if (found.kind === "accepted") this.#inspections.set(key, found);
    return found;
  }

  /** Has the bot's constructor check the parameters. */
  async #try(
    bot: Omit<Trial, "now">,
    principal: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { sandbox, now } = this.#deps;
    const trial = { ...bot, now: now() };
    await this.atWork(principal, signal, (context) => tryParams(sandbox, trial, context));
  }

  /** Does work of the sandbox once it is the principal's turn, and charges the principal. Throws
   *  RATE_LIMIT, or TIMEOUT when `signal` aborts before that. */
  async atWork<T>(
    principal: string,
    signal: AbortSignal | undefined,
    work: (context: WorkContext) => Promise<T>,
  ): Promise<T> {
    const { time } = this.#deps;
    using _turn = await this.#turns.take(principal, signal);
    time.refuseSpent(principal);
    return await work({
      key: { principal },
      signal,
      worked: (ms) => time.charge(principal, ms),
    });
  }

  /** Stores the bodies that evidence names, before any entry names them; without a holder where
   *  their entry is counted with them. */
  async storeEvidence(bodies: Bodies, holder: Holder | undefined): Promise<void> {
    const { blobs } = this.#deps;
    for (const bytes of bodies.values()) {
      if (holder) await blobs.put(bytes, holder);
      else await blobs.putUncounted(bytes);
    }
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

  /** A definition without a source that has the name of a built-in bot means that bot. */
  #sourceOf({ inline_code, code_ref, name }: BotDef): string {
    if ((inline_code === undefined) === (code_ref === undefined)) {
      const preset = code_ref === undefined && name && this.#presetFor(name);
      if (preset) return this.#deps.builtins.get(preset)!;
      throw new Refusal(
        "INVALID_REQUEST",
        "A bot needs its source: pass either inline_code or code_ref, such as builtin://GuessBot.",
      );
    }
    if (inline_code !== undefined) {
      if (inline_code.isWellFormed()) return inline_code;
      throw new Refusal(
        "BOT_REJECTED",
        "The source contains lone surrogates, which have no UTF-8 form. Remove them.",
      );
    }
    return this.#deps.builtins.get(this.presetNamed(code_ref!))!;
  }
}

/** A name without what callers vary: case, spaces, quotes and other marks. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]+/g, "");
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A bot's manifest, its class's with the members that a definition replaces, and the parameters
 *  that the definition gives. A class's schema stays: example parameters instead of it are
 *  parameters. */
function described(
  own: JsonObject,
  { manifest: other = {}, params = {} }: BotDef,
): { manifest: JsonObject; given: JsonObject } {
  const manifest = { ...own, ...other };
  const { params: others } = other;
  if (!isParamsSchema(own.params) || !isObject(others)) return { manifest, given: params };
  if (!isParamsSchema(others)) {
    return { manifest: { ...manifest, params: own.params }, given: { ...others, ...params } };
  }
  if (canonicalText(others) === canonicalText(own.params)) return { manifest, given: params };
  throw new Refusal(
    "BOT_REJECTED",
    "manifest.params can't replace the schema of the bot's class. Leave it out, and pass params.",
  );
}

/** The secrets of a definition, under either of their names. */
function secretsOf({ env, env_redacted }: BotDef): Env {
  if (!env || !env_redacted) return env ?? env_redacted ?? {};
  throw new Refusal("INVALID_REQUEST", "Pass either env or env_redacted, not both.");
}
