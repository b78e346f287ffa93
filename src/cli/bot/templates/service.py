"""No game: it gives no turns, and answers whoever asks, with a move or with a text."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # For your editor, which finds them in bot.pyi.
    from bot import BotContext, Message  # pyright: ignore[reportMissingModuleSource]

MOST_NOTES = 50  # The state has at most 48 KiB.
MOST_CHARS = 200


def command_in(body):
    """The command of a move, or of a text such as "note buy milk"."""
    if body.get("type") == "move" and body.get("game") == "notes":
        return words_of(body.get("action")), words_of(body.get("value"))
    text = body.get("text")
    command, _, rest = text.strip().partition(" ") if isinstance(text, str) else ("", "", "")
    return command.lower(), rest.strip()


def words_of(value):
    """Text or a number as text; "" for anything else."""
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


class Game:
    manifest = {
        "summary": "Keeps notes: note buy milk, notes, clear",
        "net": [],
        "moves": {
            "game": "notes",
            "actions": {"note": {"value": "<text>"}, "notes": {"text": "notes"}, "clear": {"text": "clear"}},
        },
    }

    def __init__(self, ctx: "BotContext", params: dict):
        self.ctx = ctx

    def on_message(self, msg: "Message"):
        if msg["kind"] != "user":
            return
        command, text = command_in(msg["body"])
        notes = self.ctx.get_state() or []
        match command:
            case "note":
                if not 1 <= len(text) <= MOST_CHARS or len(notes) == MOST_NOTES:
                    return self.say(text=f"A note has 1 to {MOST_CHARS} characters, and {MOST_NOTES} fit.")
                self.ctx.set_state([*notes, {"by": msg["sender"], "text": text}])
                self.say(notes=len(notes) + 1)
            case "notes":
                self.say(notes=[f"{note['by']}: {note['text']}" for note in notes])
            case "clear":
                self.ctx.set_state([])
                self.say(cleared=len(notes))
            case _:
                pass  # Players also talk to each other.

    def say(self, **body):
        self.ctx.post("bot", {"type": "notes", **body})
