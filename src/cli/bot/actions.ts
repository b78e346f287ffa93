/** What the verbs of `mcpmp bot` do. */
import { botFailed } from "../../domain/announcements/hooks.ts";
import type { Command } from "commander";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { type Bot, BotDef } from "../../domain/bot/bot.ts";
import { movesDoubted, movesIgnored } from "../../domain/bot/moves.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { openSandbox } from "../../sandbox/open_sandbox.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { contextOf } from "../session/context.ts";
import { botSource, callerText } from "../session/caller_text.ts";
import { callerPath } from "../session/environment.ts";
import { EXIT, Failure, messageOf } from "../session/exit_codes.ts";
import { type Output, styled } from "../session/output.ts";
import type { KINDS, LANGUAGES } from "./choices.ts";
import { filesOf } from "./new_bot.ts";
import { type Answers, answersIn } from "./answers.ts";
import type { Fault } from "./game_check.ts";
import { playGames } from "./play_games.ts";
import { playScript } from "./play_script.ts";
import { Rehearsal } from "./rehearsal.ts";
import { scriptIn } from "./script.ts";
import { Table, type TableDef } from "./table.ts";
import { linesAndChanges } from "./lines_and_changes.ts";
import { seatsFor, usualSeats } from "./usual_seats.ts";

/** The most of a file that is read. */
const FILE_MB = 8;
const CLASS_NAME = /^[A-Z][A-Za-z\d]{0,39}$/;

interface SourceOptions {
  params?: Record<string, unknown>;
  name?: string;
  seats?: number;
  seed: string;
  answers?: string;
  offline?: boolean;
}

export async function newBot(
  name: string,
  { language, kind }: { language: typeof LANGUAGES[number]; kind: typeof KINDS[number] },
  command: Command,
): Promise<void> {
  const { out } = contextOf(command);
  if (!CLASS_NAME.test(name)) {
    const words = name.replace(/\.\w+$/, "").split(/[^A-Za-z\d]+/);
    const guess = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
    const such = CLASS_NAME.test(guess) ? `, such as ${guess}` : "";
    throw new Failure(
      EXIT.usage,
      `The name must be that of a class: letters and digits, and a capital first${such}.`,
    );
  }
  const files = filesOf(name, language, kind);
  if (!files) {
    throw new Failure(
      EXIT.usage,
      "lib:game is for TypeScript and JavaScript: in Python, take --kind turns.",
    );
  }
  const [source] = Object.keys(files) as [string];
  for (const [file, text] of Object.entries(files)) {
    try {
      // The types may be there, of another bot.
      await Deno.writeTextFile(callerPath(file), text, { createNew: file === source });
    } catch (error) {
      const why = error instanceof Deno.errors.AlreadyExists
        ? `${file} is there already: take another name.`
        : `Cannot write ${file}: ${messageOf(error)}`;
      throw new Failure(EXIT.usage, why);
    }
  }
  if (out.json) return out.document({ files: Object.keys(files) });
  out.line(`Wrote ${Object.keys(files).join(" and ")}.`);
  out.note(`Play against it: mcpmp bot run ${source}`);
}

export async function checkBot(
  file: string,
  options: SourceOptions,
  command: Command,
): Promise<void> {
  const { out } = contextOf(command);
  const def = await tableDef(file, options);
  await using sandbox = await benchSandbox(options);
  await using table = await asked(Table.open(sandbox, def));
  const bot = await table.bot();
  const [{ hooks }, entries] = [await table.inside(), await table.entries()];
  const failed = entries.map(botFailed.in).find((body) => body !== undefined);
  const ignored = movesIgnored(bot.manifest);
  const doubt = ignored === null ? movesDoubted(bot.manifest) : `All moves are ignored: ${ignored}`;
  if (out.json) {
    const log = hooks.flatMap(({ entry, log = [] }) => log.map((line) => ({ entry, line })));
    out.document({
      ok: failed === undefined,
      ...shownBot(bot),
      ...doubt !== null && { doubt },
      ...failed && { failed },
      log,
    });
  } else {
    out.line(styled("green", "✔"), ` A server attaches ${bot.name}.`);
    for (const [name, value] of Object.entries(shownBot(bot))) {
      out.line(`  ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
    }
    if (doubt !== null) out.line(styled("yellow", "!"), ` In manifest.moves: ${doubt}.`);
    if (failed) {
      const at = failed.line === undefined ? "" : ` at line ${failed.line}`;
      out.line(
        styled("red", "✘"),
        ` ${failed.hook} failed${at} (${failed.reason}): ${
          "message" in failed ? failed.message : ""
        }`,
      );
    }
  }
  if (failed) Deno.exitCode = EXIT.refused;
}

function shownBot({ name, language, code_hash, hooks, params, net, private: hears }: Bot) {
  return { name, language, code_hash, hooks, params, net, private: hears ?? false };
}

export async function testBot(
  file: string,
  options: SourceOptions & { games: number; game?: number; moves: number; script?: string },
  command: Command,
): Promise<void> {
  const { out } = contextOf(command);
  const { games, game, moves, script, seed } = options;
  const given = await tableDef(file, options);
  await using sandbox = await benchSandbox(options);
  const def = await seated(sandbox, given, options);
  const step = Math.ceil(games / 5);
  const found = await asked(
    script === undefined
      ? playGames(sandbox, {
        ...def,
        games,
        game,
        moves,
        played(game) {
          if (out.json || options.game !== undefined) return;
          if (game % step === 0) out.note(`${game} of ${games} games`);
        },
      })
      : playScript(sandbox, {
        ...def,
        script: await readWith(script, (text) => scriptIn(text, def.seats)),
      }),
  );
  const { faults, ended, stateBytes, requests } = found;
  if (out.json) out.document({ ok: faults.length === 0, ...found });
  else {
    const where = ({ game, script_line }: Fault) =>
      script === undefined
        ? `game ${game} of seed ${seed}`
        : script_line === undefined
        ? script
        : `${script}:${script_line}`;
    for (const each of faults) {
      out.line(styled("red", "✘"), ` ${each.fault}: ${each.text} (${where(each)})`);
    }
    const games = `${found.games} ${found.games === 1 ? "game" : "games"}, ${ended} ended, ` +
      `${found.moves} moves, state of up to ${stateBytes} bytes`;
    if (faults.length === 0) out.line(styled("green", "✔"), ` ${games}: no fault found.`);
    else out.line(games);
  }
  if (found.note !== undefined && !out.json) out.note(found.note);
  if (requests > 0 && networkOf(options) !== "off") {
    out.note(`It made ${requests} requests over the network: with --answers, games come again.`);
  }
  if (faults.length > 0) Deno.exitCode = EXIT.refused;
}

export async function runBot(
  file: string,
  options: SourceOptions,
  command: Command,
): Promise<void> {
  await rehearse(file, options, contextOf(command).out);
  // A read of standard input would keep the process.
  Deno.exit(EXIT.ok);
}

async function rehearse(file: string, options: SourceOptions, out: Output): Promise<void> {
  const def = await tableDef(file, options);
  await using sandbox = await benchSandbox(options);
  await using rehearsal = await asked(
    Rehearsal.open(sandbox, await seated(sandbox, def, options)),
  );
  say(out, await rehearsal.news());
  say(out, await rehearsal.follow("moves"));
  out.note("help says what you can do here.");
  for await (const event of linesAndChanges(callerPath(file))) {
    try {
      if (event === "changed") {
        const { taken, of } = await rehearsal.change(await botSource(file));
        out.note(`${file} has changed: ${taken} of ${of} steps taken again.`);
        say(out, await rehearsal.follow("moves"));
      } else if (event === "quit") break;
      else if (event !== "") say(out, await rehearsal.follow(event));
    } catch (error) {
      // While an editor saves, the file may be empty, or gone.
      if (!(error instanceof Refusal || error instanceof Failure)) throw error;
      const message = error instanceof Refusal ? error.text : error.message;
      if (out.json) out.jsonLine({ refused: { code: error.code, message } });
      else out.line(styled("red", "✘"), ` ${message}`);
    }
  }
}

function say(out: Output, text: string): void {
  if (text === "") return;
  if (out.json) out.jsonLine({ text });
  else out.lines(text);
}

/** A disposable sandbox of its own, whose bots reach what those of a server reach by default. */
async function benchSandbox(options: SourceOptions): Promise<Sandbox & AsyncDisposable> {
  const sandbox = await openSandbox({
    hosts: 1,
    hookTimeoutMs: CHANNEL_LIMITS.hookMs,
    lateSpare: true,
    network: { schemes: networkOf(options), denied: [] },
  });
  return Object.assign(sandbox, { [Symbol.asyncDispose]: () => sandbox.close() });
}

function networkOf({ offline, answers }: SourceOptions): "off" | "https" {
  return offline || answers !== undefined ? "off" : "https";
}

/** The bot of a file, with as many seats as are asked for, or two. */
async function tableDef(
  file: string,
  { params, name, seats = seatsFor(params), seed, answers }: SourceOptions,
): Promise<TableDef> {
  const language = file.endsWith(".py") ? { language: "python" as const } : {};
  const parsed = BotDef.safeParse({
    inline_code: await botSource(file),
    ...language,
    ...params && { params },
    ...name !== undefined && { name },
  });
  if (parsed.success) {
    return {
      bot: parsed.data,
      seats,
      seed,
      ...answers !== undefined && { answers: await readWith<Answers>(answers, answersIn) },
    };
  }
  const [{ path, message } = { path: [], message: "" }] = parsed.error.issues;
  throw new Failure(EXIT.usage, `${path.join(".")}: ${message}`);
}

/** What a file says that belongs to the test. */
async function readWith<T>(file: string, read: (text: string) => T): Promise<T> {
  const text = await callerText(file);
  try {
    if (text.length > FILE_MB * 2 ** 20) throw new Error(`it has more than ${FILE_MB} MiB`);
    return read(text);
  } catch (error) {
    throw new Failure(EXIT.usage, `Cannot use ${file}: ${messageOf(error)}.`);
  }
}

/** With as many seats as are asked for, or as is usual for the bot. */
async function seated(sandbox: Sandbox, def: TableDef, options: SourceOptions): Promise<TableDef> {
  if (options.seats !== undefined) return def;
  return { ...def, seats: await asked(usualSeats(sandbox, def)) };
}

/** A server's refusal, as the end of the verb. */
async function asked<T>(work: Promise<T>): Promise<T> {
  return await work.catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Failure(EXIT.refused, withOption(error.text), error.code);
  });
}

/** On the bench, the parameters come from an option. A refusal says a right value of most. */
function withOption(text: string): string {
  if (!/^(Parameter|The bot has no parameter) /.test(text)) return text;
  const [, name, value] =
    /^Parameter (\w+) .*(?:, for example |must be )(\S+|".*")\. Correct it/.exec(text) ?? [];
  const such = value === undefined ? "" : ` '{"${name}":${value}}'`;
  return text.replace(/Correct it and attach the bot again\.$/, `Pass it by --params${such}.`);
}
