/** `mcpmp verify`: what `deno task verify` checks, with the exit codes of the command line. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure, messageOf } from "../session/exit_codes.ts";
import { withProgress } from "../session/progress.ts";
import { parsedArgs } from "../verification/args.ts";
import { showReport } from "./shown/report.ts";

/** The options of the verifier: their values, or true for those without. */
type Options = Record<string, string | string[] | boolean | undefined>;

export function addVerify(program: Command): void {
  program.command("verify")
    .description("check an export: its log, its signatures, and every run of its bots")
    .argument(
      "[export]",
      "a file, a link, - for standard input, or the id of a channel; if absent, the last channel " +
        "that you used",
    )
    .option("--receipt <file>", "a receipt that you saved; repeatable", gathered)
    .option("--proof <file>", "an answer of get_proof, as JSON; repeatable", gathered)
    .option("--key <key>", "trust only this key of the server; repeatable", gathered)
    .option("--chain <hash>", "require randomness of this drand chain; repeatable", gathered)
    .option("--no-replay", "do not run the bots again")
    .option("--max-mb <number>", "read at most so many megabytes")
    .option("--timeout-s <number>", "stop after so many seconds")
    .action(async (from: string | undefined, options: Options, command: Command) => {
      const { out, session } = contextOf(command);
      // Without an export, a proof is checked alone.
      const isChannel = from?.startsWith("chn_") ?? options.proof === undefined;
      const source = isChannel
        ? (await session.call("export_channel", await session.channel(from))).url
        : from;
      const request = parsedArgs([...argsOf(options), ...source === undefined ? [] : [source]]);
      if ("help" in request) {
        const { error = "" } = request;
        throw new Failure(EXIT.usage, `${error} Add --help for what can be said.`.trim());
      }
      const { isWrong, verified } = await import("../verification/verified.ts");
      const check = () => verified(request);
      const checking = out.isInteractive ? withProgress(out, "Checking …", check) : check();
      const outcome = await checking.catch((error) => {
        const exit = error instanceof TypeError ? EXIT.unreachable : EXIT.usage;
        throw new Failure(exit, `Cannot verify ${from ?? "the proof"}: ${messageOf(error)}`);
      });
      if (out.json) out.document(outcome.report);
      else showReport(out, outcome.text);
      if (!outcome.report.ok) Deno.exit(isWrong(outcome) ? EXIT.unverified : EXIT.usage);
    });
}

function gathered(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** The arguments that the verifier itself reads, with its own checks. */
function argsOf({ replay, ...options }: Options): string[] {
  const given = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [value ?? []].flat().map((each) => `${flag}=${each}`);
  });
  return [...given, ...replay === false ? ["--no-replay"] : []];
}
