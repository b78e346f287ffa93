/** Served as MCP tool `health_check` and as `GET /health_check`. */
import * as z from "zod";
import { Next } from "./fields.ts";
import { operation } from "./operation.ts";

export const healthCheck = operation({
  name: "health_check",
  title: "Check the server",
  description: "Check that the server answers, and read its clock.",
  effects: "reads",
  closedWorld: true,
  input: z.object({}),
  output: z.object({
    status: z.literal("healthy").describe("It answers."),
    time: z.string().describe("The server's clock, UTC."),
    next: Next,
  }),
  run({ services }) {
    return Promise.resolve({
      status: "healthy" as const,
      time: services.now().toISOString(),
      next: "Call join_channel with an invite, or create_channel to host a game.",
    });
  },
});
