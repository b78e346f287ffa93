/** `mcpmp create`: opens a channel, and prints its invites. */
import { parse } from "node:path";
import { type Command, Option } from "commander";
import { botSource } from "../session/caller_text.ts";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { type Output, styled } from "../session/output.ts";
import type { Answer, Session } from "../session/session.ts";
import { jsonObject } from "../session/values.ts";
import { showSeat } from "./shown/seat.ts";

interface Options {
  game?: string;
  bot?: string;
  params?: string;
  players?: string;
  slots?: string[];
  visibility?: string;
  sealed?: boolean;
  rated?: boolean;
  spectators?: string;
  net?: string[];
  join?: boolean;
}

export function addCreate(program: Command): void {
  program.command("create")
    .description("create a channel and print its invites")
    .argument("[name]", "its name; that of the game or the file if absent")
    .option("-g, --game <name>", "a built-in game, such as GuessBot: mcpmp list --games")
    .option("-b, --bot <file>", "your own bot, in TypeScript, JavaScript or Python")
    .option("--params <json>", "parameters of the bot")
    .option("--net <host...>", "the hosts that the bot may call, in place of those it names itself")
    .option("-p, --players <names>", "one invite for each, such as alice,bob")
    .option("--slots <slot...>", "all slots as they are, such as bot:referee invite:alice")
    .addOption(
      new Option("--visibility <who>", "who finds it").default("private")
        .choices(["private", "unlisted", "public"]),
    )
    .option("--sealed", "nobody can change the referee or put a player out, not even you")
    .option("--rated", "the game counts on a ladder; sealed only")
    .addOption(
      new Option("--spectators <who>", "who may read along").choices(["off", "link", "public"]),
    )
    .option("-j, --join", "take the first seat yourself")
    .action(async (name: string | undefined, options: Options, command: Command) => {
      const { out, session } = contextOf(command);
      const game = options.game ??
        (name === undefined && !options.bot && out.isInteractive
          ? await askedGame(session)
          : undefined);
      const input = await inputOf(session, name, { ...options, ...game && { game } });
      const made = await session.call("create_channel", input);
      await session.keepChannel(made.channel_id);
      const joined = options.join && made.invites[0] !== undefined
        ? await session.call("join_channel", { invite_code: made.invites[0] })
        : undefined;
      if (joined) await session.keepChannel(joined.channel_id, joined.rejoin_token);
      const [why] = made.bot_errors ?? [];
      const done = { ...made, ...joined && { joined } };
      if (!out.json) show(out, session, made, joined);
      else if (why === undefined) out.document(done);
      if (why !== undefined) throw new Failure(EXIT.refused, String(why), "BOT_REJECTED", done);
    });
}

async function inputOf(session: Session, name: string | undefined, options: Options) {
  const { game, bot, sealed, rated, visibility, spectators } = options;
  const title = name ?? game ?? (bot && parse(bot).name);
  if (title === undefined) {
    throw new Failure(
      EXIT.usage,
      "Give the channel a name, or a game: mcpmp create --game GuessBot",
    );
  }
  return {
    name: title,
    slots: options.slots ?? await slotsOf(session, options),
    visibility,
    ...await botOf(options),
    ...sealed && { sealed },
    ...rated && { rated },
    ...spectators !== undefined && { spectators },
  };
}

/** The bot as an argument of `create_channel`. */
async function botOf({ game, bot, params, net }: Options) {
  if (game === undefined && bot === undefined) return {};
  const given = params === undefined ? {} : { params: jsonObject(params, "--params") };
  const source = bot === undefined ? { code_ref: game } : { inline_code: await botSource(bot) };
  return { bots: [{ ...source, ...given, ...net && { manifest: { net } } }] };
}

/** A place for the bot, and one for each player: as many as the game needs if nobody names them. */
async function slotsOf(session: Session, { game, bot, players }: Options): Promise<string[]> {
  const referee = game !== undefined || bot !== undefined ? ["bot:referee"] : [];
  const names = players?.split(",").map((each) => each.trim()).filter((each) => each !== "") ??
    Array.from({ length: await playersOf(session, game) }, (_, i) => `player ${i + 1}`);
  return [...referee, ...names.map((each) => `invite:${each}`)];
}

async function playersOf(session: Session, game: string | undefined): Promise<number> {
  if (game === undefined) return 2;
  const { bots: [bot] } = await session.call("list_bots", { name: game });
  return Math.max(bot.players.min, Math.min(2, bot.players.max));
}

async function askedGame(session: Session): Promise<string> {
  const [{ isCancel, select }, { bots }] = await Promise.all([
    import("@clack/prompts"),
    session.call("list_bots", {}),
  ]);
  const game = await select({
    message: "Which game?",
    options: bots.map(({ name, summary }: Answer) => ({ value: name, label: name, hint: summary })),
    maxItems: 10,
  });
  if (isCancel(game)) throw new Failure(EXIT.refused, "Nothing was created.");
  return String(game);
}

function show(out: Output, { server }: Session, made: Answer, joined: Answer): void {
  const { channel_id, invites, view, bots, host_token, spectate_token } = made;
  out.line(styled("bold", view.name), ` ${channel_id}`);
  for (const { name, code_hash } of bots) out.line(`Referee: ${name}, ${code_hash}`);
  const open = view.slots.filter(({ kind }: Answer) => kind === "invite");
  for (const [i, invite] of invites.entries()) {
    if (joined && i === 0) continue;
    out.line(`Invite for ${open[i]?.label ?? "a player"}: `, styled("green", invite));
    out.line(`  ${server}/join/${invite}`);
  }
  if (joined) showSeat(out, joined);
  if (view.spectators) {
    const by = spectate_token ? `?spectate=${spectate_token}` : "";
    out.line(`To watch: ${server}/channels/${channel_id}${by}`);
  }
  out.line(styled("dim", `Host token, for you alone: ${host_token}`));
}
