/** Puts the store and the channels on it together: the services that endpoints call, and the work
 *  in the background. */
import { Auditor } from "../channels/proof/auditor.ts";
import { beaconClock } from "../channels/running/beacon_clock.ts";
import {
  BotCatalogue,
  type BotGuide,
  type InspectedBot,
} from "../channels/library/bot_catalogue.ts";
import { BotLibrary } from "../channels/library/bot_library.ts";
import { Ladders, type LadderSettings } from "../domain/rating/ladders.ts";
import { Leaderboard } from "../ratings/leaderboard.ts";
import { publicIds } from "../ratings/public_id.ts";
import { Rater } from "../ratings/rater.ts";
import { ratingsBySource } from "../ratings/ratings_by_source.ts";
import { RatingStore } from "../store/rating/rating_store.ts";
import { BotsTime } from "../channels/bots_time.ts";
import { ChannelOpener } from "../channels/writing/channel_opener.ts";
import { ChannelService } from "../channels/writing/channel_service.ts";
import { BotDebugger } from "../channels/running/bot_debugger.ts";
import { BotTraces } from "../channels/running/bot_traces.ts";
import { DryRuns } from "../channels/running/dry_runs.ts";
import { Dispatcher } from "../channels/running/dispatcher.ts";
import { Exporter } from "../channels/proof/exporter.ts";
import { ExportOffers } from "../channels/proof/export_offers.ts";
import { Broadcasts } from "../channels/reading/broadcasts.ts";
import { Follower } from "../channels/reading/follower.ts";
import { Lister } from "../channels/reading/lister.ts";
import { TreeSigner } from "../channels/proof/tree_signer.ts";
import { Prover } from "../channels/proof/prover.ts";
import { Presence } from "../channels/presence.ts";
import { BoardReader } from "../channels/reading/board_reader.ts";
import { Reader } from "../channels/reading/reader.ts";
import { ChannelRegistry } from "../channels/writing/registry.ts";
import { ModuleSources } from "../channels/library/module_sources.ts";
import { SourceReader } from "../channels/library/source_reader.ts";
import { Takeover } from "../channels/running/takeover.ts";
import { timerClock } from "../channels/running/timer_clock.ts";
import { derivedTokens } from "../channels/writing/tokens.ts";
import { TurnWaiter } from "../channels/reading/turn_waiter.ts";
import { Audience } from "../channels/audience.ts";
import { ShownChannels } from "../channels/shown.ts";
import { IdleSweep } from "../channels/running/idle_sweep.ts";
import { deletionClock } from "../channels/running/deletion_clock.ts";
import { Remains } from "../store/channel/remains.ts";
import { Waiters } from "../channels/reading/waiters.ts";
import { payerOf } from "../domain/channel/principal.ts";
import type { PublishedKey } from "../domain/proof/channel_export.ts";
import { base64url } from "../kernel/base64url.ts";
import type { Beacon, Chain } from "../kernel/drand.ts";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { ConfigError } from "../config/config_error.ts";
import { type HashText, hashText } from "../kernel/hash.ts";
import type { Log } from "../kernel/log.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";
import type { StorageBounds } from "../domain/storage/storage.ts";
import { type Rate, RateLimiter, type RateName } from "../domain/limits/rate_limit.ts";
import { Turns } from "../domain/limits/turns.ts";
import type { Services } from "../operations/operation.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { BlobStore } from "../store/channel/blob_store.ts";
import { MAX_PARTS_CONNECTED } from "../store/commit_group.ts";
import { ChannelStore, type StoredChannel } from "../store/channel/channel_store.ts";
import { EnvVault } from "../store/channel/env_vault.ts";
import { HeadWatch } from "../store/channel/head_watch.ts";
import { eventsOn, type EventsParts } from "./events.ts";
import { lobbyOn } from "./lobby.ts";
import type { Counted } from "./operator.ts";
import { serverSecret } from "../store/server/server_secrets.ts";
import { keepSigningKey, published } from "../store/server/signing_keys.ts";
import { MemberStore } from "../store/channel/member_store.ts";
import { TicketStore, ticketWatch } from "../store/lobby/ticket_store.ts";
import { StorageLedger } from "../store/channel/storage_ledger.ts";
import { SubscriptionStore } from "../store/channel/subscription_store.ts";
import { TileStore } from "../store/channel/tile_store.ts";
import { TraceStore } from "../store/channel/trace_store.ts";

export interface ChannelsParts extends EventsParts {
  kv: Deno.Kv;
  /** The same database over a second connection, for watches. */
  watchKv?: Deno.Kv | undefined;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  sandbox: Sandbox;
  /** Sources of the built-in bots, by class name. */
  builtins: ReadonlyMap<string, string>;
  /** What the folders of the built-in bots say of them, by class name. */
  guides?: ReadonlyMap<string, BotGuide>;
  /** See `BotCatalogue`. */
  inspected?: () => Promise<Readonly<Record<string, InspectedBot>>>;
  /** The ladders of the operator; undefined: each built-in game that has a winner is one. */
  ladders?: LadderSettings | undefined;
  /** The URL by which clients call the server, without a trailing slash. */
  publicUrl: string;
  /** 32 bytes that seal bots' secrets; undefined: generated and stored at the first start. */
  envKey?: Uint8Array | undefined;
  /** The Ed25519 private key, 32 bytes, that signs tree heads; undefined: generated and stored at
   *  the first start. */
  signingKey?: Uint8Array | undefined;
  /** The source of public randomness for the channels that use it; absent if none does. */
  beacon?: Beacon;
  /** The drand chain that new channels use; absent if they use none. */
  chain?: Chain | undefined;
  /** After what time without a life sign of a member the server warns in new channels that it will
   *  close them, in milliseconds; undefined for never. */
  idleMs?: number | undefined;
  /** The bounds of stored bytes, per channel and per owner; undefined: `STORAGE_BOUNDS`. */
  storage?: StorageBounds | undefined;
  /** Undefined: there are no rate limits. */
  rates?: Readonly<Record<RateName, Rate>> | undefined;
  log: Log;
  now: () => Date;
  /** A monotonic clock, in milliseconds from any moment; the clock of `now` may be set back. */
  nowMs: () => number;
  randomBytes: RandomBytes;
}

/** The work in the background, which does not depend on calls. */
export interface Work {
  /** Resumes the hooks and timers that a stop or a crash interrupted. */
  resume: () => Promise<void>;
  /** Answers the open long polls; later calls do not wait. */
  release: () => void;
  /** Starts no further hook, fires no further timer, and waits for those in progress. */
  close: () => Promise<void>;
}

/** Builds the services from parts that the caller has opened and will close. */
export async function channelsOn(
  parts: ChannelsParts,
): Promise<Work & { services: Services; keys: PublishedKey[]; counted: Counted }> {
  const { kv, shared, sandbox, builtins, log, now, randomBytes, publicUrl } = parts;
  const ledger = new StorageLedger({ kv, shared, bounds: parts.storage });
  const store = new ChannelStore(kv, {
    ledger,
    ...(shared && { maxParts: MAX_PARTS_CONNECTED }),
  });
  const heads = shared ? new HeadWatch({ kv: parts.watchKv ?? kv, log }) : undefined;
  const waiters = new Waiters({ heads });
  const limiter = parts.rates && new RateLimiter(parts.rates, parts.nowMs);
  const time = new BotsTime(limiter);
  const written = (maker: string, bytes: number) =>
    limiter?.charge("written", payerOf(maker), bytes);
  const committed = (state: StoredChannel, bytes = 0) => {
    written(state.channel.creator, bytes);
    waiters.wake(state.channel.channel_id);
    dispatcher.wake(state);
    for (const clock of clocks) clock.wake(state);
    rater.wake(state);
    deliverer.wake(state);
  };
  const newId = () => base64url(randomBytes(12));
  const registry = new ChannelRegistry({ store, shared, now, newId, log, committed });
  const blobs = new BlobStore(kv, { ledger, counted: written });
  const envKey = parts.envKey ?? await serverSecret(kv, "env_key", randomBytes);
  const vault = new EnvVault(envKey, randomBytes);
  const tiles = new TileStore(kv, store);
  const audience = new Audience(parts.nowMs);
  const shown = new ShownChannels({ registry, tiles, audience });
  const modules = new ModuleSources(blobs);
  await modules.keep();
  const library = new BotLibrary({
    blobs,
    modules,
    vault,
    sandbox,
    time,
    builtins,
    now,
    randomBytes,
  });
  const subscriptions = new SubscriptionStore(kv);
  const { events, deliverer } = eventsOn(parts, {
    store: subscriptions,
    registry,
    shown,
    vault,
    services: () => services,
  });
  const traces = new BotTraces({
    store: new TraceStore({ kv, now }),
    counted: written,
    log,
  });
  const dispatcher = new Dispatcher({ registry, store, library, sandbox, time, traces, log });
  const wake = (state: StoredChannel) => dispatcher.wake(state);
  const takeover = shared ? new Takeover({ registry, store, wake, log }) : undefined;
  const forClock = { registry, store, shared, now, log };
  const clocks = [timerClock(forClock)];
  const remains = new Remains({ kv, ledger, subscriptions });
  const gone = (channelId: string) => {
    registry.forget(channelId);
    waiters.wake(channelId);
  };
  clocks.push(deletionClock({ ...forClock, remains, gone }));
  const idle = new IdleSweep({ registry, store, now, log });
  if (parts.beacon) clocks.push(beaconClock({ ...forClock, beacon: parts.beacon }));
  const ladders = laddersOf(parts);
  const idOf = publicIds(await serverSecret(kv, "player_ids", randomBytes));
  const ratings = new RatingStore(kv, idOf);
  const rater = new Rater({
    store: ratings,
    entry: async (channelId, id) => (await store.entries(channelId, id - 1, 1))[0],
    ladders,
    shared,
    log,
  });
  const derivedToken = derivedTokens(await serverSecret(kv, "derived_tokens", randomBytes));
  const signingKey = parts.signingKey ?? await serverSecret(kv, "signing_key", randomBytes);
  const signer = new TreeSigner({ key: signingKey, publicUrl });
  const signingKeys = await keepSigningKey(kv, signer.publicKey.toHex(), now());
  const prover = new Prover({ shown, store, tiles, signer });
  const keys = signingKeys.map(published);
  const exporter = new Exporter({ shown, store, blobs, modules, signer, keys });
  const ticketKey = await serverSecret(kv, "export_ticket", randomBytes);
  const members = new MemberStore(kv);
  const presence = new Presence({ members, now, log });
  const reader = new Reader({ registry, shown, waiters, time, now, presence });
  const channels = new ChannelService({
    store,
    registry,
    shown,
    library,
    presence,
    resultIn: (channelId) => ratings.resultIn(channelId),
    now,
    randomBytes,
    derivedToken,
    time,
    limiter,
    log,
  });
  const opener = new ChannelOpener({
    store,
    library,
    now,
    randomBytes,
    derivedToken,
    committed,
    log,
    chain: parts.chain,
    ladders,
    idleMs: parts.idleMs,
  });
  const sources = new SourceReader({ store, library });
  const wakeEvents = (ticketId: string) => deliverer.wakeAbout(ticketId);
  const { lobby, ...pairing } = lobbyOn(parts, {
    tickets: new TicketStore(kv),
    heads: shared ? ticketWatch({ kv: parts.watchKv ?? kv, log }) : undefined,
    library,
    sources,
    ladders,
    opener,
    channels,
    limiter,
    derivedToken,
    ratingOf: ratingsBySource({ store: ratings, ladders }),
    wakeEvents,
  });
  const services: Services = {
    channels,
    opener,
    reader,
    presence,
    turnWaiter: new TurnWaiter({ registry, shown, waiters, reader, presence }),
    follower: new Follower({ registry, waiters, log }),
    broadcasts: new Broadcasts({ registry, waiters, shown, presence, log }),
    events,
    lister: new Lister({ store, shown, members }),
    shown,
    lobby,
    leaderboard: new Leaderboard({ store: ratings, ladders, idOf }),
    sources,
    library,
    catalogue: new BotCatalogue({
      builtins,
      guides: parts.guides ?? new Map(),
      inspected: parts.inspected ?? (() => Promise.resolve({})),
      library,
      sandbox,
    }),
    debugger: new BotDebugger({ registry, store, library, channels, traces }),
    dryRuns: new DryRuns({ library, sandbox, now, randomBytes }),
    limiter,
    turns: new Turns(HTTP_LIMITS.readsAtOnce),
    signer,
    prover,
    boards: new BoardReader({ registry, shown }),
    exports: new ExportOffers({
      registry,
      shown,
      exporter,
      signer,
      key: ticketKey,
      publicUrl,
      now,
    }),
    auditor: new Auditor({ registry, exporter, sandbox, time }),
    now,
    randomBytes,
  };
  return {
    services,
    keys,
    counted: { store, subscriptions, deliverer, waiters },
    resume: async () => {
      takeover?.start();
      idle.start();
      pairing.resume();
      const resumed = [dispatcher, deliverer, rater, remains, ...clocks];
      await Promise.all(resumed.map((each) => each.resume()));
    },
    release: () => {
      waiters.close();
      pairing.release();
    },
    close: async () => {
      await takeover?.close();
      await idle.close();
      await pairing.close();
      await Promise.all([...clocks, dispatcher, deliverer, presence].map((each) => each.close()));
      await rater.close();
      await traces.close();
    },
  };
}

/** Throws a `ConfigError` for ladders of sources that do not exist. */
function laddersOf({ builtins, guides = new Map(), ladders }: ChannelsParts): Ladders {
  const games = [...builtins].filter(([name]) => guides.get(name)?.hasWinner);
  const hashes = games.map(([name, source]) => [name, sourceHash(source)] as const);
  try {
    return new Ladders(new Map(hashes), ladders);
  } catch (error) {
    throw new ConfigError(`Cannot start: LADDERS ${(error as Error).message}`);
  }
}

function sourceHash(source: string): HashText {
  return hashText(new TextEncoder().encode(source));
}
