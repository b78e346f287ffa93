/** Whether a page's HTML is valid, by html-validate's rules for HTML and for accessibility. */
import { HtmlValidate, StaticConfigLoader } from "html-validate";

/** How whitespace and void elements are written is no fault, and long text in a heading is ours. */
const validator = new HtmlValidate(
  new StaticConfigLoader({
    extends: ["html-validate:standard", "html-validate:a11y"],
    rules: { "long-title": "off" },
  }),
);

/** Each fault in a line. */
export async function htmlFaults(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) =>
      `${ruleId}: ${message} at ${
        html.split("\n")[line - 1]!.slice(Math.max(0, column - 40), column + 60)
      }`
    )
  );
}
