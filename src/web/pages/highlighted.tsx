/** Source code of a referee on a page, highlighted by classes alone. It may be anybody's, so one
 *  pass over it has to do: no pattern below looks at a character twice, whatever the source is. */
import type { BotLanguage } from "../../domain/bot/bot.ts";
import type { Html } from "../frame/page.tsx";

const KEYWORDS = {
  typescript: (
    "abstract any as async await boolean break case catch class const constructor " +
    "continue declare default delete do else enum export extends false finally for " +
    "from function get if implements import in infer instanceof interface is keyof " +
    "let never new null number object of override private protected public readonly " +
    "return satisfies set static string super switch symbol this throw true try type " +
    "typeof undefined unique unknown var void while yield"
  ).split(" "),
  python: (
    "and as assert async await break case class continue def del elif else except " +
    "False finally for from global if import in is lambda match None nonlocal not or " +
    "pass raise return self True try while with yield"
  ).split(" "),
};
/** What has no end lasts to the end of the line, or of the source. */
const STRING = String.raw`"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?`;
const NUMBER = String.raw`(?<number>\d[\w.]*)`;
const WORD = String.raw`(?<word>[\p{L}_$][\p{L}\p{N}_$]*)`;
const TOKENS = {
  typescript: new RegExp(
    String.raw`(?<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)|` +
      "(?<string>" + STRING + "|`(?:[^`\\\\]|\\\\[\\s\\S])*`?)|" + `${NUMBER}|${WORD}`,
    "gu",
  ),
  python: new RegExp(
    String.raw`(?<comment>#[^\n]*)|(?<string>"""(?:[^"]|"(?!""))*(?:""")?|` +
      String.raw`'''(?:[^']|'(?!''))*(?:''')?|${STRING})|${NUMBER}|${WORD}`,
    "gu",
  ),
};

export function highlighted(source: string, language: BotLanguage): Html {
  const kind = language === "python" ? "python" : "typescript";
  const keywords = new Set(KEYWORDS[kind]);
  const pieces: { looks: string | undefined; text: string }[] = [];
  const add = (looks: string | undefined, text: string) => {
    const last = pieces.at(-1);
    if (last && last.looks === looks) last.text += text;
    else if (text !== "") pieces.push({ looks, text });
  };
  let end = 0;
  for (const { 0: text, index, groups = {} } of source.matchAll(TOKENS[kind])) {
    const { comment, string, number } = groups;
    add(undefined, source.slice(end, index));
    add(
      comment !== undefined
        ? "comment"
        : (string ?? number) !== undefined
        ? "value"
        : keywords.has(text)
        ? "keyword"
        : undefined,
      text,
    );
    end = index + text.length;
  }
  add(undefined, source.slice(end));
  const parts = pieces.map(({ looks, text }) =>
    looks === undefined ? text : <span class={looks}>{text}</span>
  );
  return <pre class="source" tabindex={0}><code>{parts}</code></pre>;
}
