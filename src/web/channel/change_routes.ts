/** `POST /channels/<id>/change`: what an admin or a player changes of a channel by a form, one
 *  operation of `update_channel`. */
import { Hono } from "@hono/hono";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { updateChannel } from "../../operations/update_channel.ts";
import type { BrowserCaller } from "../../accounts/access/browser.ts";
import type { Context } from "@hono/hono";
import { actBy, type RefusedForm } from "./acting.ts";
import { addressesOf, CHANNEL_PATH, type ChannelDeps, signInFirst } from "./request.ts";

/** Shows the channel, after a change was refused. */
type Show = (c: Context<HttpEnv>, caller: BrowserCaller, refused: RefusedForm) => Promise<Response>;

export function changeRoutes(deps: ChannelDeps, show: Show): Hono<HttpEnv> {
  const { browsers, addressOf } = deps;
  const app = new Hono<HttpEnv>();
  app.post(`${CHANNEL_PATH}/change`, forPeople(), (c) =>
    actBy(c, deps, {
      operation: updateChannel,
      inputOf: (form) => ({ channel_id: c.req.param("id"), ops: [operationIn(form)] }),
      leadTo: () => addressesOf(c).address,
      async answer({ invites, spectate_token }) {
        const [invite] = invites as string[];
        const path = invite !== undefined
          ? `/join/${invite}`
          : spectate_token
          ? `${addressesOf(c).address}?${new URLSearchParams({ spectate: `${spectate_token}` })}`
          : undefined;
        if (path === undefined) return undefined;
        const [{ page }, { linkPage }] = await Promise.all([
          import("../frame/page.tsx"),
          import("./link_page.tsx"),
        ]);
        c.header("cache-control", "no-store");
        const { address } = addressesOf(c);
        const content = linkPage(addressOf(c.req.raw) + path, address, invite !== undefined);
        const title = invite === undefined ? "The link for spectators" : "A new invite";
        return await page(c, title, content, { islands: ["copy"] });
      },
      onRefusal: async (refusal, form) => {
        const caller = await browsers.callerOf(c, c.env.address);
        return caller ? await show(c, caller, { refusal, form }) : signInFirst();
      },
    }));
  return app;
}

/** The fields of a form that are those of an operation. Empty ones were not filled in. */
function operationIn(form: URLSearchParams): Record<string, unknown> {
  const { proof: _, once: __, muted, ...fields } = Object.fromEntries(form);
  const filled = Object.entries(fields).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(filled), ...muted !== undefined && { muted: muted !== "no" } };
}
