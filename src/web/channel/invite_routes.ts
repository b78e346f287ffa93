/** `/join/<invite>`: what an invite leads to, for the person who holds it, and the seat itself for
 *  that person's browser. The address is a secret: no page sends it on as a referrer, and nothing
 *  keeps its answers. */
import { type Context, Hono } from "@hono/hono";
import { newSecret } from "../../accounts/secret.ts";
import type { AddressOf } from "../../accounts/access/own_address.ts";
import { guestPrincipal } from "../../domain/channel/principal.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { problemResponse } from "../../http/problem.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { joinChannel } from "../../operations/join_channel.ts";
import { admit, admitCall, chargeGuess } from "../../operations/rate_guard.ts";
import { BROWSER } from "../live/routes.ts";
import { actBy, type ActingDeps, callOf } from "./acting.ts";

const PATH = "/join/:invite{inv_[\\w-]{1,80}}";

export function inviteRoutes(deps: ActingDeps & { addressOf: AddressOf }): Hono<HttpEnv> {
  const { services, browsers, addressOf } = deps;
  const app = new Hono<HttpEnv>();
  app.use(PATH, async (c, next) => {
    await next();
    c.res.headers.set("cache-control", "no-store");
    c.res.headers.set("referrer-policy", "no-referrer");
    c.res.headers.set("x-robots-tag", "noindex");
  });

  /** What the invite leads to, and whether the browser has a seat there. */
  const look = async (c: Context<HttpEnv>, principal: string) => {
    const call = callOf(c, services, principal);
    admitCall(services, principal);
    admit(joinChannel, {}, call);
    try {
      const found = await services.channels.invited(call.caller, c.req.param("invite")!);
      const { channel: { seats } } = found;
      const isHere = seats.some((seat) =>
        seat.principal === principal && seat.conversation === BROWSER
      );
      return { ...found, isHere };
    } catch (error) {
      if (error instanceof Refusal) chargeGuess(error, call);
      throw error;
    }
  };

  app.get(PATH, forPeople(), async (c) => {
    const caller = await browsers.callerOf(c, c.env.address);
    const { channel, label, isHere } = await look(
      c,
      caller?.principal ?? guestPrincipal(`@${c.env.address}`),
    );
    if (isHere) return c.redirect(`/channels/${channel.channel_id}`, 303);
    const [{ page }, { invitePage }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./invite_page.tsx"),
    ]);
    const invite = c.req.param("invite")!;
    const content = invitePage({
      invite,
      channel,
      label,
      mcpUrl: `${addressOf(c.req.raw)}/mcp`,
      link: addressOf(c.req.raw) + c.req.path,
      form: caller ? { proof: caller.proof, once: newSecret() } : undefined,
    });
    const title = `A seat in ${channel.name}`;
    return await page(c, title, content, { islands: ["copy"], ...caller && { formsLeadTo: [] } });
  });

  app.post(PATH, forPeople("sign_ins"), async (c) => {
    const caller = await browsers.callerOf(c, c.env.address);
    // A visitor who sends the form twice is the guest who has the seat already.
    if (caller && caller.kind !== "visitor") {
      const { channel, isHere } = await look(c, caller.principal);
      if (isHere) return c.redirect(`/channels/${channel.channel_id}`, 303);
    }
    return await actBy(c, deps, {
      operation: joinChannel,
      inputOf: (form) => {
        const name = form.get("name")?.trim();
        return { invite_code: c.req.param("invite"), ...name && { display_name: name } };
      },
      leadTo: ({ channel_id }) => `/channels/${channel_id}`,
      onRefusal: problemResponse,
    });
  });
  return app;
}
