/** `mcpmp call`: any tool of the server, also those that no verb stands for. */
import type { Command } from "commander";
import * as z from "zod";
import type { Operation } from "../../operations/operation.ts";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { jsonObject } from "../session/values.ts";

export function addCall(program: Command): void {
  program.command("call")
    .description(`call any tool of the server, such as: mcpmp call get_proof '{"id":3}'`)
    .argument("<tool>", "its name")
    .argument("[input]", "its input as JSON; your channel and your seat in it are added", "{}")
    .option("-c, --channel <id>", "the channel; the last one that you used if absent")
    .action(
      async (tool: string, json: string, options: { channel?: string }, command: Command) => {
        const { out, session } = contextOf(command);
        const input = jsonObject(json, "The input");
        const operation = await operationOf(tool);
        const access = needsChannel(operation) && input.channel_id === undefined
          ? await session.channel(options.channel)
          : {};
        out.document(await session.call(operation.name, { ...access, ...input }));
      },
    );
}

async function operationOf(tool: string): Promise<Operation> {
  const { OPERATIONS, operationNamed } = await import("../../operations/all.ts");
  const operation = operationNamed.get(tool);
  if (operation) return operation;
  const names = OPERATIONS.map(({ name }) => name).join(", ");
  throw new Failure(EXIT.usage, `There is no tool ${tool}. The tools are ${names}.`);
}

function needsChannel({ input }: Operation): boolean {
  const { channel_id } = input.shape;
  return channel_id !== undefined && !z.safeParse(channel_id, undefined).success;
}
