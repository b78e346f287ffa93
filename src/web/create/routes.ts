/** `/new`: a person opens a table, which is a channel with an invite for each seat; and
 *  `/new/<key>`, the table for its host. That page holds the invites: nothing keeps it, and its
 *  address tells nobody else anything. */
import { type Context, Hono } from "@hono/hono";
import type { AddressOf } from "../../accounts/access/own_address.ts";
import { newSecret } from "../../accounts/secret.ts";
import type { CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { problem } from "../../http/problem.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { createChannel } from "../../operations/create_channel.ts";
import { admitCall } from "../../operations/rate_guard.ts";
import { actBy, type ActingDeps, onceKey } from "../channel/acting.ts";
import { listedGames } from "../game_routes.ts";
import { BROWSER } from "../live/routes.ts";
import { refereeRoutes } from "./referee_routes.ts";

const KEY_PATH = "/new/:key{[\\w-]{43}}";

export function createRoutes(deps: ActingDeps & { addressOf: AddressOf }): Hono<HttpEnv> {
  const { services, browsers, addressOf } = deps;
  const app = new Hono<HttpEnv>();
  const pages = () =>
    Promise.all([
      import("../frame/page.tsx"),
      import("./table_page.tsx"),
      import("./table_form.ts"),
      import("./refused_form.tsx"),
    ]);
  const ladderOf = ({ code_hash }: CataloguedBot) =>
    services.leaderboard.ladders.find(({ code_hashes }) => code_hashes.includes(code_hash))?.ladder;

  /** The form of a game, as a person has filled it in, or as it is at first. */
  const show = async (
    c: Context<HttpEnv>,
    named: string,
    form?: URLSearchParams,
    refusal?: Refusal,
  ) => {
    const caller = await browsers.callerOf(c, c.env.address);
    const [{ page }, { tablePage }, { tableNamed }, { refusedForm, wrongField }] = await pages();
    const table = await tableNamed(services.catalogue, named, ladderOf);
    const content = tablePage({
      ...table,
      filled: { form: form ?? table.blank(), wrong: refusal && wrongField(refusal) },
      marks: caller ? { proof: caller.proof, once: newSecret() } : undefined,
      refused: refusal && refusedForm(refusal),
    });
    c.header("cache-control", "no-store");
    const title = table.game ? `A new table: ${table.game.name}` : "A new table to talk at";
    return await page(c, title, content, {
      ...caller && { formsLeadTo: [] },
      refused: refusal,
    });
  };

  app.get("/new", forPeople(), async (c) => {
    const named = c.req.query("game");
    if (named !== undefined) return await show(c, named);
    const [{ page }, { choosePage }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./choose_page.tsx"),
    ]);
    return await page(c, "Open a table", choosePage(await listedGames(services.catalogue)));
  });

  app.post("/new", forPeople("sign_ins"), async (c) => {
    const [, , { tableNamed }] = await pages();
    return await actBy(c, deps, {
      operation: createChannel,
      async inputOf(form, principal) {
        const table = await tableNamed(services.catalogue, form.get("game") ?? "", ladderOf);
        const { input, bot } = table.read(form);
        // A channel whose bot is rejected would be there without it: here it is not to be.
        if (bot) await services.library.prepare(bot, principal, c.req.raw.signal);
        return input;
      },
      leadTo: (_, form) => `/new/${onceKey(form)}`,
      onRefusal: (refusal, form) => show(c, form.get("game") ?? "", form, refusal),
    });
  });

  app.use(KEY_PATH, async (c, next) => {
    await next();
    c.res.headers.set("cache-control", "no-store");
    c.res.headers.set("referrer-policy", "no-referrer");
    c.res.headers.set("x-robots-tag", "noindex");
  });

  app.get(KEY_PATH, forPeople(), async (c) => {
    const caller = await browsers.callerOf(c, c.env.address);
    if (!caller) return problem("UNAUTHORIZED", "Sign in at /login to see your table here.");
    const { principal, proof } = caller;
    admitCall(services, principal);
    const table = await services.opener.opened(principal, c.req.param("key"));
    if (!table) {
      throw new Refusal(
        "CHANNEL_NOT_FOUND",
        "This browser has opened no table at this address, or it was deleted. Its invites are " +
          "shown only in the browser that opened it. Create another one at /new.",
      );
    }
    const { channel } = table;
    const own = channel.seats.find((seat) =>
      seat.principal === principal && seat.conversation === BROWSER
    );
    const [{ page }, { openedPage }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./opened_page.tsx"),
    ]);
    const content = openedPage({
      table,
      publicUrl: addressOf(c.req.raw),
      ownSlot: own?.slot_id,
      marks: { proof, once: newSecret() },
    });
    return await page(c, channel.name, content, { islands: ["copy"], formsLeadTo: [] });
  });
  app.route("/", refereeRoutes(deps));
  return app;
}
