"""`fetch` for bots, as far as GET and POST need. Waits for its answer.

Conveniences: what may be asked is decided outside of the interpreter.
"""
import builtins
import json
from http import HTTPStatus


class RequestException(OSError):
    """Something went wrong with a request."""

    def __init__(self, *args, request=None, response=None):
        super().__init__(*args)
        self.request, self.response = request, response


class HTTPError(RequestException):
    """The status says that the request failed."""


class ConnectionError(RequestException, builtins.ConnectionError):
    """There was no answer."""


class Timeout(RequestException, TimeoutError):
    """There was no answer in time."""


class JSONDecodeError(RequestException, json.JSONDecodeError):
    def __init__(self, error):
        json.JSONDecodeError.__init__(self, error.msg, error.doc, error.pos)


class Headers(dict):
    """Header fields by their names, in whatever case."""

    def __init__(self, pairs=()):
        super().__init__()
        for name, value in dict(pairs).items():
            self[name] = value

    def __setitem__(self, name, value):
        super().__setitem__(name.lower(), value)

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def __contains__(self, name):
        return super().__contains__(name.lower())

    def get(self, name, default=None):
        return super().get(name.lower(), default)


class Response:
    def __init__(self, facts, asked):
        self.status_code = self.status = facts["status"]
        self.url = facts["url"]
        self.headers = Headers(facts["headers"])
        self.content = a2b_base64(facts["body"])
        self.redirected = facts["url"] != asked
        self.encoding = "utf-8"

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
            whose = "Client" if self.status_code < 500 else "Server"
            told = f"{self.status_code} {whose} Error: {self.reason} for url: {self.url}"
            raise HTTPError(told, response=self)

    def close(self):
        pass

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
    raise (Timeout if answer["reason"] == "timeout" else ConnectionError)(answer["message"])


def fetch(url, method="GET", headers=None, body=None):
    method = str(method).upper()
    if method not in ("GET", "POST"):
        raise ValueError("fetch: the method must be GET or POST")
    fields = Headers(headers or {})
    if body is not None:
        if method == "GET":
            raise ValueError("fetch: a GET request has no body")
        if isinstance(body, str):
            body = body.encode()
            fields.setdefault("content-type", "text/plain;charset=UTF-8")
        if not isinstance(body, (bytes, bytearray)):
            raise TypeError("fetch: the body must be a string or bytes")
        body = b2a_base64(body, newline=False).decode()
    pairs = [[name, str(value)] for name, value in fields.items()]
    url = str(url)
    return Response(_answer({"kind": "fetch", "method": method, "url": url, "headers": pairs, "body": body}), url)


def tls_certificate(host, port=443):
    answer = _answer({"kind": "tls", "host": str(host), "port": int(port)})
    del answer["kind"]
    return answer
