/** Dates, amounts and words of a locale: a bot gets what it asked for, or is told that it is not
 *  there. */
import { code, failed, type Meaning, posts, refused, type Row } from "./row.ts";

/** The right text, or a failure that speaks of locales. */
const rightly = (text: string, at: string): Meaning => ({
  posts: [text],
  or: {
    posts: [failed(/locale|Intl|time ?zone|toFixed|currency/i, at)],
    or: refused(/Intl|locale/i),
  },
});

export const LOCALES: readonly Row[] = [
  {
    name: "an amount with toLocaleString and a currency",
    language: "javascript",
    source: code`
export default class Money {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const amount = Number(msg.body.text);
    this.ctx.post("bot", { text: amount.toLocaleString("en-US", { style: "currency", currency: "USD" }) });
  }
}
`,
    says: ["1234.5"],
    means: rightly("$1,234.50", "toLocaleString"),
  },
  {
    name: "a number of another locale",
    language: "javascript",
    source: code`
export default class Zahl {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: (1234567.891).toLocaleString("de-DE") });
  }
}
`,
    says: ["go"],
    means: rightly("1.234.567,891", 'toLocaleString("de-DE")'),
  },
  {
    name: "Intl.NumberFormat",
    language: "javascript",
    source: code`
export default class Percent {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const format = new Intl.NumberFormat("en-US", { style: "percent" });
    this.ctx.post("bot", { text: format.format(0.42) });
  }
}
`,
    says: ["go"],
    means: rightly("42%", "new Intl.NumberFormat"),
  },
  {
    name: "a date in a time zone",
    language: "javascript",
    source: code`
export default class Clock {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const date = new Date("2026-01-01T00:30:00Z");
    this.ctx.post("bot", {
      text: date.toLocaleDateString("en-US", { timeZone: "America/New_York", dateStyle: "long" }),
    });
  }
}
`,
    says: ["go"],
    means: rightly("December 31, 2025", "toLocaleDateString"),
  },
  {
    name: "sorting with localeCompare and a locale",
    language: "javascript",
    source: code`
export default class Sorter {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const names = msg.body.text.split(" ");
    names.sort((a, b) => a.localeCompare(b, "sv"));
    this.ctx.post("bot", { text: names.join(" ") });
  }
}
`,
    says: ["ö z a"],
    means: rightly("a z ö", "localeCompare"),
  },
  {
    name: "sorting with localeCompare alone",
    language: "javascript",
    source: code`
export default class Sorter {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: msg.body.text.split(" ").sort((a, b) => a.localeCompare(b)).join(" ") });
  }
}
`,
    says: ["cherry apple banana"],
    means: posts("apple banana cherry"),
  },
  {
    name: "Intl.DateTimeFormat with a locale",
    language: "typescript",
    source: code`
const FORMAT: Intl.DateTimeFormatOptions = { weekday: "long", month: "long", day: "numeric", timeZone: "UTC" };

export default class Today {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const text = new Intl.DateTimeFormat("en-GB", FORMAT).format(new Date(Date.UTC(2026, 6, 14)));
    this.ctx.post("bot", { text });
  }
}
`,
    says: ["go"],
    means: rightly("Tuesday 14 July", "new Intl.DateTimeFormat"),
  },
  {
    name: "grouped digits",
    language: "typescript",
    source: code`
const grouped = (n: number): string => n.toLocaleString(undefined, { maximumFractionDigits: 0 });

export default class Grouped {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message): void {
    if (msg.kind === "user") this.ctx.post("bot", { text: grouped(1234567.4) });
  }
}
`,
    says: ["go"],
    means: rightly("1,234,567", "toLocaleString(undefined"),
  },
  {
    name: "digits by hand",
    language: "typescript",
    source: code`
const grouped = (n: number): string => n.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

export default class Grouped {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message): void {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: grouped(1234567.456), padded: "7".padStart(3, "0") });
  }
}
`,
    says: ["go"],
    means: posts({ text: "1,234,567.46", padded: "007" }),
  },
  {
    name: "plural rules and lists of Intl",
    language: "typescript",
    source: code`
export default class Words {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const list = new Intl.ListFormat("en", { style: "long", type: "conjunction" });
    this.ctx.post("bot", { text: list.format(["red", "green", "blue"]) });
  }
}
`,
    says: ["go"],
    means: rightly("red, green, and blue", "new Intl.ListFormat"),
  },
  {
    name: "upper case of a locale",
    language: "typescript",
    source: code`
export default class Upper {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: String(msg.body.text).toLocaleUpperCase("tr-TR") });
  }
}
`,
    says: ["istanbul"],
    means: rightly("İSTANBUL", "toLocaleUpperCase"),
  },
  {
    name: "the locale module and zoneinfo",
    language: "python",
    source: code`
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

class Clock:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        utc = datetime(2026, 1, 1, 0, 30, tzinfo=timezone.utc)
        there = utc.astimezone(ZoneInfo('America/New_York'))
        self.ctx.post('bot', {'text': there.strftime('%Y-%m-%d %H:%M')})
`,
    says: ["go"],
    means: {
      posts: ["2025-12-31 19:30"],
      or: {
        posts: [failed(/America\/New_York|time zone|zoneinfo/i, "ZoneInfo('America/New_York')")],
        or: refused(/zoneinfo|time zone/i),
      },
    },
  },
  {
    name: "formats of numbers and dates",
    language: "python",
    source: code`
from datetime import date, timedelta

class Formats:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        day = date(2026, 2, 27) + timedelta(days=3)
        self.ctx.post('bot', {'text': f'{1234567.891:,.2f} {0.42:.0%} {day:%A %d %B} {255:#x} {7:03d}'})
`,
    says: ["go"],
    means: posts("1,234,567.89 42% Monday 02 March 0xff 007"),
  },
];
