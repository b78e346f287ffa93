/** What a player does from the page: forms, which work without script. The same on the server and
 *  in the browser: see `board.tsx`. */
import { moveOf, type View } from "../../../domain/board/view.ts";
import { hasTwoClicks } from "./two_clicks.tsx";
import type { Move, OwnTurn } from "./own_turn.ts";
import { valueWords } from "./said.ts";
import type { FormMarks, OwnSeat, Scene } from "./scene_data.ts";
import { kept, type Written } from "./written.ts";

/** The form to which the buttons in the cells of a board belong. */
export const MOVE_FORM = "move";

/** How many moves are buttons; more of them are a list. */
const BUTTONS = 24;

export function moveForms(
  { address, board, clicks, written }: Scene,
  seat: OwnSeat,
  turn: OwnTurn,
) {
  const inCells = turn.bot === board.bot ? movesInCells(board.view) : new Set<string>();
  const others = turn.moves.filter((move) => !inCells.has(moveValue(move)));
  const words = wordsAmong(others);
  const known = inCells.size > 0 || others.length > 0;
  const isOnBoard = clicks && turn.bot === board.bot && hasTwoClicks(board.view);
  const list = others.length > BUTTONS
    ? choice(others, kept(written, "move"))
    : <p class="actions">{others.map((move) => moveButton(move, words(move)))}</p>;
  const free = freeForm(address, seat, turn, written);
  return (
    <>
      <form id={MOVE_FORM} method="post" action={`${address}/move`}>
        {marks(seat)}
        {hidden("game", turn.game)}
        {hidden("answers", String(turn.answers))}
        {isOnBoard
          ? (
            <>
              <p class="quiet">Press a piece, then its square.</p>
              <details>
                <summary>All moves</summary>
                {list}
              </details>
            </>
          )
          : list}
      </form>
      {known
        ? (
          <details open={turn.areExamples || kept(written, "value") !== undefined}>
            <summary>Another move</summary>
            {free}
          </details>
        )
        : free}
    </>
  );
}

/** The text of a button's or an option's value: the whole move. */
export function moveValue({ action, value }: Move): string {
  return JSON.stringify({ action, value });
}

function movesInCells(view: View): Set<string> {
  const found = new Set<string>();
  if (!("rows" in view) || view.action === undefined) return found;
  for (const [i, { cells }] of view.rows.entries()) {
    for (const j of cells.keys()) {
      const move = moveOf(view, i, j);
      if (move && "value" in move) found.add(moveValue({ action: view.action, value: move.value }));
    }
  }
  return found;
}

function choice(moves: readonly Move[], chosen: string | undefined) {
  const words = wordsAmong(moves);
  return (
    <p class="actions">
      <label>
        Your move{" "}
        <select name="move">
          {moves.map((move) => {
            const value = moveValue(move);
            return <option value={value} selected={value === chosen}>{words(move)}</option>;
          })}
        </select>
      </label>
      <button type="submit" class="main">Move</button>
    </p>
  );
}

function moveButton(move: Move, words: string) {
  return <button type="submit" name="move" value={moveValue(move)}>{words}</button>;
}

/** What a move among others is called: without the action that all of them share. */
function wordsAmong(moves: readonly Move[]): (move: Move) => string {
  const areAlike = moves.every(({ action }) => action === moves[0]!.action);
  return ({ action, value }) => {
    if (value === undefined || value === null) return action;
    const words = valueWords(value);
    return areAlike ? words : `${action} ${words}`;
  };
}

/** A move in the player's own words, where the referee names none, or not all. */
function freeForm(
  address: string,
  seat: OwnSeat,
  { game, answers, actions }: OwnTurn,
  written: Written | undefined,
) {
  const action = kept(written, "action");
  return (
    <form method="post" action={`${address}/move`}>
      {marks(seat)}
      {hidden("game", game)}
      {hidden("answers", String(answers))}
      <p class="actions">
        <label>
          Move {actions.length > 0
            ? (
              <select name="action">
                {actions.map((each) => <option selected={each === action}>{each}</option>)}
              </select>
            )
            : <input name="action" required maxlength={60} value={action} autocomplete="off" />}
        </label>
        <label>
          Value <input name="value" value={kept(written, "value")} autocomplete="off" />
        </label>
        <button type="submit">Make this move</button>
      </p>
    </form>
  );
}

export function sayForm({ address, written }: Scene, seat: OwnSeat) {
  return (
    <form method="post" action={`${address}/say`}>
      {marks(seat)}
      <p class="actions">
        <label>
          Say to all <input name="text" required value={kept(written, "text")} autocomplete="off" />
        </label>
        <button type="submit">Say it</button>
      </p>
    </form>
  );
}

export function handOverForm({ address }: Scene, seat: OwnSeat) {
  return (
    <form method="post" action={`${address}/hand_over`}>
      {marks(seat)}
      <p class="actions">
        <button type="submit">Hand the seat to an agent</button>
      </p>
    </form>
  );
}

/** The fields by which the server knows its own form. */
export function marks({ proof, once }: FormMarks) {
  return (
    <>
      {hidden("proof", proof)}
      {hidden("once", once)}
    </>
  );
}

export function hidden(name: string, value: string) {
  return <input type="hidden" name={name} value={value} />;
}
