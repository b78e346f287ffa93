/// <reference path="./bot.d.ts" />

// My first bot!! Snakes and ladders

const snakes = { 17: 4, 28: 9, 43: 22, 48: 30 };
const ladders = { 3: 14, 8: 26, 19: 33, 31: 44 };

export default class SnakesAndLadders {
  static manifest = {
    summary: "Snakes and ladders on 50 fields",
    net: [],
    params: { players: 2 },
    moves: { game: "snakes", actions: { roll: {} } },
  };

  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
  }

  // in a rematch everybody is here already
  on_init() {
    for (const player of this.ctx.players()) this.on_join(player.player_id);
  }

  on_join(player_id) {
    let state = this.ctx.get_state();
    if (state == null) {
      state = { players: [], fields: {}, turn: 0, started: false };
    }
    if (state.started) {
      this.ctx.post("bot", { text: player_id + " can only watch" });
      return;
    }
    state.players.push(player_id);
    state.fields[player_id] = 0;
    this.ctx.post("bot", { text: player_id + " stands at the start" });
    if (state.players.length == this.params.players) {
      state.started = true;
      this.ctx.set_state(state);
      this.turn();
    } else {
      this.ctx.set_state(state);
    }
  }

  on_message(msg) {
    if (msg.kind != "user") {
      return;
    }
    let state = this.ctx.get_state();
    if (state == null || !state.started) {
      this.ctx.post("bot", { text: "wait for more players" });
      return;
    }
    let player = state.players[state.turn];
    if (msg.sender != player) {
      this.ctx.post("bot", { type: "violation", player: msg.sender, text: "not your turn" });
      return;
    }
    let isRoll = msg.body.text == "roll" || msg.body.action == "roll";
    if (!isRoll) {
      this.ctx.post("bot", { type: "violation", player: msg.sender, text: "you can only roll" });
      return;
    }
    let die = Math.floor(Math.random() * 6) + 1;
    let field = state.fields[player] + die;
    let story = player + " rolls a " + die;
    if (field > 50) {
      field = 50 - (field - 50);
      story += " and bounces back";
    }
    if (snakes[field]) {
      field = snakes[field];
      story += ", a snake!";
    } else if (ladders[field]) {
      field = ladders[field];
      story += ", a ladder!";
    }
    story += " -> " + field;
    state.fields[player] = field;
    this.ctx.post("bot", { text: story });
    if (field == 50) {
      this.ctx.post("bot", { type: "game_end", winner: player });
      this.ctx.end({ winner: player });
      return;
    }
    state.turn = (state.turn + 1) % state.players.length;
    this.ctx.set_state(state);
    this.turn();
  }

  on_leave(player_id) {
    let state = this.ctx.get_state();
    if (state == null || state.players.indexOf(player_id) == -1) {
      return;
    }
    let index = state.players.indexOf(player_id);
    state.players.splice(index, 1);
    delete state.fields[player_id];
    if (!state.started) {
      this.ctx.set_state(state);
      return;
    }
    if (state.players.length == 1) {
      this.ctx.end({ winner: state.players[0] });
      return;
    }
    if (index < state.turn) {
      state.turn = state.turn - 1;
    }
    if (state.turn == state.players.length) {
      state.turn = 0;
    }
    this.ctx.set_state(state);
    this.turn();
  }

  turn() {
    let state = this.ctx.get_state();
    this.ctx.post("bot", {
      type: "bot:turn",
      player: state.players[state.turn],
      players: state.players,
      position: { fields: state.fields, goal: 50 },
      legal_moves: [{ action: "roll" }],
      view: {
        kind: "line",
        from: 0,
        to: 50,
        points: state.players.map((p) => ({ at: state.fields[p], text: p })),
      },
    });
  }
}
