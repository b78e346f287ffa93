/** The actions of callers in a channel. Each one reads what it needs, lets the domain decide on the
 *  newest state, and answers once the change is durable. */
import {
  type AnyOp,
  applyOperations,
  refuseSealed,
  whoMay,
} from "../../domain/referee/operations/all.ts";
import { refuseIfSealed } from "../../domain/referee/operations/bots.ts";
import type { Bot, BotDef } from "../../domain/bot/bot.ts";
import { moveReaders } from "../../domain/bot/moves.ts";
import { type Channel, withoutAsk } from "../../domain/channel/channel.ts";
import { payerOf } from "../../domain/channel/principal.ts";
import { secretHash } from "../../kernel/hash.ts";
import { canonicalText } from "../../kernel/json.ts";
import type { Log } from "../../kernel/log.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import {
  channelClosed,
  giveUpSeat,
  type Introduction,
  inviteInvalid,
  rejoinTokenInvalid,
  type Seated,
  takeOpenSeat,
  takeSeat,
  takeSeatBack,
} from "../../domain/channel/membership.ts";
import { refuseMuted } from "../../domain/channel/muted.ts";
import { spectatorSays } from "../../domain/channel/spectators.ts";
import {
  type Done,
  idempotencyId,
  refuseOtherRequest,
  requestHash,
} from "../../domain/channel/idempotency.ts";
import { type ChannelResult, refuseDeletion } from "../../domain/rating/rated_channel.ts";
import { attachBot, botsChanged } from "../../domain/referee/referee.ts";
import { rematchBot } from "../../domain/referee/rematch.ts";
import { staysOpen } from "../../domain/referee/sealed_close.ts";
import type { RateLimiter } from "../../domain/limits/rate_limit.ts";
import { Refusal } from "../../kernel/refusal.ts";
import {
  type Access,
  adminOf,
  type Caller,
  channelNotFound,
  memberOf,
  memberOrHostOf,
  readersOf,
  speaksAsSpectator,
} from "../../domain/channel/seat.ts";
import { noRoomFor, type StorageStanding, totalBytes } from "../../domain/storage/storage.ts";
import type { Body } from "../../domain/transcript/body.ts";
import { type Entry, spectatorSender } from "../../domain/transcript/transcript.ts";
import { countOf } from "../../store/channel/blob_store.ts";
import type { Presence } from "../presence.ts";
import type { ChannelStore, StoredChannel } from "../../store/channel/channel_store.ts";
import type { BotLibrary, PreparedBot } from "../library/bot_library.ts";
import type { BotsTime } from "../bots_time.ts";
import type { Shown, ShownChannels } from "../shown.ts";
import { memoriesOf } from "./bot_memories.ts";
import type { Decide } from "./change.ts";
import { revealsOf } from "./reveals.ts";
import { fromStore } from "./store_errors.ts";
import type { ChannelRegistry } from "./registry.ts";
import { type DerivedTokens, newToken } from "./tokens.ts";

interface ChannelServiceDeps {
  store: ChannelStore;
  registry: ChannelRegistry;
  shown: ShownChannels;
  library: BotLibrary;
  presence: Presence;
  /** Whether a result of a rated channel counts, as of the channel's newest state. */
  resultIn: (channelId: string) => Promise<ChannelResult>;
  now: () => Date;
  randomBytes: RandomBytes;
  derivedToken: DerivedTokens;
  time: BotsTime;
  /** Absent when nothing is limited. */
  limiter?: RateLimiter | undefined;
  log: Log;
}

/** A message. */
interface Posting {
  body: Body;
  to?: string[] | undefined;
  key?: string | undefined;
  /** The name of a spectator. */
  name?: string | undefined;
  /** Present if it is a move. */
  move?: { game: string; action: string } | undefined;
}

/** A seat that was taken, with its rejoin token. The server stores only the token's hash. */
interface Joining extends Pick<StoredChannel, "channel" | "head">, Pick<Seated, "adminLost"> {
  seat: Seated["seat"];
  rejoinToken: string;
}

/** The operations that end or free something. */
const FREEING: readonly AnyOp["type"][] = ["close", "remove_bot", "kick", "ban"];

export class ChannelService {
  readonly #deps: ChannelServiceDeps;

  constructor(deps: ChannelServiceDeps) {
    this.#deps = deps;
  }

  /** The channel as a reader may see it. Throws CHANNEL_NOT_FOUND for strangers. */
  async look(access: Access): Promise<Pick<Shown, "state" | "viewer">> {
    const shown = await this.#deps.shown.open(access);
    this.#deps.presence.note(access.channelId, shown.viewer);
    return shown;
  }

  /** The channel, for a principal that made it or holds a seat there, whatever conversation holds
   *  that. Throws CHANNEL_NOT_FOUND for everybody else. */
  async ofPrincipal(principal: string, channelId: string): Promise<Channel> {
    const { channel } = await this.#deps.registry.load(channelId);
    if (!readersOf(channel).includes(principal)) throw channelNotFound();
    return channel;
  }

  /** The channel, for its members and its host. Nobody sees that they called. */
  async ofMember(access: Access): Promise<Channel> {
    const { channel } = await this.#deps.registry.load(access.channelId);
    memberOrHostOf(channel, access);
    return channel;
  }

  /** Posts a member's message, to everyone or to the players in `to`, or what a spectator says; at
   *  most once for each `key`. Who may read a `move` is for the referee to say. */
  async post(access: Access, { body, to: given, key, name, move }: Posting): Promise<Entry> {
    const { registry, presence, shown } = this.#deps;
    const { caller, channelId } = access;
    let earlier: Done | undefined;
    const decide: Decide<Entry> = ({ channel, head, secret, done }) => {
      const watches = !move && speaksAsSpectator(channel, access);
      if (watches) shown.viewer(channel, access); // counts it among those who may watch
      const seat = watches ? null : memberOf(channel, access);
      const sender = seat?.player_id ?? spectatorSender(secret, caller.principal);
      presence.note(channelId, { seat });
      const request = key === undefined
        ? undefined
        : requestHash(sender, body.canonical, ...given ?? []);
      earlier = done;
      if (done && request) {
        refuseOtherRequest(done, request);
        return null;
      }
      if (channel.closed) throw channelClosed();
      if (seat) refuseMuted({ channel, head }, seat);
      this.#refuseOverfull(channel);
      this.#deps.time.refuseBacklog({ channel, head });
      const answer = ({ entries: [entry] }: { entries: Entry[] }) => entry!;
      if (!seat) {
        const said = spectatorSays({ channel, head }, { sender, body, to: given, name });
        return { ...said, request, answer };
      }
      const to = move ? moveReaders(channel.bots, move, seat.player_id, given) : given;
      const stranger = to?.find((id) => !channel.seats.some((s) => s.player_id === id));
      if (stranger !== undefined) {
        throw new Refusal(
          "INVALID_REQUEST",
          `to: this channel has no player "${stranger}". Call get_channel_info for its players.`,
        );
      }
      const draft = { sender, kind: "user" as const, body, ...(to && { to }) };
      return { channel: withoutAsk(channel, sender), drafts: [draft], request, answer };
    };
    const once = key === undefined ? undefined : idempotencyId(caller.principal, key);
    const entry = await registry.write(channelId, decide, once) ??
      (await registry.entries(channelId, earlier!.id - 1, 1))[0]!;
    return entry;
  }

  /** The channel of an invite, and the label of the slot that the caller could take or has taken by
   *  it. Throws what `join` would throw, and changes nothing. */
  async invited(caller: Caller, invite: string): Promise<{ channel: Channel; label: string }> {
    const { store, registry, now } = this.#deps;
    const inviteHash = secretHash(invite);
    const channelId = await store.channelOfInvite(inviteHash);
    if (channelId === null) throw inviteInvalid();
    const { channel } = await registry.load(channelId);
    const { seat } = takeSeat(channel, caller, inviteHash, "", {}, now());
    return { channel, label: channel.slots.find((s) => s.slot_id === seat.slot_id)!.label };
  }

  /** The open seat that the caller would take, and its channel. Throws what `joinOpen` throws. */
  async offered(caller: Caller, channelId: string): Promise<{ channel: Channel; label: string }> {
    const { channel } = await this.#deps.registry.load(channelId);
    const { seat } = takeOpenSeat(channel, caller, "", {});
    return { channel, label: channel.slots.find((s) => s.slot_id === seat.slot_id)!.label };
  }

  /** Fills the slot of an invite. A repeated call with the same `key` returns the same seat and the
   *  same token. */
  async join(
    caller: Caller,
    invite: string,
    introduction: Introduction & { key?: string | undefined },
  ): Promise<Joining> {
    const inviteHash = secretHash(invite);
    const channelId = await this.#deps.store.channelOfInvite(inviteHash);
    if (channelId === null) throw inviteInvalid();
    return await this.#seat(
      caller,
      { channelId, way: invite },
      introduction,
      (channel, hash, stated, now) => takeSeat(channel, caller, inviteHash, hash, stated, now),
    );
  }

  /** Fills a seat that a channel offers to whoever knows of it; repeated likewise. */
  async joinOpen(
    caller: Caller,
    channelId: string,
    introduction: Introduction & { key?: string | undefined },
  ): Promise<Joining> {
    return await this.#seat(
      caller,
      { channelId, way: channelId },
      introduction,
      (channel, hash, stated) => takeOpenSeat(channel, caller, hash, stated),
    );
  }

  /** Seats a caller as `take` decides. `way` is what the caller was let in by. */
  async #seat(
    caller: Caller,
    { channelId, way }: { channelId: string; way: string },
    { key, ...introduction }: Introduction & { key?: string | undefined },
    take: (channel: Channel, rejoinHash: string, stated: Introduction, now: Date) => Seated,
  ): Promise<Joining> {
    const rejoinToken = this.#rejoinToken(caller, key, way, canonicalText({ ...introduction }));
    const rejoinHash = secretHash(rejoinToken);
    const { registry, time, now } = this.#deps;
    const joining = await registry.write(channelId, ({ channel, head }) => {
      const { seat, adminLost, ...change } = take(channel, rejoinHash, introduction, now());
      if (change.drafts.length > 0) time.refuseBacklog({ channel, head });
      const always = change.drafts.length === 0; // changes only the seat's holder and token
      return {
        ...change,
        always,
        answer: ({ channel, head }) => ({ channel, head, seat, adminLost, rejoinToken }),
      };
    });
    return joining!;
  }

  /** Takes a seat back with its token, which stays valid unless the caller rotates it. A repeated
   *  call with the same `key` returns the same new token. */
  async rejoin(
    caller: Caller,
    token: string,
    { rotate, key }: { rotate: boolean; key?: string | undefined },
  ): Promise<Joining> {
    const { store } = this.#deps;
    const rejoinToken = rotate ? this.#rejoinToken(caller, key, token) : token;
    const [rejoinHash, nextHash] = [secretHash(token), secretHash(rejoinToken)];
    const channelId = await store.channelOfRejoin(rejoinHash) ??
      await store.channelOfRejoin(nextHash);
    if (channelId === null) throw rejoinTokenInvalid();
    const joining = await this.#deps.registry.write(channelId, ({ channel }) => {
      // An earlier call with the same key may already have rotated the token.
      const rotated = channel.seats.some((seat) => seat.rejoin_hash === nextHash);
      const held = rotated ? nextHash : rejoinHash;
      const { seat, adminLost, ...change } = takeSeatBack(channel, caller, held, nextHash);
      const always = change.drafts.length === 0;
      return {
        ...change,
        always,
        answer: ({ channel, head }) => ({ channel, head, seat, adminLost, rejoinToken }),
      };
    });
    return joining!;
  }

  /** A new rejoin token for the caller's own seat, which stays where it is. The earlier one is void
   *  then. */
  async renewToken(access: Access): Promise<string> {
    const token = newToken("rejoin", this.#deps.randomBytes);
    await this.#deps.registry.write(access.channelId, ({ channel }) => {
      const { rejoin_hash, conversation } = memberOf(channel, access);
      const holder = { ...access.caller, conversation };
      const { channel: renewed, drafts } = takeSeatBack(
        channel,
        holder,
        rejoin_hash,
        secretHash(token),
      );
      return { channel: renewed, drafts, always: true, answer: () => undefined };
    });
    return token;
  }

  /** Gives up the caller's seat for good. */
  async leave(access: Access): Promise<Channel> {
    const after = await this.#deps.registry.write(access.channelId, ({ channel }) => {
      const seat = memberOf(channel, access);
      const change = giveUpSeat(channel, seat, "left", seat.player_id);
      return { ...change, always: true, answer: ({ channel }) => channel };
    });
    return after!;
  }

  /** Attaches a bot to a channel that the caller administers. `signal` cancels the inspection of
   *  its source. */
  async attach(
    access: Access,
    def: BotDef,
    signal?: AbortSignal,
  ): Promise<{ bot: Bot; channel: Channel }> {
    const { registry, library } = this.#deps;
    const state = await registry.load(access.channelId);
    this.#refuseReferee(state.channel, access);
    const prepared = await library.prepare(def, access.caller.principal, signal);
    const decide = ({ channel }: Pick<StoredChannel, "channel">) => {
      this.#refuseReferee(channel, access);
      const { bot, ...change } = attachBot(channel, prepared.bot, def.slot);
      return {
        ...change,
        memories: memoriesOf(channel, change, [prepared]),
        answer: ({ channel }: { channel: Channel }) => ({ bot, channel }),
      };
    };
    decide(state); // a refused bot must not leave its source in the store
    await this.#storeSources(state, [prepared]);
    return (await registry.write(access.channelId, decide))!;
  }

  /** Applies an admin's operations, all or none, or the `close` of a player of a sealed channel.
   *  Returns the invites that they created, in order. An admin's `close` that leaves a sealed
   *  channel open is refused; if the admin has a seat there, it counts as that player's request.
   *  `signal` cancels inspections of sources. */
  async update(
    access: Access,
    ops: readonly AnyOp[],
    signal?: AbortSignal,
  ): Promise<{ channel: Channel; invites: string[]; spectateToken?: string | undefined }> {
    const { registry, library, store, now, randomBytes } = this.#deps;
    const { caller, channelId } = access;
    const state = await registry.load(channelId);
    const onlyCloses = ops.every(({ type }) => type === "close");
    const actorIn = (channel: Channel) =>
      whoMay(channel, ops) === "player"
        ? memberOrHostOf(channel, access)
        : adminOf(channel, access);
    actorIn(state.channel);
    const prepared = new Map<number, PreparedBot>();
    const sources: PreparedBot[] = [];
    for (const [i, op] of ops.entries()) {
      if (op.type === "rematch") {
        const bot = rematchBot(state.channel, op.bot_id);
        prepared.set(i, await library.again(bot, caller.principal, signal));
      }
      if (op.type !== "set_bot") continue;
      refuseSealed(state.channel, op);
      const set = await library.prepare(op.bot_def, caller.principal, signal);
      prepared.set(i, set);
      sources.push(set);
    }
    const reveals = await revealsOf(store, state);
    const newBots = new Map([...prepared].map(([i, { bot }]) => [i, bot]));
    const isProof = state.channel.rated && ops.some(({ type }) => type === "delete");
    const decide = ({ channel, head }: Pick<StoredChannel, "channel" | "head">) => {
      const actor = actorIn(channel);
      if (isProof && lastGames(channel) !== lastGames(state.channel)) throw botsChanged();
      const invites: string[] = [];
      const inviteHash = () => {
        invites.push(newToken("inv", randomBytes));
        return secretHash(invites.at(-1)!);
      };
      let spectateToken: string | undefined;
      const spectateHash = () => {
        spectateToken = newToken("spectate", randomBytes);
        return secretHash(spectateToken);
      };
      const seedOf = (bot: Bot) =>
        reveals.seedOf(bot) ??
          [...prepared.values()].find((other) => other.bot.seed_commit === bot.seed_commit)?.seed;
      const change = applyOperations(channel, ops, {
        actor,
        now: now(),
        head,
        newBots,
        ...reveals,
        seedOf,
        inviteHash,
        spectateHash,
      });
      return {
        ...change,
        always: ops.every(({ type }) => FREEING.includes(type)),
        memories: memoriesOf(channel, change, [...prepared.values()]),
        answer: ({ channel }: { channel: Channel }) => {
          return { channel, invites, spectateToken, admin: actor.admin };
        },
      };
    };
    decide(state); // as above
    if (isProof) refuseDeletion(await this.#resultIn(channelId));
    await this.#storeSources(state, sources);
    const { admin, ...updated } = (await registry.write(channelId, decide))!;
    if (onlyCloses && admin && !updated.channel.closed) throw staysOpen(updated.channel);
    return updated;
  }

  /** Refuses posts while the channels of this channel's creator exceed their rate of written bytes.
   *  The rate counts for the creator, because bots may write much more than the members who make
   *  them post. */
  #refuseOverfull({ creator }: Channel): void {
    const { retryAfterMs = 0 } = this.#deps.limiter?.look("written", payerOf(creator)) ?? {};
    if (retryAfterMs === 0) return;
    const text =
      "The channels of this channel's creator have reached their hourly limit of data. Wait, " +
      "then try again.";
    throw new Refusal("RATE_LIMIT", text, retryAfterMs);
  }

  /** The storage use that limits a channel. */
  async standing({ channel, head }: StoredChannel): Promise<StorageStanding> {
    const { store: { ledger }, log } = this.#deps;
    const { channel_id: channelId, creator: maker } = channel;
    const accounts = await fromStore(log, channelId, () => ledger.accounts({ channelId, maker }));
    return ledger.standing(maker, accounts, totalBytes(head.kept));
  }

  async #resultIn(channelId: string): Promise<ChannelResult> {
    const { resultIn, log } = this.#deps;
    return await fromStore(log, channelId, () => resultIn(channelId));
  }

  /** Stores the sources of bots that will be attached. Throws TOO_LARGE when there is no room for
   *  them. */
  async #storeSources(state: StoredChannel, bots: readonly PreparedBot[]): Promise<void> {
    if (bots.length === 0) return;
    const { library, log } = this.#deps;
    const { channel_id: channelId, creator: maker } = state.channel;
    const bytes = bots.reduce((sum, { source }) => sum + countOf(source), 0);
    const refusal = noRoomFor(bytes, await this.standing(state));
    if (refusal) throw refusal;
    await fromStore(log, channelId, () => library.storeSources(bots, { channelId, maker }));
  }

  #rejoinToken(caller: Caller, key: string | undefined, ...texts: string[]): string {
    const { derivedToken, randomBytes } = this.#deps;
    return key === undefined
      ? newToken("rejoin", randomBytes)
      : derivedToken("rejoin", caller.principal, key, ...texts);
  }

  #refuseReferee(channel: Channel, access: Access): void {
    adminOf(channel, access);
    if (channel.closed) throw channelClosed();
    refuseIfSealed(channel);
  }
}

/** The games that have ended, one for each slot of a bot. */
function lastGames({ bots }: Channel): string {
  return bots.filter(({ ended }) => ended).map(({ bot_id }) => bot_id).join();
}
