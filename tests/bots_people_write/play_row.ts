/** Plays the rows in channels of a real server, and takes each channel home as a player does. */
import { Player, type Wire } from "../support/player.ts";
import { exportOf } from "../support/verifier.ts";
import { ChannelStore } from "../../src/store/channel/channel_store.ts";
import {
  By,
  difference,
  Leaves,
  type Meaning,
  type Row,
  type Said,
  shownOf,
  type Step,
} from "./row.ts";
import type { Site } from "./site.ts";

export interface Played {
  /** The first thing that is not as its author meant. */
  wrong?: string;
  /** The channel as player p1 may see it, closed; none for a bot that was refused. */
  file?: string;
  /** Whether p1 may know all that the bot was told. */
  seesAll: boolean;
}

export interface World {
  url: string;
  kv: Deno.Kv;
  site: Site;
}

export async function playRow(row: Row, { url, kv, site }: World): Promise<Played> {
  const count = row.players ?? 1;
  const host = await Player.at(url);
  const created = await host.call("create_channel", {
    name: "table",
    slots: ["bot:bot", ...Array.from({ length: count }, (_, i) => `invite:player${i + 1}`)],
    bot_code: site.located(row.source),
    bot_name: row.bot?.name,
    bot_params: row.bot?.params,
  });
  if (created.bot_errors) {
    return { seesAll: true, ...wrongly(wrongRefusal(row.means, created.bot_errors.join("\n"))) };
  }
  const players = [host];
  while (players.length < count) players.push(await Player.at(url));
  for (const [i, player] of players.entries()) await player.join(created.invites[i]);
  const { channel_id } = host;
  await settled(kv, channel_id);
  for (const step of row.says) {
    await take(step, players);
    await settled(kv, channel_id);
  }
  const said = await saidBy(kv, channel_id, created.bots[0].bot_id, site);
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  const wrong = created.bots[0].language === row.language
    ? wrongPosts(row, row.means, said)
    : `taken for ${created.bots[0].language}`;
  return {
    ...wrongly(wrong),
    file: await exportOf(host),
    seesAll: said.every(({ to }) => to === undefined || to.includes(host.player_id)),
  };
}

const wrongly = (wrong: string | undefined) => wrong === undefined ? {} : { wrong };

async function take(step: Step, players: Player[]): Promise<void> {
  if (step instanceof Leaves) {
    const player = players[step.player - 1]!;
    await player.call("leave_channel", { channel_id: player.channel_id });
  } else if (step instanceof By) await players[step.player - 1]!.say(step.body);
  else await players[0]!.say(step);
}

/** How often a channel is looked at, for minutes, before its bot counts as stuck. */
const LOOKS = 20_000;
/** A timer further away than this is not waited for. */
const SOON_MS = 10_000;

/** Waits until the bot has been called for all that there is, timers included. */
async function settled(kv: Deno.Kv, channelId: string): Promise<void> {
  const store = new ChannelStore(kv);
  for (let looks = 0; looks < LOOKS; looks++) {
    const { head } = (await store.load(channelId))!;
    const isRead = Object.values(head.cursors).every((cursor) => cursor === head.size);
    const timers = Object.values(head.timers).flatMap((own) => Object.values(own));
    const waits = timers.some(({ due_ms }) => due_ms < Date.now() + SOON_MS);
    if (isRead && !waits) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("its bot does not come to rest");
}

async function saidBy(
  kv: Deno.Kv,
  channelId: string,
  botId: string,
  site: Site,
): Promise<Said[]> {
  const entries = await new ChannelStore(kv).entries(channelId, 0, 1_000);
  const said: Said[] = [];
  for (const { sender, body: sealed, to } of entries) {
    const body: Wire = JSON.parse(site.written(JSON.stringify(sealed)));
    const rest = { ...body };
    if (body.type === "bot:failed") said.push({ failed: body });
    if (sender !== `bot:${botId}` && body.type !== "bot:end") continue;
    for (const added of ["bot_id", "state_version", "state_hash", "seed"]) delete rest[added];
    said.push({ body: rest, ...(to && { to }) });
  }
  return said;
}

function wrongRefusal(means: Meaning, why: string): string | undefined {
  if ("refused" in means) {
    return means.refused.test(why) ? undefined : `expected ${means.refused}, refused: ${why}`;
  }
  if (means.or) return wrongRefusal(means.or, why);
  return `refused: ${why}`;
}

function wrongPosts(row: Row, means: Meaning, said: Said[]): string | undefined {
  if ("refused" in means) {
    return `expected a refusal ${means.refused}, said ${JSON.stringify(said)}`;
  }
  let wrong: string | undefined;
  for (const [i, expected] of means.posts.entries()) {
    wrong ??= said[i] === undefined
      ? `expected ${shownOf(expected)}, said only ${JSON.stringify(said)}`
      : difference(said[i], expected, row.source);
  }
  if (said.length > means.posts.length) {
    wrong ??= `said more: ${JSON.stringify(said.slice(means.posts.length))}`;
  }
  return wrong !== undefined && means.or && wrongPosts(row, means.or, said) === undefined
    ? undefined
    : wrong;
}
