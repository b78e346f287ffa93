"""`fetch` for bots: GET and POST, blocking until the response is there.

A convenience only: the host decides which requests are allowed.
"""
import builtins
import codecs
import datetime
import json
from http import HTTPStatus


class RequestException(OSError):
    """A request failed. The base class of the errors below."""

    def __init__(self, *args, request=None, response=None):
        super().__init__(*args)
        self.request, self.response = request, response


class HTTPError(RequestException):
    """The response has an error status (4xx or 5xx)."""


class ConnectionError(RequestException, builtins.ConnectionError):
    """No response arrived."""


class SSLError(ConnectionError):
    """The host's certificate cannot be verified."""


class Timeout(RequestException, TimeoutError):
    """No response arrived in time."""


class ReadTimeout(Timeout):
    """The response did not arrive in time."""


class TooManyRedirects(RequestException):
    """The request was redirected too often."""


class InvalidJSONError(RequestException):
    """A value is not JSON."""


class JSONDecodeError(InvalidJSONError, json.JSONDecodeError):
    def __init__(self, error):
        json.JSONDecodeError.__init__(self, error.msg, error.doc, error.pos)
        self.request = self.response = None


class Awaited:
    """A result that a bot may await, though it is complete."""

    def __await__(self):
        return self
        yield


class Headers(dict):
    """Header fields. Their names are case-insensitive."""

    def __init__(self, pairs=()):
        super().__init__()
        for name, value in dict(pairs).items():
            self[name] = value

    def __setitem__(self, name, value):
        super().__setitem__(name.lower(), value)

    def __delitem__(self, name):
        super().__delitem__(name.lower())

    def update(self, other=(), **more):
        for name, value in {**dict(other), **more}.items():
            self[name] = value

    def setdefault(self, name, value=None):
        return super().setdefault(name.lower(), value)

    def pop(self, name, *default):
        return super().pop(name.lower(), *default)

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def __contains__(self, name):
        return super().__contains__(name.lower())

    def get(self, name, default=None):
        return super().get(name.lower(), default)


def _charset(headers):
    """The charset of the response's content type, if Python knows it; else UTF-8."""
    for part in headers.get("content-type", "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            try:
                return codecs.lookup(value.strip().strip("\"'")).name
            except LookupError:
                pass
    return "utf-8"


class Response(Awaited):
    history = ()

    def __init__(self, facts, url):
        self.status_code = self.status = facts["status"]
        self.url = facts["url"]
        self.headers = Headers(facts["headers"])
        self.content = a2b_base64(facts["body"])
        self.redirected = facts["url"] != url
        self.encoding = self.apparent_encoding = _charset(self.headers)
        self.cookies = {}
        self.elapsed = datetime.timedelta(0)
        self.request = None

    @property
    def is_redirect(self):
        return "location" in self.headers and self.status_code in (301, 302, 303, 307, 308)

    @property
    def is_permanent_redirect(self):
        return self.is_redirect and self.status_code in (301, 308)

    def iter_content(self, chunk_size=1, decode_unicode=False):
        content = self.text if decode_unicode else self.content
        size = chunk_size or len(content)
        return (content[at:at + size] for at in range(0, len(content), size or 1))

    def iter_lines(self, chunk_size=512, decode_unicode=False, delimiter=None):
        content = self.text if decode_unicode else self.content
        return iter(content.split(delimiter) if delimiter else content.splitlines())

    def __iter__(self):
        return self.iter_content(128)

    @property
    def ok(self):
        return self.status_code < 400

    @property
    def reason(self):
        try:
            return HTTPStatus(self.status_code).phrase
        except ValueError:
            return ""

    @property
    def text(self):
        return self.content.decode(self.encoding or "utf-8", "replace")

    def json(self, **options):
        try:
            return json.loads(self.content, **options)
        except json.JSONDecodeError as error:
            raise JSONDecodeError(error) from None

    def raise_for_status(self):
        if not self.ok:
            side = "Client" if self.status_code < 500 else "Server"
            message = f"{self.status_code} {side} Error: {self.reason} for url: {self.url}"
            raise HTTPError(message, response=self)

    def close(self):
        """Does nothing: no connection is open."""

    def __bool__(self):
        return self.ok

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __repr__(self):
        return f"<Response [{self.status_code}]>"


def _answer(request):
    answer = loads(ask("net", request))
    if answer["kind"] != "failed":
        return answer
    reason, message = answer["reason"], answer["message"]
    if reason == "timeout":
        raise ReadTimeout(message)
    if reason == "limit" and "redirect" in message:
        raise TooManyRedirects(message)
    raise (SSLError if "its certificate" in message else ConnectionError)(message)


def fetch(url, method="GET", headers=None, body=None, *, json=None, redirect="follow"):
    method = str(method).upper()
    if method not in ("GET", "POST"):
        raise ValueError(f"fetch: the method must be GET or POST, not {method[:40]}")
    if redirect not in ("follow", "manual"):
        raise ValueError('fetch: redirect must be "follow" or "manual"')
    fields = Headers(headers or {})
    if json is not None:
        if body is not None:
            raise ValueError("fetch: a request has a body or json, not both")
        body = dumps(json).encode()
        fields.setdefault("content-type", "application/json")
    if body is not None:
        if method == "GET":
            raise ValueError("fetch: a GET request has no body")
        if isinstance(body, str):
            body = body.encode()
            fields.setdefault("content-type", "text/plain;charset=UTF-8")
        if not isinstance(body, (bytes, bytearray)):
            raise TypeError("fetch: the body must be a string or bytes")
        body = b2a_base64(body, newline=False).decode()
    pairs = [
        [name, value.decode("latin-1") if isinstance(value, bytes) else str(value)] for name, value in fields.items()
    ]
    url = str(url)
    request = {"kind": "fetch", "method": method, "url": url, "headers": pairs, "body": body, "redirect": redirect}
    return Response(_answer(request), url)


def tls_certificate(host, port=443):
    answer = _answer({"kind": "tls", "host": str(host), "port": int(port)})
    del answer["kind"]
    return answer
