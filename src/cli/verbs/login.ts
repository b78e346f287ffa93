/** `mcpmp login`: signs in, in a browser or as a guest. */
import type { Command } from "commander";
import { browserSignIn } from "../session/browser_sign_in.ts";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { admitsGuests, guestSignIn, metadataOf } from "../session/oauth.ts";
import { openBrowser } from "../session/open_browser.ts";
import type { Output } from "../session/output.ts";

interface Options {
  guest?: boolean;
  browser: boolean;
}

export function addLogin(program: Command): void {
  program.command("login")
    .description("sign in, in your browser; another --as is another player")
    .option("--guest", "as a new guest, without a browser")
    .option("--no-browser", "print the address instead of opening it")
    .action(async ({ guest, browser }: Options, command: Command) => {
      const { out, session, clientName } = contextOf(command);
      const { server } = session;
      const metadata = await metadataOf(server);
      if (guest && !admitsGuests(metadata)) {
        throw new Failure(EXIT.refused, "This server admits no guests: omit --guest.");
      }
      await session.signIn(() =>
        guest
          ? guestSignIn(server, metadata, clientName)
          : browserSignIn(server, metadata, clientName, (address) => show(address, browser, out))
      );
      const kind = guest ? "guest" : "person";
      if (out.json) return out.document({ server, signed_in: kind });
      out.line(`Signed in at ${server}${guest ? " as a new guest" : ""}.`);
    });
}

async function show(address: string, opens: boolean, out: Output): Promise<void> {
  out.note("Sign in at this address:");
  out.note(address);
  if (opens && await openBrowser(address)) out.note("Your browser should show it now.");
}
