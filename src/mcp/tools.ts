/** The operations as MCP tools. Built once, because schemas do not change while the server runs. */
import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import { OPERATIONS } from "../operations/all.ts";
import { publishedSchema } from "../operations/input/published_schema.ts";
import type { Operation } from "../operations/operation.ts";
import type { Performed } from "../operations/perform.ts";
import { BOARD_APP } from "./resources.ts";
import { fencedJson, fencedLine, noteOn } from "./untrusted_text.ts";

/** The tool that the board app draws. One alone: else a chat has a board for every move. */
const DRAWN = "show_board";

/** The listed tools. Their outputs have no schemas: hosts give models the whole list, and a schema
 *  costs more there than it tells. `/openapi.json` has them. */
export const TOOLS: Tool[] = OPERATIONS.filter(({ unlisted }) => !unlisted).map(toolOf);

function toolOf(operation: Operation): Tool {
  const { name, title, description, effects, input } = operation;
  const _meta = appMeta(name);
  return {
    name,
    title,
    description,
    inputSchema: publishedSchema(input, { listed: true }) as Tool["inputSchema"],
    annotations: {
      title,
      readOnlyHint: effects === "reads",
      destructiveHint: effects === "destroys",
      openWorldHint: !operation.closedWorld,
    },
    ..._meta && { _meta },
  };
}

/** The `_meta` of a tool that has an app, in both spellings that hosts look for. */
function appMeta(tool: string): Record<string, unknown> | undefined {
  const { uri } = BOARD_APP;
  return tool === DRAWN ? { ui: { resourceUri: uri }, "ui/resourceUri": uri } : undefined;
}

/** The receipt in a result's `_meta`, which clients keep and models do not read. */
const RECEIPT = "mcp-multiplayer/receipt";

/** `structuredContent` is the whole answer, `content[0].text` the JSON of its short form; a second
 *  text names the members that others wrote. A refusal is a text that begins with its code. */
export function resultOf({ untrusted = [] }: Operation, performed: Performed): CallToolResult {
  if (performed.kind === "answered") {
    const { output, short, receipt } = performed.answer;
    const content: CallToolResult["content"] = [{ type: "text", text: fencedJson(short()) }];
    const byOthers = untrusted.filter((name) => !isEmpty(output[name]));
    if (byOthers.length > 0) {
      const annotations = { audience: ["assistant" as const] };
      content.push({ type: "text", text: noteOn(byOthers), annotations });
    }
    return { content, structuredContent: output, ...receipt && { _meta: { [RECEIPT]: receipt } } };
  }
  const { message, retryAfterMs } = performed.refusal;
  const text = retryAfterMs === undefined
    ? message
    : `${message} (retry_after_ms: ${retryAfterMs})`;
  return { content: [{ type: "text", text: fencedLine(text) }], isError: true };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || Array.isArray(value) && value.length === 0;
}
