/** The actions of callers in a channel. Each one reads what it needs, lets the domain decide on the
 *  newest state, and answers once the change is durable. */
import {
  applyOperations,
  type ChannelOp,
  refuseIfSealed,
} from "../../domain/referee/administration.ts";
import type { Bot, BotDef } from "../../domain/bot/bot.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { bytesToHex, secretHash } from "../../kernel/hash.ts";
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
  takeSeat,
  takeSeatBack,
} from "../../domain/channel/membership.ts";
import {
  type Done,
  idempotencyId,
  refuseOtherRequest,
  requestHash,
} from "../../domain/channel/idempotency.ts";
import { attachBot } from "../../domain/referee/referee.ts";
import type { RateLimiter } from "../../domain/limits/rate_limit.ts";
import { Refusal } from "../../kernel/refusal.ts";
import {
  type Access,
  adminOf,
  type Caller,
  memberOf,
  type Viewer,
  viewerOf,
} from "../../domain/channel/seat.ts";
import { noRoomFor, type StorageStanding, totalBytes } from "../../domain/storage/storage.ts";
import type { Body } from "../../domain/transcript/body.ts";
import { type Entry, saltKeys } from "../../domain/transcript/transcript.ts";
import { countOf } from "../../store/channel/blob_store.ts";
import type { ChannelStore, StoredChannel } from "../../store/channel/channel_store.ts";
import type { BotLibrary, PreparedBot } from "../library/bot_library.ts";
import type { BotsTime } from "../bots_time.ts";
import { memoriesOf } from "./bot_memories.ts";
import type { Decide } from "./change.ts";
import { fromStore } from "./store_errors.ts";
import type { ChannelRegistry } from "./registry.ts";
import { type DerivedTokens, newToken } from "./tokens.ts";

interface ChannelServiceDeps {
  store: ChannelStore;
  registry: ChannelRegistry;
  library: BotLibrary;
  randomBytes: RandomBytes;
  derivedToken: DerivedTokens;
  time: BotsTime;
  /** Absent when nothing is limited. */
  limiter?: RateLimiter | undefined;
  log: Log;
}

/** A seat that was taken, with its rejoin token. The server stores only the token's hash. */
interface Joining extends Pick<StoredChannel, "channel" | "head"> {
  seat: Seated["seat"];
  rejoinToken: string;
}

export class ChannelService {
  readonly #deps: ChannelServiceDeps;

  constructor(deps: ChannelServiceDeps) {
    this.#deps = deps;
  }

  /** The channel as a reader may see it. Throws CHANNEL_NOT_FOUND for strangers. */
  async look(access: Access): Promise<{ state: StoredChannel; viewer: Viewer }> {
    const state = await this.#deps.registry.load(access.channelId);
    return { state, viewer: viewerOf(state.channel, access) };
  }

  /** Posts a member's message, to everyone or to the players in `to`; at most once for each
   *  `key`. */
  async post(
    access: Access,
    { body, to, key }: { body: Body; to?: string[] | undefined; key?: string | undefined },
  ): Promise<Entry> {
    let earlier: Done | undefined;
    const decide: Decide<Entry> = ({ channel, head, done }) => {
      const seat = memberOf(channel, access);
      const request = key === undefined
        ? undefined
        : requestHash(seat.player_id, body.canonical, ...to ?? []);
      earlier = done;
      if (done && request) {
        refuseOtherRequest(done, request);
        return null;
      }
      if (channel.closed) throw channelClosed();
      this.#refuseOverfull(channel);
      this.#deps.time.refuseBacklog({ channel, head });
      const stranger = to?.find((id) => !channel.seats.some((s) => s.player_id === id));
      if (stranger !== undefined) {
        throw new Refusal(
          "INVALID_REQUEST",
          `to: this channel has no player "${stranger}". Call get_channel_info for its players.`,
        );
      }
      const draft = { sender: seat.player_id, kind: "user" as const, body, ...(to && { to }) };
      return { channel, drafts: [draft], request, answer: ({ entries: [entry] }) => entry! };
    };
    const { registry } = this.#deps;
    const { caller, channelId } = access;
    const once = key === undefined ? undefined : idempotencyId(caller.principal, key);
    const entry = await registry.write(channelId, decide, once) ??
      (await registry.entries(channelId, earlier!.id - 1, 1))[0]!;
    return entry;
  }

  /** Fills the slot of an invite. A repeated call with the same `key` returns the same seat and the
   *  same token. */
  async join(
    caller: Caller,
    invite: string,
    { key, ...introduction }: Introduction & { key?: string | undefined },
  ): Promise<Joining> {
    const inviteHash = secretHash(invite);
    const channelId = await this.#deps.store.channelOfInvite(inviteHash);
    if (channelId === null) throw inviteInvalid();
    const rejoinToken = this.#rejoinToken(caller, key, invite, canonicalText({ ...introduction }));
    const rejoinHash = secretHash(rejoinToken);
    const { registry, time } = this.#deps;
    const joining = await registry.write(channelId, ({ channel, head }) => {
      const { seat, ...change } = takeSeat(channel, caller, inviteHash, rejoinHash, introduction);
      if (change.drafts.length > 0) time.refuseBacklog({ channel, head });
      const always = change.drafts.length === 0; // changes only the seat's holder and token
      return {
        ...change,
        always,
        answer: ({ channel, head }) => ({ channel, head, seat, rejoinToken }),
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
      const { seat, ...change } = takeSeatBack(channel, caller, held, nextHash);
      const always = change.drafts.length === 0;
      return {
        ...change,
        always,
        answer: ({ channel, head }) => ({ channel, head, seat, rejoinToken }),
      };
    });
    return joining!;
  }

  /** Gives up the caller's seat for good. */
  async leave(access: Access): Promise<void> {
    await this.#deps.registry.write(access.channelId, ({ channel }) => {
      const change = giveUpSeat(channel, memberOf(channel, access));
      return { ...change, always: true, answer: () => undefined };
    });
  }

  /** Attaches a bot to a channel that the caller administers. `signal` cancels the inspection of
   *  its source. */
  async attach(
    access: Access,
    def: BotDef,
    signal?: AbortSignal,
  ): Promise<{ bot: Bot; channel: Channel }> {
    const { state } = await this.look(access);
    this.#refuseReferee(state.channel, access);
    const { registry, library } = this.#deps;
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

  /** Applies an admin's operations, all or none. Returns the invites that they created, in order.
   *  `signal` cancels inspections of sources. */
  async update(
    access: Access,
    ops: readonly ChannelOp[],
    signal?: AbortSignal,
  ): Promise<{ channel: Channel; invites: string[] }> {
    const { registry, library, store, randomBytes } = this.#deps;
    const { caller, channelId } = access;
    const { state } = await this.look(access);
    adminOf(state.channel, access);
    const prepared = new Map<number, PreparedBot>();
    for (const [i, op] of ops.entries()) {
      if (op.type !== "set_bot") continue;
      refuseIfSealed(state.channel);
      prepared.set(i, await library.prepare(op.bot_def, caller.principal, signal));
    }
    const seeds = new Map<string, string>();
    for (const { bot_id } of state.channel.bots) {
      const memory = await store.memory(channelId, bot_id);
      if (memory) seeds.set(bot_id, memory.seed);
    }
    const newBots = new Map([...prepared].map(([i, { bot }]) => [i, bot]));
    const saltKey = bytesToHex(saltKeys(state.secret).open);
    const decide = ({ channel, head }: Pick<StoredChannel, "channel" | "head">) => {
      adminOf(channel, access);
      const cursorOf = ({ bot_id }: Bot) => head.cursors[bot_id] ?? null;
      const invites: string[] = [];
      const inviteHash = () => {
        invites.push(newToken("inv", randomBytes));
        return secretHash(invites.at(-1)!);
      };
      const seedOf = ({ bot_id, seed_commit }: Bot) =>
        seeds.get(bot_id) ??
          [...prepared.values()].find(({ bot }) => bot.seed_commit === seed_commit)?.seed;
      const change = applyOperations(channel, ops, {
        newBots,
        seedOf,
        cursorOf,
        saltKey,
        inviteHash,
      });
      return {
        ...change,
        always: ops.every(({ type }) => type === "close" || type === "remove_bot"),
        memories: memoriesOf(channel, change, [...prepared.values()]),
        answer: ({ channel }: { channel: Channel }) => ({ channel, invites }),
      };
    };
    decide(state); // as above
    await this.#storeSources(state, [...prepared.values()]);
    return (await registry.write(channelId, decide))!;
  }

  /** Refuses posts while the channels of this channel's creator exceed their rate of written bytes.
   *  The rate counts for the creator, because bots may write much more than the members who make
   *  them post. */
  #refuseOverfull({ creator }: Channel): void {
    const { retryAfterMs = 0 } = this.#deps.limiter?.look("written", creator) ?? {};
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
