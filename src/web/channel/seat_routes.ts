/** `/join/<invite>` and, where a channel offers its seats to anybody, `/channels/<id>/join`: what a
 *  free seat leads to, and the seat itself for a person's browser. The address of an invite is a
 *  secret: no page sends it on as a referrer, and nothing keeps its answers. */
import { type Context, Hono } from "@hono/hono";
import { newSecret } from "../../accounts/secret.ts";
import { guestPrincipal } from "../../domain/channel/principal.ts";
import type { Caller } from "../../domain/channel/seat.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { problemResponse } from "../../http/problem.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { joinChannel } from "../../operations/join_channel.ts";
import { admit, admitCall, chargeGuess } from "../../operations/rate_guard.ts";
import { BROWSER } from "../live/routes.ts";
import type { SeatWay } from "../pages/game_paste.ts";
import { actBy, callOf, type RefusedForm } from "./acting.ts";
import { CHANNEL_PATH, type ChannelDeps } from "./request.ts";

const INVITE_PATH = "/join/:invite{inv_[\\w-]{1,80}}";

/** How the address of a page leads to a seat. */
interface Leading {
  wayIn(c: Context): SeatWay;
  /** The channel, and the label of the slot. */
  find(caller: Caller, c: Context): Promise<{ channel: Channel; label: string }>;
}

export function seatRoutes(deps: ChannelDeps): Hono<HttpEnv> {
  const { channels } = deps.services;
  const app = new Hono<HttpEnv>();
  app.use(INVITE_PATH, async (c, next) => {
    await next();
    c.res.headers.set("referrer-policy", "no-referrer");
    c.res.headers.set("x-robots-tag", "noindex");
  });
  leadTo(app, INVITE_PATH, deps, {
    wayIn: (c) => ({ invite_code: c.req.param("invite")! }),
    find: (caller, c) => channels.invited(caller, c.req.param("invite")!),
  });
  leadTo(app, `${CHANNEL_PATH}/join`, deps, {
    wayIn: (c) => ({ channel_id: c.req.param("id")! }),
    find: (caller, c) => channels.offered(caller, c.req.param("id")!),
  });
  return app;
}

function leadTo(
  app: Hono<HttpEnv>,
  path: string,
  deps: ChannelDeps,
  { wayIn, find }: Leading,
): void {
  const { services, browsers, addressOf } = deps;
  app.use(path, async (c, next) => {
    await next();
    c.res.headers.set("cache-control", "no-store");
  });

  /** What the address leads to, and whether the browser has a seat there. */
  const look = async (c: Context<HttpEnv>, principal: string) => {
    const call = callOf(c, services, principal);
    admitCall(services, principal);
    admit(joinChannel, {}, call);
    try {
      const found = await find(call.caller, c);
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

  /** The page, after its form was refused, if so. */
  const show = async (c: Context<HttpEnv>, refused?: RefusedForm) => {
    const caller = await browsers.callerOf(c, c.env.address);
    const { channel, label, isHere } = await look(
      c,
      caller?.principal ?? guestPrincipal(`@${c.env.address}`),
    );
    if (isHere) return c.redirect(`/channels/${channel.channel_id}`, 303);
    const [{ page }, { seatPage }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./seat_page.tsx"),
    ]);
    const content = seatPage({
      way: wayIn(c),
      channel,
      label,
      mcpUrl: `${addressOf(c.req.raw)}/mcp`,
      link: addressOf(c.req.raw) + c.req.path,
      form: caller ? { proof: caller.proof, once: newSecret() } : undefined,
      refused,
    });
    const title = `A seat in ${channel.name}`;
    return await page(c, title, content, {
      islands: ["copy"],
      ...caller && { formsLeadTo: [] },
      refused: refused?.refusal,
    });
  };

  app.get(path, forPeople(), (c) => show(c));

  app.post(path, forPeople("sign_ins"), async (c) => {
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
        return { ...wayIn(c), ...name && { display_name: name } };
      },
      leadTo: ({ channel_id }) => `/channels/${channel_id}`,
      // The form helps only if what was written can be mended; the seat itself may be gone.
      onRefusal: (refusal, form) =>
        refusal.code === "INVALID_REQUEST" ? show(c, { refusal, form }) : problemResponse(refusal),
    });
  });
}
