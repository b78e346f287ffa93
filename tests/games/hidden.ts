/** Two games of one kind with the same public moves, and what those are given who may not see what
 *  is hidden in them. Both must be given the same bytes, but for what differs by nature, each with
 *  the same length in both: ids, times, hashes and signatures. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { ofType, Player, type Wire } from "../support/player.ts";

export interface HiddenGame {
  preset: string;
  params?: Record<string, unknown>;
  /** How many play. */
  seats: number;
  /** The moves, each by the player who has the turn then, or by the one that is named. */
  moves: { action: string; value?: unknown; by?: string; to?: string[] }[];
  /** What is dealt openly, with characters of the same number for every deal. */
  open?: RegExp;
  /** What the last player holds, as a board shows it to that player, likewise. */
  own?: RegExp;
}

/** Names of what one viewer was given, with the bytes. */
type Given = [what: string, text: string][];

/** Plays the moves of a game, and then has its last player and a spectator read all they can.
 *  Returns what they were given, and what is hidden from both. */
async function played(url: string, game: HiddenGame): Promise<{ given: Given[]; hidden: string }> {
  const host = await Player.at(url);
  const created = await host.call("create_channel", {
    name: "room",
    slots: ["bot:referee", ...Array.from({ length: game.seats }, (_, i) => `invite:seat_${i}`)],
    bot_preset: game.preset,
    bot_params: game.params ?? {},
    visibility: "public",
    spectators: true,
  });
  assert.equal(created.bot_errors, undefined);
  host.channel_id = created.channel_id;
  const posts: Wire[] = [];
  const answered = async (fits: (message: Wire) => boolean) => {
    posts.push(...await host.readUntil(fits));
  };
  await answered(ofType("prompt"));
  const players: Player[] = [];
  for (const invite of created.invites) {
    const player = await Player.at(url);
    await player.join(invite);
    players.push(player);
    await answered(ofType("player_joined", { player: player.player_id }));
  }
  const { channel_id } = created;
  const byId = new Map(players.map((player) => [player.player_id, player]));
  const opponent = players.at(-1)!;
  const spectator = await Player.at(url);
  const given: Given[] = [[], []];
  const viewers = [opponent, spectator];
  const turn = () => posts.findLast(({ body }) => body?.type === "bot:turn").body;
  // A turn tells its player what it holds.
  const hasTurn = () => JSON.stringify(turn()).includes(`"player":"${opponent.player_id}"`);
  // While the game goes on, too: words to come must not say more than those that are there.
  const lookIn = async () => {
    if (hasTurn()) return;
    for (const [i, viewer] of viewers.entries()) {
      given[i]!.push(...await glance(viewer, channel_id));
    }
  };
  if (!posts.some(ofType("bot:turn"))) await answered(ofType("bot:turn"));
  const { moves: { game: name } } = (await host.call("list_bots", { name: game.preset })).bots[0];
  for (const [i, { by, to, ...move }] of game.moves.entries()) {
    const player = byId.get(by ?? turn().player ?? turn().now.may[0].player)!;
    const sent = { channel_id, game: name, ...move, ...to && { to } };
    const { msg_id } = await player.call("make_game_move", sent);
    await answered(({ cause, body }) => cause === msg_id && /turn|violation/.test(body?.type));
    const refused = posts.find(({ cause, body }) => cause === msg_id && body?.type === "violation");
    assert.equal(refused, undefined);
    if (i % 2 === 0) await lookIn();
  }
  assert.ok(!hasTurn(), "its last player must not have the turn at the end");
  for (const [i, viewer] of viewers.entries()) {
    given[i]!.push(...await everything(url, viewer, channel_id));
  }
  const read = { channel_id, limit: 100, timeout_ms: 0 };
  const { messages } = await players[0]!.call("sync_messages", read);
  const own = messages.flatMap(({ to, body }: Wire) => to && body ? [body.position ?? body] : []);
  assert.ok(own.length > 0, "something is hidden");
  return { given, hidden: JSON.stringify(own) };
}

async function glance(viewer: Player, channel_id: string): Promise<Given> {
  const given: Given = [];
  const calls: [string, Wire][] = [
    ["sync_messages", { cursor: 0, last: 3, timeout_ms: 0 }],
    ["wait_for_turn", { cursor: 0, timeout_ms: 0 }],
    ["get_channel_info", {}],
    ["show_board", {}],
  ];
  for (const [name, input] of calls) {
    const answer = await viewer.call(name, { channel_id, ...input });
    given.push([`${name} ${JSON.stringify(input)}`, JSON.stringify(answer)]);
  }
  return given;
}

/** The log in pages of several sizes, as resources, and as an export. */
async function everything(url: string, viewer: Player, channel_id: string): Promise<Given> {
  const given = await glance(viewer, channel_id);
  for (const limit of [1, 2, 7, 100]) {
    for (let cursor = 0, more = true; more;) {
      const page = await viewer.call("sync_messages", { channel_id, cursor, limit, timeout_ms: 0 });
      given.push([`page of ${limit} from ${cursor}`, JSON.stringify(page)]);
      ({ cursor, more } = page);
    }
  }
  await using client = await mcpClient("v2 modern", url, viewer.token);
  for (let uri = `channel://${channel_id}/transcript`; uri;) {
    const { contents } = await client.client.readResource({ uri }) as Wire;
    given.push([`resource ${uri.replace(channel_id, "")}`, JSON.stringify(contents)]);
    uri = JSON.parse(contents[0].text).next_uri;
  }
  const { url: link, ...offer } = await viewer.call("export_channel", { channel_id });
  given.push(["export_channel", JSON.stringify(offer)]);
  given.push(["export", await (await fetch(link)).text()]);
  return given;
}

/** Asserts that two deals cannot be told apart by what others are given. */
export async function assertHidden(url: string, game: HiddenGame): Promise<void> {
  const one = await played(url, game);
  let other = await played(url, game);
  // Another deal, if chance made them equal.
  for (let deals = 0; other.hidden === one.hidden; deals++) {
    assert.ok(deals < 20, "every deal is the same");
    other = await played(url, game);
  }
  for (const [i, given] of one.given.entries()) {
    const who = i === 0 ? "an opponent" : "a spectator";
    const [names, others] = [given, other.given[i]!].map((each) => each.map(([what]) => what));
    assert.deepEqual(names, others, `${who} is given as many answers`);
    for (const [at, [what, text]] of given.entries()) {
      const [, otherText] = other.given[i]![at]!;
      assert.equal(text.length, otherText.length, `${who}: the size of ${what}`);
      const own = i === 0 ? game.own : undefined;
      const [shown, otherShown] = [text, otherText].map((each) => plain(each, game.open, own));
      const differs = [...shown!].findIndex((each, at) => each !== otherShown![at]);
      const near = (each: string) => each.slice(Math.max(0, differs - 80), differs + 80);
      assert.ok(shown === otherShown, `${who}: ${what}: ${near(shown!)} / ${near(otherShown!)}`);
    }
  }
}

/** Without what differs by nature, and without what the viewer alone may read. */
function plain(text: string, ...masked: (RegExp | undefined)[]): string {
  const dots = (match: string) => ".".repeat(match.length);
  const told = JSON.stringify(withoutOwn(JSON.parse(text)))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, dots)
    .replace(/[0-9a-f]{32,}/g, dots)
    .replace(/[\w+/-]{20,}={0,2}/g, dots);
  return masked.reduce((rest, mask) => mask ? rest.replace(mask, dots) : rest, told);
}

/** Bodies to one player alone are filled up: of these only the size counts. Texts that are JSON are
 *  read, too. */
function withoutOwn(value: Wire): Wire {
  if (typeof value === "string" && /^[{[]/.test(value)) {
    try {
      return withoutOwn(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutOwn);
  if ("fill" in value) return { size: JSON.stringify(value).length };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutOwn(each)]));
}
