/** A line with a comment has at most 100 columns, as `deno fmt` sees to for code alone. The sources
 *  of bots are left as they are: their hashes are announced. */
const COLUMNS = 100;
const BOTS = /\/(bots|user_bots|golden)\//;

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "comment-width": {
      create(context) {
        if (BOTS.test(context.filename)) return {};
        return {
          Program() {
            const text = context.sourceCode.text;
            for (const { range: [start, end] } of context.sourceCode.getAllComments()) {
              for (let at = start; at < end;) {
                const from = text.lastIndexOf("\n", at - 1) + 1;
                const newline = text.indexOf("\n", at);
                const to = newline === -1 || newline > end ? end : newline;
                if (to - from > COLUMNS) {
                  context.report({
                    range: [at, to],
                    message: `A line with a comment has ${to - from} columns`,
                    hint: `Break it before column ${COLUMNS}`,
                  });
                }
                at = to + 1;
              }
            }
          },
        };
      },
    },
  },
};
export default plugin;
