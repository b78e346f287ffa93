/** `mcpmp logout`: forgets a sign-in. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";

export function addLogout(program: Command): void {
  program.command("logout")
    .description("forget the sign-in and the seats of this machine")
    .action(async (_: unknown, command: Command) => {
      const { out, session } = contextOf(command);
      await session.signOut();
      if (out.json) return out.document({ server: session.server, signed_in: null });
      out.line(`Signed out at ${session.server}.`);
    });
}
