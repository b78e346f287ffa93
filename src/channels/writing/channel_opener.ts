/** Creates channels: the record, the first entries, the invites and the bots, in one commit. */
import type { BotDef } from "../../domain/bot/bot.ts";
import { botsAnnounced } from "../../domain/announcements/opening.ts";
import { withRounds } from "../../domain/channel/beacon.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { base64url } from "../../kernel/base64url.ts";
import type { Chain } from "../../kernel/drand.ts";
import { type HashText, secretHash } from "../../kernel/hash.ts";
import type { StoredBytes } from "../../domain/transcript/stored_bytes.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Log } from "../../kernel/log.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import { type Change, takeSeat } from "../../domain/channel/membership.ts";
import type { Ladders } from "../../domain/rating/ladders.ts";
import { refuseUnrated } from "../../domain/rating/rated_channel.ts";
import { openChannel, type Opening, slotsFrom } from "../../domain/channel/opening.ts";
import {
  doneNow,
  idempotencyId,
  refuseOtherRequest,
  requestHash,
} from "../../domain/channel/idempotency.ts";
import { lobbyPrincipal, payerOf } from "../../domain/channel/principal.ts";
import type { Caller } from "../../domain/channel/seat.ts";
import { idleAfter } from "../../domain/referee/idle.ts";
import { attachBot } from "../../domain/referee/referee.ts";
import { Refusal } from "../../kernel/refusal.ts";
import {
  NEW_CHANNEL,
  noRoomFor,
  refuseLargeRecord,
  storedBytesAfter,
  totalBytes,
} from "../../domain/storage/storage.ts";
import { append, type Draft, EMPTY_HEAD } from "../../domain/transcript/transcript.ts";
import { countOf } from "../../store/channel/blob_store.ts";
import type {
  ChannelCommit,
  ChannelStore,
  StoredChannel,
} from "../../store/channel/channel_store.ts";
import { Oversize } from "../../store/commit_group.ts";
import type { Holder } from "../../store/channel/storage_ledger.ts";
import { type DerivedTokens, newToken } from "./tokens.ts";
import type { BotLibrary, PreparedBot } from "../library/bot_library.ts";
import { cursorsAfter } from "./change.ts";
import { fromStore } from "./store_errors.ts";
import { memoriesOf } from "./bot_memories.ts";

interface OpenerDeps {
  store: ChannelStore;
  library: BotLibrary;
  now: () => Date;
  randomBytes: RandomBytes;
  derivedToken: DerivedTokens;
  committed: (state: StoredChannel) => void;
  log: Log;
  /** The drand chain of new channels, when the server uses public randomness. */
  chain?: Chain | undefined;
  ladders: Ladders;
  /** After what time without a life sign of a member the server warns in new channels; undefined
   *  for never. */
  idleMs?: number | undefined;
}

interface NewChannel
  extends Pick<Opening, "name" | "visibility" | "sealed" | "rated" | "spectators" | "open_seats"> {
  /** What holds for spectators, if anything does. */
  spectating?:
    | { link: boolean; delay: number; max?: number | undefined; speak: boolean }
    | undefined;
  /** `bot:<label>` and `invite:<label>`, in order. */
  slots: string[];
}

/** Players whom the server has paired. */
interface PairedPlayers {
  rated: boolean;
  /** In the order of the invite slots, all of which they fill. */
  players: { caller: Caller; displayName: string | undefined; rejoinToken: string }[];
}

/** What names the maker of a channel for paired players, whichever player pays for it. */
const PAIRED = lobbyPrincipal("");

/** Gives the token of this kind, and the nth of several. */
type TokenOf = (prefix: "inv" | "host" | "spectate" | "chn", nth?: string) => string;

/** A channel that was opened earlier. */
export interface OpenedTable
  extends Pick<OpenedChannel, "channel" | "hostToken" | "spectateToken"> {
  /** By the id of its slot. */
  invites: ReadonlyMap<string, string>;
}

interface OpenedChannel {
  channel: Channel;
  /** In slot order. The server stores only their hashes. */
  invites: string[];
  /** Makes any sign-in the channel's host. The server stores only its hash. */
  hostToken: string;
  /** Admits spectators, where they need a link. Likewise. */
  spectateToken?: string | undefined;
  /** Why bots were not attached. */
  botErrors: string[];
}

export class ChannelOpener {
  readonly #deps: OpenerDeps;

  constructor(deps: OpenerDeps) {
    this.#deps = deps;
  }

  /** Opens a sealed channel without a host, in which paired players sit from the beginning. All
   *  calls with the same `key` open one channel, whatever instance makes them. `payer` is the one
   *  for whom its bytes and its bots count. */
  async openPaired(
    payer: string,
    wanted: NewChannel,
    bot: BotDef,
    { key, paired }: { key: string; paired: PairedPlayers },
  ): Promise<Channel> {
    const options = { key, paired };
    return (await this.#open(lobbyPrincipal(payer), wanted, [bot], options)).channel;
  }

  /** What a call of `open` with this key has created for its creator, as it is now: its tokens, and
   *  the invites of seats that are still free, unless they were replaced. Null if it is not
   *  there. */
  async opened(creator: string, key: string): Promise<OpenedTable | null> {
    const { store, derivedToken } = this.#deps;
    const tokenOf: TokenOf = (prefix, nth = "") => derivedToken(prefix, creator, key, nth);
    const channelId = tokenOf("chn");
    const channel = (await this.#fromStore(channelId, () => store.load(channelId)))?.channel;
    if (!channel) return null;
    const invites = new Map<string, string>();
    for (const nth of channel.slots.keys()) {
      const invite = tokenOf("inv", `${nth}`);
      const hash = secretHash(invite);
      const slot = channel.slots.find(({ invite_hash }) => invite_hash === hash);
      if (slot?.filled_by === null) invites.set(slot.slot_id, invite);
    }
    const [hostToken, link] = [tokenOf("host"), tokenOf("spectate")];
    const isLink = channel.spectating?.link_hash === secretHash(link);
    return { channel, invites, hostToken, spectateToken: isLink ? link : undefined };
  }

  /** Creates a channel. A bot that does not exist is refused. One whose source is rejected is left
   *  out and reported in `botErrors`. A rated channel is refused unless it may be rated (see
   *  `rated_channel.ts`). A repeated call
   *  with the same `key` returns the same channel and the same invites. `signal` cancels
   *  inspections of sources. */
  async open(
    creator: string,
    wanted: NewChannel,
    bots: readonly BotDef[],
    options: { key?: string | undefined; signal?: AbortSignal } = {},
  ): Promise<OpenedChannel> {
    return await this.#open(creator, wanted, bots, options);
  }

  async #open(
    creator: string,
    wanted: NewChannel,
    bots: readonly BotDef[],
    { key, signal, paired }: {
      key?: string | undefined;
      signal?: AbortSignal;
      paired?: PairedPlayers;
    },
  ): Promise<OpenedChannel> {
    const { now, randomBytes, derivedToken, committed, chain, idleMs } = this.#deps;
    const maker = paired ? PAIRED : creator;
    const tokenOf: TokenOf = (prefix, nth = "") =>
      key === undefined ? newToken(prefix, randomBytes) : derivedToken(prefix, maker, key, nth);
    const invites: string[] = [];
    const slots = slotsFrom(wanted.slots, () => {
      invites.push(tokenOf("inv", `${invites.length}`));
      return secretHash(invites.at(-1)!);
    });
    const channel_id = tokenOf("chn");
    const hostToken = tokenOf("host");
    const once = key === undefined ? null : {
      key: idempotencyId(maker, key),
      request: requestHash(JSON.stringify(wanted), JSON.stringify(bots)),
    };
    const earlier = once && await this.#earlier(channel_id, once);
    const spectateToken = wanted.spectating?.link ? tokenOf("spectate") : undefined;
    if (earlier) return { ...earlier, invites, hostToken, spectateToken };
    const { prepared, botErrors } = await this.#prepare(bots, payerOf(creator), signal);
    const time = now();
    const secret = randomBytes(32);
    const { name, visibility, sealed, spectators, open_seats } = wanted;
    const rated = paired?.rated ?? wanted.rated;
    const created_at = time.toISOString();
    const host = paired ? { match: { rated: paired.rated } } : { host_hash: secretHash(hostToken) };
    const facts = { channel_id, creator, ...host, secret, created_at, chain, idleMs };
    const seen = { visibility, spectators, ...(open_seats && { open_seats }) };
    const opened = withBots(
      openChannel(
        { name, sealed, rated, ...seen, ...spectatingOf(wanted, spectateToken), ...facts },
        slots,
      ),
      prepared,
      botErrors,
    );
    const change = paired ? withPlayers(opened, invites, paired) : opened;
    if (sealed && botErrors.length > 0) {
      throw new Refusal(
        "BOT_REJECTED",
        "No channel was created: nobody can attach a bot to a sealed channel later. Correct " +
          `the bot and try again: ${botErrors.join(" ")}`,
      );
    }
    if (rated) {
      const seats = slots.filter(({ kind }) => kind === "invite").length;
      const attached = prepared.map(({ def, bot }) => ({ def, bot: bot.bot }));
      refuseUnrated({ sealed, seats, bots: attached }, this.#deps.ladders);
    }
    const { channel, drafts } = withRounds(change, created_at);
    const taken = new Set(channel.bots.map(({ seed_commit }) => seed_commit));
    const attachedBots = prepared.map(({ bot }) => bot).filter(({ bot }) =>
      taken.has(bot.seed_commit)
    );
    refuseLargeRecord(null, channel);
    const { entries, head } = append(EMPTY_HEAD, drafts, channel_id, secret, time);
    const memories = memoriesOf(null, change, prepared.map(({ bot }) => bot));
    const done = once && doneNow(1, once.request, time, { bot_errors: botErrors });
    const counted = storedBytesAfter(NEW_CHANNEL, {
      drafts,
      channel,
      bots: channel.bots,
      memories,
      ...(done && { done }),
    });
    const holder = { channelId: channel_id, maker: creator };
    await this.#refuseFull(holder, counted, attachedBots);
    await this.#fromStore(channel_id, () => this.#deps.library.storeSources(attachedBots, holder));
    const state = await this.#commit({
      base: null,
      channel,
      head: {
        ...head,
        cursors: cursorsAfter(EMPTY_HEAD, { channel }, entries),
        kept: counted,
        idle: idleAfter(undefined, entries),
      },
      secret,
      entries,
      memories,
      remembered: new Map(done ? [[once.key, done]] : []),
      commitId: base64url(randomBytes(12)),
    });
    if (!state) {
      const faster = once && await this.#earlier(channel_id, once);
      if (faster) return { ...faster, invites, hostToken, spectateToken };
      throw new Error("Cannot create channel: its fresh id is taken");
    }
    committed(state);
    return { channel, invites, hostToken, spectateToken, botErrors };
  }

  /** Throws TOO_LARGE when there is no room for a new channel and the sources of its bots. */
  async #refuseFull(
    holder: Holder,
    counted: StoredBytes,
    bots: readonly PreparedBot[],
  ): Promise<void> {
    const { ledger } = this.#deps.store;
    const accounts = await this.#fromStore(holder.channelId, () => ledger.accounts(holder));
    const sources = bots.reduce((sum, { source }) => sum + countOf(source), 0);
    const standing = ledger.standing(holder.maker, accounts, 0);
    const refusal = noRoomFor(totalBytes(counted) + sources, standing);
    if (refusal) throw refusal;
  }

  /** Commits. When the database's answer is lost, checks whether the commit was applied. */
  async #commit(commit: ChannelCommit): Promise<StoredChannel | null> {
    const { store } = this.#deps;
    const { channel_id } = commit.channel;
    return await this.#fromStore(channel_id, async () => {
      try {
        return await store.commit(commit);
      } catch (error) {
        if (error instanceof Oversize || !await store.wasCommitted(commit)) throw error;
        return await store.load(channel_id);
      }
    });
  }

  #fromStore<T>(channelId: string, ask: () => Promise<T>): Promise<T> {
    return fromStore(this.#deps.log, channelId, ask);
  }

  /** The channel that an earlier call with the same key created; null when there is none. */
  async #earlier(
    channelId: string,
    once: { key: string; request: HashText },
  ): Promise<Pick<OpenedChannel, "channel" | "botErrors"> | null> {
    const { store, now } = this.#deps;
    const state = await store.load(channelId);
    const isNew = !state && !await store.wasDeleted(channelId);
    if (isNew) return null;
    const done = state && (await store.done(channelId, [once.key], now())).get(once.key);
    if (!state || !done) {
      const text =
        "This idempotency_key created a channel too long ago to repeat. Choose a new key.";
      throw new Refusal("INVALID_REQUEST", text);
    }
    refuseOtherRequest(done, once.request);
    return { channel: state.channel, botErrors: done.bot_errors ?? [] };
  }

  async #prepare(
    bots: readonly BotDef[],
    principal: string,
    signal: AbortSignal | undefined,
  ): Promise<{ prepared: Prepared[]; botErrors: string[] }> {
    const prepared: Prepared[] = [];
    const botErrors: string[] = [];
    for (const def of bots) {
      try {
        const bot = await this.#deps.library.prepare(def, principal, signal);
        prepared.push({ bot, def });
      } catch (error) {
        if (!(error instanceof Refusal) || signal?.aborted) throw error;
        // Only a source can be corrected afterwards. A wrong name would leave the room unrefereed.
        if (error.code === "BOT_NOT_FOUND" || error.code === "INVALID_REQUEST") throw error;
        botErrors.push(boundedText(error.message));
      }
    }
    return { prepared, botErrors };
  }
}

/** What the record says of spectators. */
function spectatingOf(
  { spectating }: NewChannel,
  token: string | undefined,
): Pick<Opening, "spectating"> {
  const { delay = 0, max, speak } = spectating ?? {};
  const stated = {
    ...(token !== undefined && { link_hash: secretHash(token) }),
    ...(delay > 0 && { delay }),
    ...(max !== undefined && { max }),
    ...(speak && { speak: true as const }),
  };
  return Object.keys(stated).length > 0 ? { spectating: stated } : {};
}

/** Bounds the reported error of a rejected bot, which is also stored for a repeated call: a source
 *  can cause an error of any length. */
function boundedText(message: string): string {
  return message.slice(0, CHANNEL_LIMITS.botErrorChars).toWellFormed();
}

interface Prepared {
  bot: PreparedBot;
  def: BotDef;
}

/** The opening in which the players have taken the invites, one each. */
function withPlayers(opening: Change, invites: readonly string[], { players }: PairedPlayers) {
  return players.reduce<Change>(({ channel, drafts }, { caller, displayName, rejoinToken }, i) => {
    const [invite, token] = [secretHash(invites[i]!), secretHash(rejoinToken)];
    const now = new Date(channel.created_at);
    const seated = takeSeat(channel, caller, invite, token, { displayName }, now);
    return { channel: seated.channel, drafts: [...drafts, ...seated.drafts] };
  }, opening);
}

function withBots(opening: Change, prepared: readonly Prepared[], botErrors: string[]): Change {
  let { channel } = opening;
  const drafts: Draft[] = [];
  for (const { bot, def } of prepared) {
    try {
      const change = attachBot(channel, bot.bot, def.slot);
      channel = change.channel;
      drafts.push(...change.drafts);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      botErrors.push(error.message);
    }
  }
  if (channel.bots.length === 0) return opening;
  const announced = botsAnnounced.draft({
    bots: channel.bots.map(({ slot_id, bot_id, name, version, summary, code_hash }) => ({
      slot_id,
      bot_id,
      name,
      version,
      summary,
      code_hash,
    })),
  });
  return { channel, drafts: [...opening.drafts, announced, ...drafts] };
}
