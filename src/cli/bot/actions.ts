/** What the verbs of `mcpmp bot` do. */
import { botFailed } from "../../domain/announcements/hooks.ts";
import type { Command } from "commander";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { type Bot, BotDef } from "../../domain/bot/bot.ts";
import { playersOf } from "../../domain/bot/params.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { openSandbox } from "../../sandbox/open_sandbox.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { contextOf } from "../session/context.ts";
import { callerPath } from "../session/environment.ts";
import { EXIT, Failure, messageOf } from "../session/exit_codes.ts";
import { type Output, styled } from "../session/output.ts";
import type { LANGUAGES } from "./languages.ts";
import { filesOf } from "./new_bot.ts";
import { playGames } from "./play_games.ts";
import { Rehearsal } from "./rehearsal.ts";
import { Table } from "./table.ts";
import { linesAndChanges } from "./lines_and_changes.ts";

const USUAL_SEATS = 2;

interface SourceOptions {
  params?: Record<string, unknown>;
  name?: string;
  seats?: number;
  seed: string;
}

export async function newBot(
  name: string,
  { language }: { language: typeof LANGUAGES[number] },
  command: Command,
): Promise<void> {
  const { out } = contextOf(command);
  if (!/^[A-Z][A-Za-z\d]{0,39}$/.test(name)) {
    throw new Failure(
      EXIT.usage,
      "The name must be that of a class: letters and digits, and a capital first.",
    );
  }
  const files = await filesOf(name, language);
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
  const def = await defOf(file, options);
  await using sandbox = await benchSandbox();
  await using table = await opened(sandbox, def, options);
  const bot = await table.bot();
  const [{ log }, entries] = [await table.inside(), await table.entries()];
  const failed = entries.map(botFailed.in).find((body) => body !== undefined);
  if (out.json) {
    out.document({
      ok: failed === undefined,
      ...shownBot(bot),
      ...failed && { failed },
      log,
    });
  } else {
    out.line(styled("green", "✔"), ` A server attaches ${bot.name}.`);
    for (const [name, value] of Object.entries(shownBot(bot))) {
      out.line(`  ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
    }
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
  options: SourceOptions & { games: number; moves: number },
  command: Command,
): Promise<void> {
  const { out } = contextOf(command);
  const { games, moves, seed } = options;
  const bot = await defOf(file, options);
  await using sandbox = await benchSandbox();
  const seats = options.seats ?? await seatsOf(sandbox, bot);
  const step = Math.ceil(games / 5);
  const found = await asked(playGames(sandbox, {
    ...{ bot, seats, games, moves, seed },
    played(game) {
      if (!out.json && game % step === 0) out.note(`${game} of ${games} games`);
    },
  }));
  const { faults, ended, stateBytes } = found;
  if (out.json) out.document({ ok: faults.length === 0, ...found });
  else {
    for (const { fault, text, game } of faults) {
      out.line(styled("red", "✘"), ` ${fault}: ${text} (game ${game} of seed ${seed})`);
    }
    const games = `${found.games} games, ${ended} ended, ${found.moves} moves, ` +
      `state of up to ${stateBytes} bytes`;
    if (faults.length === 0) out.line(styled("green", "✔"), ` ${games}: no fault found.`);
    else out.line(games);
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
  const bot = await defOf(file, options);
  await using sandbox = await benchSandbox();
  const seats = options.seats ?? await seatsOf(sandbox, bot);
  await using rehearsal = await asked(
    Rehearsal.open(sandbox, { bot, seats, seed: options.seed }),
  );
  say(out, await rehearsal.news());
  say(out, await rehearsal.follow("moves"));
  out.note("help says what you can do here.");
  for await (const event of linesAndChanges(callerPath(file))) {
    try {
      if (event === "changed") {
        const { taken, of } = await rehearsal.change(await textOf(file));
        out.note(`${file} has changed: ${taken} of ${of} steps taken again.`);
        say(out, await rehearsal.follow("moves"));
      } else if (event === "quit") break;
      else if (event !== "") say(out, await rehearsal.follow(event));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (out.json) out.jsonLine({ refused: { code: error.code, message: error.text } });
      else out.line(styled("red", "✘"), ` ${error.text}`);
    }
  }
}

function say(out: Output, text: string): void {
  if (text === "") return;
  if (out.json) out.jsonLine({ text });
  else out.lines(text);
}

/** A disposable sandbox of its own, without the network. */
async function benchSandbox(): Promise<Sandbox & AsyncDisposable> {
  const sandbox = await openSandbox({
    hosts: 1,
    hookTimeoutMs: CHANNEL_LIMITS.hookMs,
    lateSpare: true,
  });
  return Object.assign(sandbox, { [Symbol.asyncDispose]: () => sandbox.close() });
}

async function defOf(file: string, { params, name }: SourceOptions): Promise<BotDef> {
  const language = file.endsWith(".py") ? { language: "python" as const } : {};
  const parsed = BotDef.safeParse({
    inline_code: await textOf(file),
    ...language,
    ...params && { params },
    ...name !== undefined && { name },
  });
  if (parsed.success) return parsed.data;
  const [{ path, message } = { path: [], message: "" }] = parsed.error.issues;
  throw new Failure(EXIT.usage, `${path.join(".")}: ${message}`);
}

async function textOf(file: string): Promise<string> {
  return await Deno.readTextFile(callerPath(file)).catch((error) => {
    throw new Failure(EXIT.usage, `Cannot read ${file}: ${messageOf(error)}`);
  });
}

async function opened(
  sandbox: Sandbox,
  bot: BotDef,
  { seats = USUAL_SEATS, seed }: SourceOptions,
): Promise<Table> {
  return await asked(Table.open(sandbox, { bot, seats, seed }));
}

/** As many as its manifest says, or two. */
async function seatsOf(sandbox: Sandbox, bot: BotDef): Promise<number> {
  await using table = await opened(sandbox, bot, { seed: "seats" });
  const { manifest, params } = await table.bot();
  const { usual } = playersOf(manifest) ?? {};
  const asked = typeof params.players === "number" ? params.players : usual;
  return Math.min(asked ?? USUAL_SEATS, BOT_LIMITS.slots - 1);
}

/** A server's refusal, as the end of the verb. */
async function asked<T>(work: Promise<T>): Promise<T> {
  return await work.catch((error) => {
    throw error instanceof Refusal ? new Failure(EXIT.refused, error.text, error.code) : error;
  });
}
