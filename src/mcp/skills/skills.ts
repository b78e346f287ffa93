/** The Skills extension (`io.modelcontextprotocol/skills`, SEP-2640). A client lists the skills,
 *  reads one as a resource, and checks it by the digest of its entry. Everybody gets the same. */
import {
  ProtocolError,
  ProtocolErrorCode,
  type Resource,
  type Server,
} from "@modelcontextprotocol/server";
import * as z from "zod";

export const SKILLS_EXTENSION = "io.modelcontextprotocol/skills";

export const SKILL_TYPE = "text/markdown";

/** Loaded when the first client asks: most clients know no skills. */
const catalogue = async () => (await import("./catalogue.ts")).SKILLS;

/** One request, with what its handler needs. */
interface Exchange {
  era: "modern" | "legacy";
  server: Server;
}

const ListParams = z.looseObject({});
const GetParams = z.looseObject({ uri: z.string() });

/** The protocols of 2025 know neither member. */
const CACHED = { modern: { ttlMs: 300_000, cacheScope: "public" }, legacy: {} };

export const SKILL_HANDLERS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  "skills/list": ({ server, era }) =>
    server.setRequestHandler("skills/list", { params: ListParams }, async () => {
      return { skills: (await catalogue()).map(({ entry }) => entry), ...CACHED[era] };
    }),
  "skills/get": ({ server, era }) =>
    server.setRequestHandler("skills/get", { params: GetParams }, async ({ uri }) => {
      const skill = await skillAt(uri);
      if (skill) return { skill: skill.entry, ...CACHED[era] };
      const text = "No skill has this uri; skills/list names them all.";
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, text);
    }),
};

/** The skills as resources, for clients that do not know the extension. */
export async function skillResources(): Promise<Resource[]> {
  return (await catalogue()).map(({ entry: { uri, frontmatter: { name, description } } }) => ({
    uri,
    name,
    description,
    mimeType: SKILL_TYPE,
  }));
}

/** The text of a skill at its address; undefined if there is none. */
export async function skillText(uri: string): Promise<string | undefined> {
  return (await skillAt(uri))?.text;
}

async function skillAt(uri: string) {
  if (!uri.startsWith("skill://")) return undefined;
  return (await catalogue()).find(({ entry }) => entry.uri === uri);
}
