const outcome = (asked) => asked.then((text) => ({ text }), (error) => ({ error: error.message }));

export default class Fetcher {
  constructor(ctx) {
    this.ctx = ctx;
  }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const { site } = msg.body;
    if (!site) return this.ctx.post("bot", { type: "nothing_asked" });
    const post = { method: "POST", body: `roll ${Math.random()}`, headers: { accept: "text/x" } };
    const all = await Promise.all([
      outcome(fetch(`${site}/echo?q=1`, post).then((answer) => answer.text())),
      outcome(
        fetch(`${site}/headers`).then((answer) => `${answer.status} ${answer.headers.get("etag")}`),
      ),
      outcome(fetch(`${site}/redirect?to=/echo`).then((answer) => answer.url)),
      outcome(fetch("http://localhost:1/echo").then((answer) => answer.text())),
    ]);
    const last = await outcome(
      fetch(`${site}/bytes?n=40`).then(async (answer) => (await answer.arrayBuffer()).byteLength),
    );
    this.ctx.set_state(last);
    this.ctx.post("bot", { type: "asked", all, last });
    if (msg.body.then) throw new Error(`after asking ${all.length}`);
  }
}
