/// <reference path="./bot.d.ts" />

// Kalah: 6 pits a side, 4 seeds a pit. Pits 0-5 belong to the first player, 6 is his store,
// pits 7-12 belong to the second player and 13 is hers.

function sow(board, side, pit) {
  const b = board.slice();
  const store = side === 0 ? 6 : 13;
  const skip = side === 0 ? 13 : 6;
  let at = side === 0 ? pit - 1 : pit + 6;
  let seeds = b[at];
  b[at] = 0;
  while (seeds > 0) {
    at = (at + 1) % 14;
    if (at === skip) continue;
    b[at]++;
    seeds--;
  }
  const mine = side === 0 ? at < 6 : at > 6 && at < 13;
  if (mine && b[at] === 1 && b[12 - at] > 0) {
    b[store] += b[12 - at] + 1;
    b[12 - at] = 0;
    b[at] = 0;
  }
  return { board: b, again: at === store };
}

function pits(board, side) {
  const own = side === 0 ? board.slice(0, 6) : board.slice(7, 13);
  return own.map((seeds, i) => ({ seeds, pit: i + 1 })).filter(({ seeds }) => seeds > 0).map((
    { pit },
  ) => pit);
}

export default class Mancala {
  static manifest = {
    summary: "Kalah with six pits and four seeds",
    net: [],
    moves: {
      game: "mancala",
      aliases: ["kalah"],
      actions: { sow: { value: "<whole number 1 to 6>", text: "sow 3" } },
    },
  };

  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
  }

  on_init() {
    this.begin();
  }

  on_join() {
    this.begin();
  }

  begin() {
    var players = this.ctx.players().map(function (p) {
      return p.player_id;
    });
    players = players.slice(0, 2);
    if (players.length < 2 || this.ctx.get_state() != null) return;
    var board = [4, 4, 4, 4, 4, 4, 0, 4, 4, 4, 4, 4, 4, 0];
    this.sendTurn({ board: board, players: players, side: 0 });
  }

  on_message(msg) {
    var state = this.ctx.get_state();
    if (msg.kind != "user" || state == null) return;
    if (msg.sender != state.players[state.side]) {
      this.violation(msg.sender, "it is not your turn");
      return;
    }
    var pit = null;
    if (msg.body.type == "move") {
      pit = Number(msg.body.value);
    } else if (typeof msg.body.text == "string") {
      var match = msg.body.text.match(/^sow (\d)$/);
      if (match) pit = parseInt(match[1]);
    }
    if (pit == null || pits(state.board, state.side).indexOf(pit) == -1) {
      this.violation(msg.sender, "sow a pit from 1 to 6 that is not empty");
      return;
    }
    var after = sow(state.board, state.side, pit);
    state.board = after.board;
    if (!after.again) state.side = 1 - state.side;
    if (pits(state.board, 0).length == 0 || pits(state.board, 1).length == 0) {
      this.finish(state);
    } else {
      this.sendTurn(state);
    }
  }

  finish(state) {
    var first = 0, second = 0;
    for (var i = 0; i < 7; i++) {
      first += state.board[i];
      second += state.board[i + 7];
    }
    var winner = null;
    if (first > second) winner = state.players[0];
    if (second > first) winner = state.players[1];
    this.ctx.end({ winner: winner, seeds: [first, second] });
  }

  on_leave(player_id) {
    var state = this.ctx.get_state();
    if (state == null || state.players.indexOf(player_id) == -1) return;
    this.ctx.end({ winner: state.players[state.players[0] == player_id ? 1 : 0] });
  }

  sendTurn(state) {
    this.ctx.set_state(state);
    this.ctx.post("bot", {
      type: "bot:turn",
      player: state.players[state.side],
      players: state.players,
      position: {
        pits: [state.board.slice(0, 6), state.board.slice(7, 13)],
        stores: [state.board[6], state.board[13]],
      },
      legal_moves: pits(state.board, state.side).map((pit) => ({ action: "sow", value: pit })),
      view: {
        kind: "table",
        columns: ["", "1", "2", "3", "4", "5", "6", "store"],
        rows: [
          [state.players[0], ...state.board.slice(0, 7)],
          [state.players[1], ...state.board.slice(7, 14)],
        ],
      },
    });
  }

  violation(player, text) {
    this.ctx.post("bot", { type: "violation", player: player, text: text });
  }
}
