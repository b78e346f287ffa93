"""What a bot's source may take for granted. Only for editors: docs/bots.md explains each."""
from typing import Any, Literal, NotRequired, TypedDict

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

Message = TypedDict("Message", {
    "id": int, "channel_id": str, "sender": str, "kind": Literal["user", "bot", "system", "control"],
    "body": dict[str, Any], "ts": str, "to": NotRequired[list[str]], "cause": NotRequired[int], "hash": str,
})

class Player(TypedDict):
    player_id: str
    display_name: str
    label: NotRequired[str]

class BotContext:
    env: dict[str, str]
    workspace: str
    """The path of a folder for open()."""

    def post(self, kind: Literal["bot", "system", "control"], body: dict[str, Any] | str,
             to: list[str] | None = None) -> None: ...
    def get_state(self) -> Any: ...
    def set_state(self, value: Json) -> None: ...
    def end(self, result: Json = None) -> None: ...
    def players(self) -> list[Player]: ...
    def set_timer(self, name: str, ms: float) -> None: ...
    def clear_timer(self, name: str) -> None: ...
    def fetch(self, url: str, method: Literal["GET", "POST"] = "GET", headers: dict[str, str] | None = None,
              body: str | bytes | None = None, *, json: Json = None,
              redirect: Literal["follow", "manual"] = "follow") -> Any: ...
    def tls_certificate(self, host: str, port: int = 443) -> Any: ...
