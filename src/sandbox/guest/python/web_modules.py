"""`requests` and `urllib.request` for bots, over `fetch`: what of them bots use, under the names they know."""
import base64
import sys
import types
import urllib
import urllib.parse


class Session:
    def __init__(self):
        self.headers = network.Headers()
        self.params = {}
        self.auth = None

    def request(self, method, url, params=None, data=None, headers=None, json=None, auth=None, **_):
        """Takes the other arguments of `requests`, such as `timeout`, and does without them."""
        fields = network.Headers({**self.headers, **(headers or {})})
        query = urllib.parse.urlencode({**self.params, **dict(params or {})}, doseq=True)
        if query:
            url, mark, fragment = str(url).partition("#")
            url += ("&" if "?" in url else "?") + query + mark + fragment
        auth = auth or self.auth
        if auth:
            fields["authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        if data is None and json is not None:
            data = dumps(json).encode()
            fields.setdefault("content-type", "application/json")
        elif isinstance(data, str):
            data = data.encode()
        elif data and not isinstance(data, (bytes, bytearray)):
            data = urllib.parse.urlencode(data, doseq=True).encode()
            fields.setdefault("content-type", "application/x-www-form-urlencoded")
        return network.fetch(url, method, fields, data or None)

    def get(self, url, params=None, **options):
        return self.request("GET", url, params=params, **options)

    def post(self, url, data=None, json=None, **options):
        return self.request("POST", url, data=data, json=json, **options)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class URLError(OSError):
    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class UrlHTTPError(URLError):
    def __init__(self, opened):
        super().__init__(f"HTTP Error {opened.status}: {opened.reason}")
        self.code = self.status = opened.status
        self.msg, self.headers, self.url, self.read = opened.reason, opened.headers, opened.url, opened.read


class Request:
    def __init__(self, url, data=None, headers=None, method=None, **_):
        self.full_url, self.data, self.method = url, data, method
        self.headers = network.Headers(headers or {})

    def add_header(self, name, value):
        self.headers[name] = value

    def get_method(self):
        return self.method or ("GET" if self.data is None else "POST")


class Opened:
    """What `urlopen` gives."""

    def __init__(self, response):
        self.status = self.code = response.status_code
        self.reason, self.url = response.reason, response.url
        self.headers = response.headers
        self._left = response.content

    def read(self, size=-1):
        size = len(self._left) if size is None or size < 0 else size
        part, self._left = self._left[:size], self._left[size:]
        return part

    def getcode(self):
        return self.status

    def geturl(self):
        return self.url

    def info(self):
        return self.headers

    def getheader(self, name, default=None):
        return self.headers.get(name, default)

    def __iter__(self):
        return iter(self.read().splitlines(True))

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def urlopen(url, data=None, timeout=None, **_):
    asked = url if isinstance(url, Request) else Request(url)
    body = asked.data if data is None else data
    method = asked.get_method() if body is None else asked.method or "POST"
    if isinstance(body, bytes):
        asked.headers.setdefault("content-type", "application/x-www-form-urlencoded")
    try:
        opened = Opened(network.fetch(asked.full_url, method, asked.headers, body))
    except network.RequestException as error:
        raise URLError(str(error)) from None
    if opened.status >= 400:
        raise UrlHTTPError(opened)
    return opened


def _module(name, **members):
    made = sys.modules[name] = types.ModuleType(name)
    made.__dict__.update(members)
    return made


def _once(method):
    return lambda url, *args, **options: getattr(Session(), method)(url, *args, **options)


_errors = {
    "RequestException": network.RequestException,
    "HTTPError": network.HTTPError,
    "ConnectionError": network.ConnectionError,
    "Timeout": network.Timeout,
    "ConnectTimeout": network.Timeout,
    "ReadTimeout": network.Timeout,
    "TooManyRedirects": network.ConnectionError,
    "JSONDecodeError": network.JSONDecodeError,
}
_requests = _module(
    "requests", **_errors, Session=Session, session=Session, Response=network.Response, get=_once("get"),
    post=_once("post"), request=lambda method, url, **options: Session().request(method, url, **options),
)
_requests.exceptions = _module("requests.exceptions", **_errors)
# Makes `import requests.exceptions` look for a part of it.
_requests.__path__ = []

UrlHTTPError.__name__ = "HTTPError"
urllib.error = _module("urllib.error", URLError=URLError, HTTPError=UrlHTTPError)
urllib.request = _module("urllib.request", urlopen=urlopen, Request=Request)
