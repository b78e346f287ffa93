/** `mcpmp doctor`: whether clients can use a server at its public address, seen from here. Run it
 *  where the clients are: what a proxy does wrong, the server behind it cannot see. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { styled } from "../session/output.ts";
import type { Session } from "../session/session.ts";
import { address, type Finding, health, name, reachable } from "./address.ts";
import { callChecks } from "./calls.ts";

/** As long as a call of a player may wait. */
const MOST_SECONDS = 45;

export function addDoctor(program: Command): void {
  program.command("doctor")
    .description("check whether clients can use a server at its address, and what to mend")
    .option("--wait <seconds>", "how long the calls of the check wait", String(MOST_SECONDS))
    .action(async (options: { wait: string }, command: Command) => {
      const { out, session } = contextOf(command);
      const seconds = Number(options.wait);
      if (!(seconds >= 1 && seconds <= MOST_SECONDS)) {
        throw new Failure(EXIT.usage, `--wait takes seconds from 1 to ${MOST_SECONDS}.`);
      }
      const checks: { check: string; ok: boolean; says: string }[] = [];
      for await (const { check, isGood: ok, says } of findings(session, seconds * 1000)) {
        checks.push({ check, ok, says });
        if (out.json) continue;
        out.line(ok ? styled("green", "✔") : styled("red", "✘"), ` ${check}: ${says}`);
      }
      const toMend = checks.filter(({ ok }) => !ok).length;
      if (out.json) out.document({ server: session.server, ok: toMend === 0, checks });
      else out.line(toMend === 0 ? "Nothing to mend." : `To mend: ${toMend}.`);
      if (toMend > 0) Deno.exit(EXIT.refused);
    });
}

/** The checks one after the other, as far as each leads to the next. */
async function* findings(session: Session, waitMs: number): AsyncGenerator<Finding> {
  const { server } = session;
  yield address(server);
  if (new URL(server).pathname !== "/") return;
  const isThere = await reachable(server);
  yield isThere;
  if (!isThere.isGood) return;
  yield await health(server);
  const named = await name(server);
  yield named;
  // A server that calls itself otherwise does not get this profile's token.
  if (named.isGood) yield* callChecks(session, waitMs);
}
