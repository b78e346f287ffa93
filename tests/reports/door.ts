/** One started server, a room on it, and the doors through which a report's call goes: the official
 *  MCP clients, and plain HTTP. */
import { operationNamed } from "../../src/operations/all.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";

export const DOORS = ["v1", "v2 modern", "POST", "GET"] as const;
export type Door = (typeof DOORS)[number];

/** The answer of a call, or the text of its refusal. */
export interface Said {
  answer?: Wire;
  refusal?: string;
}

export interface Room extends AsyncDisposable {
  url: string;
  token: string;
  /** What `$NAME` stands for in a row: ids and tokens of a room with two players, p1 being the
   *  caller, and a fresh channel and invite for each row. */
  names(): Promise<Record<string, string>>;
  /** Calls a tool. The arguments are those of the row, with its names filled in. */
  call(door: Door, tool: string, sent: unknown, names: Record<string, string>): Promise<Said>;
}

/** Whether a door can carry a call: a URL carries texts only, and reads only. */
export function carries(door: Door, tool: string, sent: unknown): boolean {
  if (door !== "GET") return true;
  if (operationNamed.get(tool)!.effects !== "reads") return false;
  return typeof sent === "object" &&
    Object.values(sent!).every((value) => typeof value === "string");
}

export async function openRoom(): Promise<Room> {
  const file = dataFile();
  const server = await startProcess({ KV_URL: file.path, RATE_LIMITS: "off" }, { viaTask: true });
  const { url } = server;
  const [token, friend] = [await signIn(url), await signIn(url)];
  const clients = {
    v1: await mcpClient("v1", `${url}/mcp`, token),
    "v2 modern": await mcpClient("v2 modern", `${url}/mcp`, token),
  };
  const rest = async (tool: string, sent: unknown, as = token): Promise<Said> => {
    const response = await fetch(`${url}/${tool}`, {
      method: "POST",
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
      body: JSON.stringify(sent),
    });
    return said(response);
  };
  const get = async (tool: string, sent: Record<string, string>): Promise<Said> => {
    const response = await fetch(`${url}/${tool}?${new URLSearchParams(sent)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return said(response);
  };
  return {
    url,
    token,
    async names() {
      const slots = ["invite:a", "invite:b", "invite:c", "bot:referee"];
      const made = (await rest("create_channel", { name: "room", slots })).answer!;
      const [first, second, third] = made.invites;
      const own = (await rest("join_channel", { invite_code: first })).answer!;
      await rest("join_channel", { invite_code: second }, friend);
      const { channel_id: CHANNEL } = made;
      const BROKEN = third.replace(/^inv_(.{12})/, "$1\\n  ");
      return { CHANNEL, INVITE: third, BROKEN, OTHER: second, TOKEN: own.rejoin_token };
    },
    async call(door, tool, sent, names) {
      const filled = JSON.parse(
        JSON.stringify(sent).replace(/\$([A-Z]+)/g, (whole, name) => names[name] ?? whole),
      );
      if (door === "POST") return await rest(tool, filled);
      if (door === "GET") return await get(tool, filled);
      const { isError, content, structuredContent } = await clients[door].raw(tool, filled);
      return isError ? { refusal: content[0].text } : { answer: structuredContent };
    },
    async [Symbol.asyncDispose]() {
      for (const client of Object.values(clients)) await client[Symbol.asyncDispose]();
      const hosts = await server.children();
      await server.kill("SIGTERM");
      await gone(hosts);
      await file[Symbol.asyncDispose]();
    },
  };
}

async function said(response: Response): Promise<Said> {
  const answer = await response.json();
  return response.ok ? { answer } : { refusal: `${answer.code}: ${answer.detail}` };
}

/** Whether a value has everything that another one has. */
export function has(value: Wire, wanted: Wire): boolean {
  if (typeof wanted !== "object" || wanted === null) return Object.is(value, wanted);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(wanted) && value.length !== wanted.length) return false;
  return Object.keys(wanted).every((key) => has(value[key], wanted[key]));
}
