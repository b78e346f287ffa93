/** The skills of this server: instructions for agents, in the form of https://agentskills.io. Each
 *  is one file in `skills/`, and a resource that hosts check by its digest. */
import { type Skill, skillEntry } from "@modelcontextprotocol/server/ext/skills";
import playText from "../../../skills/play/SKILL.md" with { type: "text" };
import writeABotText from "../../../skills/write-a-bot/SKILL.md" with { type: "text" };

interface ServedSkill {
  entry: Skill;
  text: string;
}

const FILE = "SKILL.md";

export const SKILLS: readonly ServedSkill[] = await Promise.all(
  Object.entries({ play: playText, "write-a-bot": writeABotText }).map(
    async ([name, text]) => ({ entry: await skillEntry(name, { [FILE]: text }), text }),
  ),
);
