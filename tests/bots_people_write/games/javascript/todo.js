/// <reference path="./bot.d.ts" />

// A to-do list for a channel. No game: it answers whoever asks.
//   add <what>      done <number>      assign <number> <player>      list      clear

const handlers = {
  add(list, who, what) {
    if (!what) return "What should be done? For example: add buy milk";
    if (list.items.length >= 50) return "The list is full: clear it first.";
    list.items.push({ id: list.next++, what: what.slice(0, 200), by: who, done: false });
    return `#${list.next - 1} ${what.slice(0, 200)}`;
  },
  done(list, who, rest) {
    const item = find(list, rest);
    if (!item) return `There is no #${rest}.`;
    item.done = true;
    return `#${item.id} is done, thanks ${who}.`;
  },
  assign(list, _who, rest) {
    const [number, whom] = (rest ?? "").split(/\s+/);
    const item = find(list, number);
    if (!item || !/^p\d+$/.test(whom ?? "")) return "For example: assign 2 p1";
    item.for = whom;
    return `#${item.id} is for ${whom}.`;
  },
  list({ items }) {
    if (items.length === 0) return "Nothing to do.";
    return items.map(({ id, what, done, for: whom }) =>
      `${done ? "☑" : "☐"} #${id} ${what}${whom ? ` (${whom})` : ""}`
    ).join("\n");
  },
  clear(list) {
    const before = list.items.length;
    list.items = list.items.filter(({ done }) => !done);
    return `${before - list.items.length} cleared.`;
  },
};

const find = ({ items }, text) =>
  items.find(({ id }) => id === Number(String(text).replace("#", "")));

export default class Todo {
  static manifest = {
    summary: "A to-do list: add, done, assign, list, clear",
    net: [],
    moves: {
      game: "todo",
      actions: {
        add: { value: "<text>" },
        done: { value: "<whole number>", text: "done 1" },
        assign: { value: "<text>" },
        list: {},
        clear: {},
      },
    },
  };

  on_init() {
    this.ctx.set_state({ next: 1, items: [] });
  }

  on_message({ kind, sender, body }) {
    if (kind !== "user") return;
    let command, rest;
    if (body.type === "move" && body.game === "todo") {
      command = body.action;
      // An object may bring a toString of its own.
      if (typeof body.value === "string" || typeof body.value === "number") rest = `${body.value}`;
    } else if (typeof body.text === "string") {
      [, command, rest] = /^(\w+)\s*(.*)$/s.exec(body.text) ?? [];
    }
    if (!Object.hasOwn(handlers, command ?? "")) return;
    const list = this.ctx.get_state();
    const text = handlers[command](list, sender, rest);
    this.ctx.set_state(list);
    this.ctx.post("bot", {
      type: "todo",
      text,
      open: list.items.filter(({ done }) => !done).length,
    });
  }
}
