/** Puts the store and the channels on it together: the services that endpoints call, and the work
 *  in the background. */
import { Auditor } from "../channels/proof/auditor.ts";
import { beaconClock } from "../channels/running/beacon_clock.ts";
import { BotLibrary } from "../channels/library/bot_library.ts";
import { BotsTime } from "../channels/bots_time.ts";
import { ChannelOpener } from "../channels/writing/channel_opener.ts";
import { ChannelService } from "../channels/writing/channel_service.ts";
import { Dispatcher } from "../channels/running/dispatcher.ts";
import { Exporter } from "../channels/proof/exporter.ts";
import { ExportOffers } from "../channels/proof/export_offers.ts";
import { Follower } from "../channels/reading/follower.ts";
import { Lister } from "../channels/reading/lister.ts";
import { TreeSigner } from "../channels/proof/tree_signer.ts";
import { Prover } from "../channels/proof/prover.ts";
import { Reader } from "../channels/reading/reader.ts";
import { ChannelRegistry } from "../channels/writing/registry.ts";
import { SourceReader } from "../channels/library/source_reader.ts";
import { Takeover } from "../channels/running/takeover.ts";
import { timerClock } from "../channels/running/timer_clock.ts";
import { derivedTokens } from "../channels/writing/tokens.ts";
import { Waiters } from "../channels/reading/waiters.ts";
import type { PublishedKey } from "../domain/proof/channel_export.ts";
import { base64url } from "../kernel/base64url.ts";
import type { Beacon, Chain } from "../kernel/drand.ts";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
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
import { serverSecret } from "../store/server/server_secrets.ts";
import { keepSigningKey, published } from "../store/server/signing_keys.ts";
import { StorageLedger } from "../store/channel/storage_ledger.ts";
import { TileStore } from "../store/channel/tile_store.ts";

export interface ChannelsParts {
  kv: Deno.Kv;
  /** The same database over a second connection, for watches. */
  watchKv?: Deno.Kv | undefined;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  sandbox: Sandbox;
  /** Sources of the built-in bots, by class name. */
  builtins: ReadonlyMap<string, string>;
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
): Promise<Work & { services: Services; keys: PublishedKey[] }> {
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
  const written = (maker: string, bytes: number) => limiter?.charge("written", maker, bytes);
  const committed = (state: StoredChannel, bytes = 0) => {
    written(state.channel.creator, bytes);
    waiters.wake(state.channel.channel_id);
    dispatcher.wake(state);
    for (const clock of clocks) clock.wake(state);
  };
  const newId = () => base64url(randomBytes(12));
  const registry = new ChannelRegistry({ store, shared, now, newId, log, committed });
  const blobs = new BlobStore(kv, { ledger, counted: written });
  const envKey = parts.envKey ?? await serverSecret(kv, "env_key", randomBytes);
  const vault = new EnvVault(envKey, randomBytes);
  const library = new BotLibrary({ blobs, vault, sandbox, time, builtins, randomBytes });
  const dispatcher = new Dispatcher({ registry, store, library, sandbox, time, log });
  const wake = (state: StoredChannel) => dispatcher.wake(state);
  const takeover = shared ? new Takeover({ registry, store, wake, log }) : undefined;
  const forClock = { registry, store, shared, now, log };
  const clocks = [timerClock(forClock)];
  if (parts.beacon) clocks.push(beaconClock({ ...forClock, beacon: parts.beacon }));
  const derivedToken = derivedTokens(await serverSecret(kv, "derived_tokens", randomBytes));
  const signingKey = parts.signingKey ?? await serverSecret(kv, "signing_key", randomBytes);
  const signer = new TreeSigner({ key: signingKey, publicUrl });
  const signingKeys = await keepSigningKey(kv, signer.publicKey.toHex(), now());
  const prover = new Prover({ registry, store, tiles: new TileStore(kv, store), signer });
  const keys = signingKeys.map(published);
  const exporter = new Exporter({ registry, store, blobs, signer, keys });
  const ticketKey = await serverSecret(kv, "export_ticket", randomBytes);
  const services: Services = {
    channels: new ChannelService({
      store,
      registry,
      library,
      randomBytes,
      derivedToken,
      time,
      limiter,
      log,
    }),
    opener: new ChannelOpener({
      store,
      library,
      now,
      randomBytes,
      derivedToken,
      committed,
      log,
      chain: parts.chain,
    }),
    reader: new Reader({ registry, waiters, time }),
    follower: new Follower({ registry, waiters, log }),
    lister: new Lister(store),
    sources: new SourceReader({ store, library }),
    library,
    limiter,
    turns: new Turns(HTTP_LIMITS.readsAtOnce),
    signer,
    prover,
    exports: new ExportOffers({ registry, exporter, signer, key: ticketKey, publicUrl, now }),
    auditor: new Auditor({ registry, exporter, sandbox, time }),
    now,
    randomBytes,
  };
  return {
    services,
    keys,
    resume: async () => {
      takeover?.start();
      await Promise.all([dispatcher, ...clocks].map((each) => each.resume()));
    },
    release: () => waiters.close(),
    close: async () => {
      await takeover?.close();
      await Promise.all([...clocks, dispatcher].map((each) => each.close()));
    },
  };
}
