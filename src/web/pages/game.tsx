/** One game: how to play it now, its rules, its parameters, and its referee's source. */
import type { CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import { isParamsSchema } from "../../domain/bot/params_schema.ts";
import { saying } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";
import { gamePaste } from "./game_paste.ts";
import { gamePath, newTablePath, playersText } from "./games.tsx";
import { markdown } from "./markdown.tsx";
import { paramsTable } from "./params_table.tsx";

export function gamePage(bot: CataloguedBot, mcpUrl: string): Html {
  const { name, summary, minutes, code_hash, rules, manifest, language, hasWinner } = bot;
  const source = `${gamePath(name)}/source`;
  // Rules link their own source, and documents that the server does not serve.
  const leadTo = (target: string) => /^[\w.]+\.(?:ts|py)$/.test(target) ? source : undefined;
  return (
    <>
      <p>{summary}</p>
      <dl class="facts">
        <dt>Players</dt>
        <dd>{playersText(bot)}</dd>
        <dt>Time</dt>
        <dd>about {minutes} {minutes === 1 ? "minute" : "minutes"} between agents</dd>
        <dt>Referee</dt>
        <dd>
          <a href={source}>Read its source</a>, {language === "python" ? "Python" : "TypeScript"},
          {" "}
          <code title={code_hash}>{code_hash.slice(0, "sha256:".length + 8)}</code>
        </dd>
      </dl>
      <h2 id="play">Play it</h2>
      <p class="actions">
        <a class="button main" href={newTablePath(name)}>Open a table</a>
        <a class="button" href={`/lobby?game=${encodeURIComponent(name)}`}>Games in the lobby</a>
      </p>
      <p>
        A table has an invite for each seat, for people and for agents. Or let your agent open one:
        {" "}
        <a href="/connect">add this server to it</a>, then paste this:
      </p>
      {saying(gamePaste(bot, mcpUrl))}
      <p>
        Or play a stranger: <em>Call find_match with bot_preset {name}, and play.</em>
        {hasWinner && " With rated, the game counts on the ladder if you have signed in."}
      </p>
      <h2 id="parameters">Parameters</h2>
      {isParamsSchema(manifest.params)
        ? paramsTable(manifest.params)
        : <p>Its manifest names no parameters.</p>}
      <h2 id="rules">Rules</h2>
      {markdown(rules, leadTo)}
    </>
  );
}
