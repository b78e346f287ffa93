/** A seat changes hands: `POST /channels/<id>/hand_over` shows the player a new rejoin token for an
 *  agent, and at `/join` a browser takes the seat of an invite or a rejoin token. */
import { type Context, Hono } from "@hono/hono";
import { newSecret } from "../../accounts/secret.ts";
import type { AddressOf } from "../../accounts/access/own_address.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { joinChannel } from "../../operations/join_channel.ts";
import { admitCall } from "../../operations/rate_guard.ts";
import { channelAccess } from "../live/routes.ts";
import { actBy, type ActingDeps, asActor, type RefusedForm } from "./acting.ts";

export function handOverRoutes(deps: ActingDeps & { addressOf: AddressOf }): Hono<HttpEnv> {
  const { services, browsers, addressOf } = deps;
  const app = new Hono<HttpEnv>();
  const pages = () => Promise.all([import("../frame/page.tsx"), import("./hand_over_page.tsx")]);

  app.post(
    "/channels/:id{[\\w-]+}/hand_over",
    forPeople(),
    (c) =>
      asActor(c, deps, async ({ principal }) => {
        admitCall(services, principal);
        const token = await services.channels.renewToken(channelAccess(c, principal));
        const [{ page }, { handOverPage }] = await pages();
        c.header("cache-control", "no-store");
        const back = `/channels/${c.req.param("id")}`;
        const content = handOverPage(token, `${addressOf(c.req.raw)}/mcp`, back);
        return await page(c, "Hand your seat to an agent", content, { islands: ["copy"] });
      }),
  );

  /** The page, after its form was refused, if so. */
  const show = async (c: Context<HttpEnv>, refused?: RefusedForm) => {
    const caller = await browsers.callerOf(c, c.env.address);
    const [{ page }, { takePage }] = await pages();
    c.header("cache-control", "no-store");
    const form = caller ? { proof: caller.proof, once: newSecret() } : undefined;
    return await page(c, "Take a seat", takePage(form, refused), {
      ...caller && { formsLeadTo: [] },
      refused: refused?.refusal,
    });
  };

  app.get("/join", forPeople(), (c) => show(c));

  app.post("/join", forPeople("sign_ins"), (c) =>
    actBy(c, deps, {
      operation: joinChannel,
      inputOf: (form) => ({ invite_code: form.get("code") }),
      leadTo: ({ channel_id }) => `/channels/${channel_id}`,
      onRefusal: (refusal, form) => show(c, { refusal, form }),
    }));
  return app;
}
