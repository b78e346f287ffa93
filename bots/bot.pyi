"""What a bot's source may take for granted, for editors and type checkers.

The sandbox has no such module, so a bot names the types where only they look:

    from typing import TYPE_CHECKING

    if TYPE_CHECKING:
        from bot import BotContext, Message

    class EchoBot:
        def __init__(self, ctx: "BotContext", params: dict):
            self.ctx = ctx
"""
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, NotRequired, Self, TypeAlias, TypedDict

Json: TypeAlias = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

class BotHooks:
    """The hooks of a bot, which has at least one of them, plain or async. No base class: a bot only has the methods."""

    def on_init(self) -> Any:
        """The bot is attached."""
    def on_join(self, player_id: str) -> Any:
        """A player has joined."""
    def on_message(self, msg: Message) -> Any:
        """An entry is in the log that is not the bot's own."""
    def on_leave(self, player_id: str, reason: Literal["left", "removed", "banned"], by: str) -> Any:
        """A player is gone. `by` is a player's id, or `host`. A method may leave out `reason` and `by`."""
    def on_timer(self, name: str) -> Any:
        """A timer is due."""

class Message(TypedDict):
    """An entry of the log, as a bot reads it."""
    id: int
    channel_id: str
    sender: str
    kind: Literal["user", "bot", "system", "control"]
    body: dict[str, Any]
    ts: str
    to: NotRequired[list[str]]
    cause: NotRequired[int]
    hash: str

class Player(TypedDict):
    player_id: str
    display_name: str
    label: NotRequired[str]

class Certificate(TypedDict):
    subject: str
    issuer: str
    serial_number: str
    valid_from: str
    valid_to: str
    subject_alt_names: list[str]
    fingerprint_sha256: str
    spki_sha256: str

class CertificateChain(TypedDict):
    """What `tls_certificate` returns: the leaf first."""
    verified: bool
    error: NotRequired[str]
    chain: list[Certificate]

class Action(TypedDict):
    value: NotRequired[str | dict[str, Any]]
    text: NotRequired[str]
    private: NotRequired[bool]

class Moves(TypedDict):
    """The moves of a game, in the manifest."""
    game: str
    aliases: NotRequired[list[str]]
    actions: dict[str, Action]

class BotManifest(TypedDict):
    """`manifest` in the class's body, or at the top level."""
    summary: NotRequired[str]
    net: NotRequired[Literal["public"] | list[str]]
    params: NotRequired[dict[str, Any]]
    moves: NotRequired[Moves]
    private: NotRequired[bool]
    confidential: NotRequired[bool]

class Done:
    """The result of a call that has none. A bot may await it, as in the other languages."""

    def __await__(self) -> Generator[Any, Any, None]: ...
    def __bool__(self) -> Literal[False]: ...

class Response:
    """The answer to a request, with the members of a response of `requests`. A bot may await it."""
    status: int
    status_code: int
    url: str
    headers: dict[str, str]
    content: bytes
    encoding: str
    apparent_encoding: str
    redirected: bool
    cookies: dict[str, str]
    elapsed: timedelta
    history: Sequence[Response]
    request: Any

    @property
    def ok(self) -> bool: ...
    @property
    def text(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def is_redirect(self) -> bool: ...
    @property
    def is_permanent_redirect(self) -> bool: ...
    def json(self, **options: Any) -> Any: ...
    def raise_for_status(self) -> None: ...
    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator[Any]: ...
    def iter_lines(
        self, chunk_size: int = 512, decode_unicode: bool = False, delimiter: str | bytes | None = None
    ) -> Iterator[Any]: ...
    def close(self) -> None: ...
    def __await__(self) -> Generator[Any, Any, Self]: ...
    def __bool__(self) -> bool: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...

class BotContext:
    """The first argument of the constructor: all that a bot can do and know."""

    @property
    def env(self) -> Mapping[str, str]:
        """Sealed values that were given when the bot was attached."""
    @property
    def workspace(self) -> str:
        """The path of a folder for `open()`, empty again at the next hook."""
    def post(
        self,
        kind: Literal["bot", "system", "control"],
        body: Mapping[str, Any] | str,
        to: Sequence[str] | None = None,
    ) -> Done: ...
    def get_state(self) -> Any: ...
    def set_state(self, value: Json) -> Done: ...
    def end(self, result: Json = None) -> Done: ...
    def players(self) -> list[Player]: ...
    def set_timer(self, name: str, ms: float) -> Done: ...
    def clear_timer(self, name: str) -> Done: ...
    def fetch(
        self,
        url: str,
        method: Literal["GET", "POST"] = "GET",
        headers: Mapping[str, str] | None = None,
        body: str | bytes | bytearray | None = None,
        *,
        json: Json = None,
        redirect: Literal["follow", "manual"] = "follow",
    ) -> Response: ...
    def tls_certificate(self, host: str, port: int = 443) -> CertificateChain: ...

def fetch(
    url: str,
    method: Literal["GET", "POST"] = "GET",
    headers: Mapping[str, str] | None = None,
    body: str | bytes | bytearray | None = None,
    *,
    json: Json = None,
    redirect: Literal["follow", "manual"] = "follow",
) -> Response:
    """The same as `ctx.fetch`, and built in: a bot imports it only for its editor."""
