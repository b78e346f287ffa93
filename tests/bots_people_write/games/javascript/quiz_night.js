/// <reference path="./bot.d.ts" />
import { shuffled } from "lib:game";

// A quiz with a clock: everybody answers a, b, c or d in private, one question after another; the
// answers are judged when all are in or the time is over.

const BANK = [
  ["Which planet is the largest?", ["Jupiter", "Saturn", "Neptune", "Earth"]],
  ["How many sides has a dodecagon?", ["12", "10", "20", "11"]],
  ["Which gas do plants take in?", ["carbon dioxide", "oxygen", "nitrogen", "helium"]],
  ["Who wrote Frankenstein?", ["Mary Shelley", "Bram Stoker", "Jane Austen", "Edgar Allan Poe"]],
  ["What is the capital of Australia?", ["Canberra", "Sydney", "Melbourne", "Perth"]],
  ["Which metal is liquid at room temperature?", ["mercury", "lead", "tin", "zinc"]],
];
const KEYS = ["a", "b", "c", "d"];

export default class QuizNight {
  static manifest = {
    summary: "A quiz night with hidden answers and a clock",
    net: [],
    private: true,
    params: {
      type: "object",
      properties: {
        players: { type: "integer", minimum: 1, maximum: 10, default: 3 },
        questions: { type: "integer", minimum: 1, maximum: 6, default: 3 },
        seconds: { type: "integer", minimum: 5, maximum: 600, default: 30 },
      },
    },
    moves: {
      game: "quiz",
      actions: {
        answer: { value: { type: "string", enum: KEYS }, private: true },
      },
    },
  };

  get state() {
    return this.ctx.get_state();
  }
  set state(next) {
    this.ctx.set_state(next);
  }

  on_join() {
    if (this.state) return;
    const ids = this.ctx.players().map((p) => p.player_id);
    if (ids.length < this.params.players) {
      return this.ctx.post("bot", {
        text: `${this.params.players - ids.length} more, then we begin.`,
      });
    }
    this.state = {
      order: shuffled([...BANK.keys()]),
      at: -1,
      points: Object.fromEntries(ids.map((id) => [id, 0])),
    };
    this.nextQuestion();
  }

  nextQuestion() {
    const state = this.state;
    state.at++;
    if (state.at >= this.params.questions) return this.finish(state.points);
    const [question, [right, ...wrong]] = BANK[state.order[state.at]];
    const options = shuffled([right, ...wrong]);
    state.right = KEYS[options.indexOf(right)];
    state.answers = {};
    state.question = `${question} ${options.map((option, i) => `${KEYS[i]}) ${option}`).join(" ")}`;
    state.until = Date.now() + this.params.seconds * 1000;
    this.state = state;
    this.ctx.set_timer("time is up", this.params.seconds * 1000);
    this.ask();
  }

  ask() {
    const { points, answers, question, at, until } = this.state;
    const waiting = Object.keys(points).filter((id) => !(id in answers));
    this.ctx.post("bot", {
      type: "bot:turn",
      players: waiting,
      position: { question, number: at + 1, points },
      deadline: new Date(until).toISOString(),
      legal_moves: KEYS.map((value) => ({ action: "answer", value })),
      text: question,
    });
  }

  on_message({ sender, kind, body }) {
    const state = this.state;
    if (kind !== "user" || !state) return;
    const hint = (text) =>
      this.ctx.post("bot", { type: "violation", player: sender, text }, { to: [sender] });
    if (!(sender in state.points)) return hint("You are in the audience.");
    if (sender in state.answers) return hint("You have answered.");
    const said = body.type === "move" ? body.value : body.text;
    const answer = typeof said === "string" ? said.trim().toLowerCase() : "";
    if (!KEYS.includes(answer)) return hint("Answer a, b, c or d.");
    state.answers[sender] = answer;
    this.state = state;
    if (Object.keys(state.answers).length === Object.keys(state.points).length) this.judge();
    else this.ask();
  }

  on_timer(name) {
    if (name === "time is up") this.judge();
  }

  judge() {
    const state = this.state;
    const right = Object.keys(state.answers).filter((id) => state.answers[id] === state.right);
    for (const id of right) state.points[id]++;
    this.ctx.post("bot", { type: "answer", right: state.right, by: right, points: state.points });
    this.state = state;
    this.nextQuestion();
  }

  finish(points) {
    this.ctx.clear_timer("time is up");
    const best = Math.max(...Object.values(points));
    this.ctx.end({ winners: Object.keys(points).filter((id) => points[id] === best), points });
  }

  on_leave(id) {
    const state = this.state;
    if (!state || !(id in state.points)) return;
    delete state.points[id];
    delete state.answers[id];
    this.state = state;
    const left = Object.keys(state.points);
    if (left.length === 0) return this.finish({});
    if (left.every((each) => each in state.answers)) return this.judge();
    this.ask();
  }
}
