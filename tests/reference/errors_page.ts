/** `docs/reference/errors.md`: the codes of refusals. */
import { CODE_MEANINGS } from "../../src/http/openapi/code_meanings.ts";
import { PROBLEM_STATUS } from "../../src/http/problem.ts";
import { REFUSAL_CODES, type RefusalCode } from "../../src/kernel/refusal.ts";
import { OPERATIONS } from "../../src/operations/all.ts";
import { OF_ANY_CALL, refusalsOf } from "../../src/operations/refusals.ts";
import { table } from "./schema_words.ts";

export function errorsPage(): string {
  const codes = Object.keys(PROBLEM_STATUS) as (keyof typeof PROBLEM_STATUS)[];
  const rows = codes.map((code) => [
    `[\`${code}\`](../troubleshooting.md#${code.toLowerCase()})`,
    String(PROBLEM_STATUS[code]),
    CODE_MEANINGS[code],
    operationsWith(code),
  ]);
  return `# Errors

A refusal of MCP is a result with \`isError\` whose text is \`CODE: what is wrong and what to do\`,
then \`(retry_after_ms: …)\` where a retry makes sense. Over HTTP it is a problem document (RFC 9457)
with this status, \`code\`, \`detail\` and \`retry_after_ms\`. Each code leads to its words.

${table(["code", "status", "meaning", "from"], rows)}
`;
}

function operationsWith(code: string): string {
  if (!(REFUSAL_CODES as readonly string[]).includes(code)) return "HTTP";
  if (OF_ANY_CALL.includes(code as RefusalCode)) return "any call";
  const all = OPERATIONS.filter((operation) => refusalsOf(operation).includes(code as RefusalCode));
  const onChannels = OPERATIONS.filter(({ needs }) => needs);
  const isOfAll = onChannels.every((operation) => all.includes(operation));
  const others = all.filter((operation) => !(isOfAll && onChannels.includes(operation)));
  const names = others.map(({ name }) => `\`${name}\``);
  return [...isOfAll ? ["every call on a channel"] : [], ...names].join(", ");
}
