/** `mcpmp play`: the tour. Two scripted players meet on a real server, play a game to its end and
 *  check the proof of it, and each step is told. */
import type { Command } from "commander";
import { SYSTEM } from "../../domain/transcript/transcript.ts";
import { hashText, utf8ToBytes } from "../../kernel/hash.ts";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { type Output, styled } from "../session/output.ts";
import { withProgress } from "../session/progress.ts";
import type { Answer, Session } from "../session/session.ts";
import { waitMs } from "../session/values.ts";
import { parsedArgs } from "../verification/args.ts";
import { showMessage } from "./shown/message.ts";
import { showReport } from "./shown/report.ts";

/** A scripted player makes no more moves than this. */
const MOST_MOVES = 200;

interface Options {
  game: string;
}

interface Seat {
  id: string;
  name: string;
  session: Session;
  access: { channel_id: string; rejoin_token: string };
}

export function addPlay(program: Command): void {
  program.command("play")
    .description("the tour: two scripted players play a game, and you see its proof")
    .option("-g, --game <name>", "a game for two whose referee names the legal moves", "GuessBot")
    .action(async ({ game }: Options, command: Command) => {
      const { out, as } = contextOf(command);
      const [alice, bob] = [as("tour-alice"), as("tour-bob")];
      const say = (text: string) => out.json || out.line(styled("bold", text));
      const tell = (text: string) => out.json || out.line(`  ${text}`);

      say(`1. Two players sign in at ${alice.server}.`);
      const made = await alice.call("create_channel", {
        name: `Tour of ${game}`,
        slots: ["bot:referee", "invite:alice", "invite:bob"],
        bot_preset: game,
      });
      const [bot] = made.bots;
      if (!bot) {
        const why = made.bot_errors?.[0] ??
          `${game} is no game: mcpmp list --games has their names.`;
        throw new Failure(EXIT.refused, String(why), "BOT_REJECTED");
      }
      say("2. Alice opens a channel, and the server announces its referee by a hash.");
      tell(made.channel_id);
      tell(`${bot.name}: ${bot.code_hash}`);
      const seats = [
        await seated("alice", alice, made.invites[0]),
        await seated("bob", bob, made.invites[1]),
      ];

      say("3. Bob reads the source and hashes it himself.");
      const { source } = await bob.call("get_bot_code", {
        ...seats[1]!.access,
        bot_id: bot.bot_id,
      });
      if (hashText(utf8ToBytes(source)) !== bot.code_hash) {
        throw new Failure(EXIT.unverified, "The source is not the one that was announced.");
      }
      tell(`${source.split("\n").length} lines, and the hash is the announced one.`);

      say("4. They play.");
      const moves = await played(out, seats);

      say("5. Anybody can check the whole game, offline and without the server.");
      const { url } = await bob.call("export_channel", seats[1]!.access);
      const request = parsedArgs([String(url)]);
      if ("help" in request) throw new Failure(EXIT.refused, "The server's link is unusable.");
      const { verified } = await import("../verification/verified.ts");
      const { report, text } = await withProgress(
        out,
        "Running every move of the referee again …",
        () => verified(request),
      );
      const done = { channel_id: made.channel_id, moves, report };
      if (!out.json) showReport(out, text);
      if (!report.ok) {
        const why = "The game could not be verified.";
        throw new Failure(EXIT.unverified, why, "UNVERIFIED", done);
      }
      if (out.json) out.document(done);
      say("Now you: mcpmp create --join, and give a friend the other invite.");
    });
}

async function seated(name: string, session: Session, invite: string): Promise<Seat> {
  const { channel_id, rejoin_token, player_id } = await session.call("join_channel", {
    invite_code: invite,
    display_name: name,
  });
  await session.keepChannel(channel_id, rejoin_token);
  return { id: player_id, name, session, access: { channel_id, rejoin_token } };
}

/** What both players have shown so far, so that each message is told once. */
interface Told {
  out: Output;
  names: Record<string, string>;
  last: number;
}

/** Both play until the referee says that the game is over. Returns how many moves it took. */
async function played(out: Output, seats: readonly Seat[]): Promise<number> {
  const told = { out, names: Object.fromEntries(seats.map(({ id, name }) => [id, name])), last: 0 };
  const moves = await Promise.all(seats.map((seat) => playedBy(seat, told)));
  return moves.reduce((sum, each) => sum + each, 0);
}

async function playedBy({ session, access }: Seat, told: Told): Promise<number> {
  let cursor = 0;
  for (let moves = 0; moves < MOST_MOVES;) {
    const timeout_ms = waitMs(true);
    const input = { ...access, cursor, timeout_ms };
    const called = await session.call("wait_for_turn", input, { waitMs: timeout_ms });
    cursor = called.cursor;
    tellNew(called.messages, told);
    if (called.why === "over" || called.why === "closed") return moves;
    if (called.why !== "your_turn") continue;
    const { game, answers } = called;
    await session.call("make_game_move", { ...access, game, answers, ...choice(called) });
    moves++;
  }
  throw new Failure(EXIT.refused, `After ${MOST_MOVES} moves the game is not over. Try another.`);
}

function tellNew(messages: Answer[], told: Told): void {
  for (const message of messages) {
    if (message.id <= told.last) continue;
    told.last = message.id;
    const isTold = !told.out.json && message.sender !== SYSTEM;
    if (isTold) showMessage(told.out, message, told.names);
  }
}

/** The middle of a range, and otherwise any legal move. */
function choice({ legal_moves, ranges = {} }: Answer): { action: string; value?: unknown } {
  const [[action, range] = []] = Object.entries<Answer>(ranges);
  if (action !== undefined) {
    return { action, value: Math.floor((range.min + range.max) / 2) };
  }
  if (Array.isArray(legal_moves) && legal_moves.length > 0) {
    return legal_moves[Math.floor(Math.random() * legal_moves.length)];
  }
  throw new Failure(EXIT.usage, "The referee names no legal moves: take another game.");
}
