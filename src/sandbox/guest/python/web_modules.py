"""`requests` and `urllib.request` for bots, over `fetch`: their commonly used parts."""
import base64
import sys
import types
import urllib
import urllib.parse
from http import HTTPStatus


class AuthBase:
    """The base class for `auth=`: an instance is called with the request and returns it."""


class HTTPBasicAuth(AuthBase):
    def __init__(self, username, password):
        self.username, self.password = username, password

    def __call__(self, request):
        pair = b":".join(part.encode("utf-8") if isinstance(part, str) else part
                         for part in (self.username, self.password))
        request.headers["authorization"] = "Basic " + base64.b64encode(pair).decode()
        return request


class HTTPDigestAuth(AuthBase):
    def __init__(self, *_):
        raise NotImplementedError("requests.auth.HTTPDigestAuth: bots have basic authentication only")


class HTTPAdapter:
    def __init__(self, pool_connections=10, pool_maxsize=10, max_retries=0, pool_block=False):
        if isinstance(max_retries, bool) or not isinstance(max_retries, int):
            raise NotImplementedError("requests.adapters.HTTPAdapter: max_retries must be a whole number")
        self.max_retries = max_retries

    def close(self):
        """Does nothing: no connection is open."""


class Cookies(dict):
    def set(self, name, value, **_):
        self[name] = value

    def get_dict(self, *_):
        return dict(self)


class PreparedRequest:
    """A request, which `auth` may change."""

    def __init__(self, method, url, headers, body):
        self.method, self.url, self.headers, self.body = method, url, headers, body


def _unsupported(name, why):
    raise NotImplementedError(f"requests: {name} does not work in a bot: {why}")


class Session:
    def __init__(self):
        self.headers = network.Headers()
        self.params = {}
        self.auth = self.cert = None
        self.cookies = Cookies()
        self.proxies, self.hooks = {}, {}
        self.verify, self.stream, self.trust_env = True, False, True
        self._adapters = {}

    def mount(self, prefix, adapter):
        self._adapters[prefix] = adapter

    def request(
        self, method, url, params=None, data=None, headers=None, cookies=None, files=None, auth=None, timeout=None,
        allow_redirects=True, proxies=None, hooks=None, stream=None, verify=None, cert=None, json=None,
    ):
        """`timeout` has no effect, because all requests of a hook share four seconds; nor has `stream`, because a
        response always arrives as a whole."""
        method = str(method).upper()
        if method not in ("GET", "POST"):
            _unsupported(f"requests.{method.lower()[:40]}", "only get and post do")
        if files:
            _unsupported("files=", "post the bytes as data=")
        if proxies or self.proxies:
            _unsupported("proxies=", "requests go directly to the host")
        if cert or self.cert:
            _unsupported("cert=", "a bot has no certificate of its own")
        if verify is False or self.verify is False or isinstance(verify or self.verify, str):
            _unsupported("verify=", "certificates are always checked, against the usual authorities")
        if hooks or any(self.hooks.values()):
            _unsupported("hooks=", "call the function with the response")
        if isinstance(timeout, str):
            raise ValueError("requests: timeout must be a number of seconds")
        fields = network.Headers({**self.headers, **network.Headers(headers or {})})
        for name in [name for name, value in fields.items() if value is None]:
            del fields[name]
        if isinstance(params, (str, bytes)):
            query = params.decode() if isinstance(params, bytes) else params
        else:
            pairs = [*dict(self.params).items(), *(params.items() if hasattr(params, "items") else params or ())]
            query = urllib.parse.urlencode([pair for pair in pairs if pair[1] is not None], doseq=True)
        if query:
            url, mark, fragment = str(url).partition("#")
            url += ("&" if "?" in url else "?") + query + mark + fragment
        jar = {**self.cookies, **dict(cookies or {})}
        if jar:
            fields.setdefault("cookie", "; ".join(f"{name}={value}" for name, value in jar.items()))
        if data is None and json is not None:
            try:
                data = dumps(json).encode()
            except (TypeError, ValueError) as error:
                raise network.InvalidJSONError(f"requests: json= must be JSON: {error}") from None
            fields.setdefault("content-type", "application/json")
        elif isinstance(data, str):
            data = data.encode()
        elif hasattr(data, "read"):
            data = data.read()
        elif data and not isinstance(data, (bytes, bytearray)):
            data = urllib.parse.urlencode(data, doseq=True).encode()
            fields.setdefault("content-type", "application/x-www-form-urlencoded")
        prepared = PreparedRequest(method, str(url), fields, data or None)
        auth = auth or self.auth
        if isinstance(auth, (tuple, list)):
            auth = HTTPBasicAuth(*auth)
        if auth:
            prepared = auth(prepared) or prepared
        return self._send(prepared, "follow" if allow_redirects else "manual")

    def _send(self, prepared, redirect):
        prefixes = [prefix for prefix in self._adapters if prepared.url.lower().startswith(prefix.lower())]
        retries = self._adapters[max(prefixes, key=len)].max_retries if prefixes else 0
        while True:
            try:
                response = network.fetch(
                    prepared.url, prepared.method, prepared.headers, prepared.body, redirect=redirect,
                )
                response.request = prepared
                return response
            except (network.ConnectionError, network.Timeout) as error:
                error.request = prepared
                if retries <= 0:
                    raise
                retries -= 1

    def get(self, url, **options):
        return self.request("GET", url, **options)

    def post(self, url, data=None, json=None, **options):
        return self.request("POST", url, data=data, json=json, **options)

    def put(self, url, *_, **__):
        return self.request("PUT", url)

    def patch(self, url, *_, **__):
        return self.request("PATCH", url)

    def delete(self, url, *_, **__):
        return self.request("DELETE", url)

    def head(self, url, *_, **__):
        return self.request("HEAD", url)

    def options(self, url, *_, **__):
        return self.request("OPTIONS", url)

    def close(self):
        """Does nothing: no connection is open."""

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
        self.reason, self.hdrs, self.fp, self.filename = opened.reason, opened.headers, opened, opened.url
        self.info, self.geturl, self.getcode = opened.info, opened.geturl, opened.getcode


class Request:
    def __init__(self, url, data=None, headers=None, origin_req_host=None, unverifiable=False, method=None):
        self.full_url, self.data, self.method = url, data, method
        self.headers = network.Headers(headers or {})

    def add_header(self, name, value):
        self.headers[name] = value

    add_unredirected_header = add_header

    def has_header(self, name):
        return name in self.headers

    def get_header(self, name, default=None):
        return self.headers.get(name, default)

    def get_full_url(self):
        return self.full_url

    def get_method(self):
        return self.method or ("GET" if self.data is None else "POST")


class Opened:
    """The response that `urlopen` returns."""

    def __init__(self, response):
        self.status = self.code = response.status_code
        self.reason, self.url = response.reason, response.url
        self.headers = response.headers
        self._unread = response.content

    def read(self, size=-1):
        size = len(self._unread) if size is None or size < 0 else size
        part, self._unread = self._unread[:size], self._unread[size:]
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


def urlopen(url, data=None, timeout=None, *, cafile=None, capath=None, context=None):
    if cafile or capath or context:
        raise NotImplementedError("urlopen: certificates are always checked, against the usual authorities")
    request = url if isinstance(url, Request) else Request(url)
    body = request.data if data is None else data
    method = request.get_method() if body is None else request.method or "POST"
    if isinstance(body, bytes):
        request.headers.setdefault("content-type", "application/x-www-form-urlencoded")
    try:
        opened = Opened(network.fetch(request.full_url, method, request.headers, body))
    except network.RequestException as error:
        raise URLError(str(error)) from None
    if opened.status >= 400:
        raise UrlHTTPError(opened)
    return opened


def _module(name, **members):
    new_module = sys.modules[name] = types.ModuleType(name)
    new_module.__dict__.update(members)
    return new_module


def _once(method):
    def once(url, *args, **options):
        return getattr(Session(), method)(url, *args, **options)
    once.__name__ = method
    return once


def _get(url, params=None, **options):
    return Session().get(url, params=params, **options)


class _Codes(dict):
    """Status codes by their names: codes.ok, codes["not_found"]."""

    def __getattr__(self, name):
        return self.get(name)


_codes = _Codes({status.name.lower(): status.value for status in HTTPStatus})
_codes.update({name.upper(): value for name, value in list(_codes.items())})
_codes.update(okay=200, all_ok=200, teapot=418, too_many=429, server_error=500, unavailable=503)


def _error(name, *bases):
    return type(name, bases, {"__module__": "requests.exceptions"})


_base = network.RequestException
_errors = {
    "RequestException": _base,
    "HTTPError": network.HTTPError,
    "ConnectionError": network.ConnectionError,
    "SSLError": network.SSLError,
    "ProxyError": _error("ProxyError", network.ConnectionError),
    "Timeout": network.Timeout,
    "ReadTimeout": network.ReadTimeout,
    "ConnectTimeout": _error("ConnectTimeout", network.ConnectionError, network.Timeout),
    "TooManyRedirects": network.TooManyRedirects,
    "InvalidJSONError": network.InvalidJSONError,
    "JSONDecodeError": network.JSONDecodeError,
    "RequestsWarning": type("RequestsWarning", (Warning,), {}),
    "RequestsDependencyWarning": type("RequestsDependencyWarning", (Warning,), {}),
    "FileModeWarning": type("FileModeWarning", (DeprecationWarning,), {}),
    **{name: _error(name, _base) for name in (
        "URLRequired", "RetryError", "ChunkedEncodingError", "UnrewindableBodyError",
    )},
    **{name: _error(name, _base, ValueError) for name in (
        "MissingSchema", "InvalidSchema", "InvalidURL", "InvalidHeader", "InvalidProxyURL",
    )},
    "ContentDecodingError": _error("ContentDecodingError", _base),
    "StreamConsumedError": _error("StreamConsumedError", _base, TypeError),
}
_requests = _module(
    "requests", **_errors, Session=Session, session=Session, Response=network.Response, codes=_codes, get=_get,
    **{method: _once(method) for method in ("post", "put", "patch", "delete", "head", "options")},
    request=lambda method, url, **options: Session().request(method, url, **options), __version__="2.32.0",
)
_parts = {
    "exceptions": _errors,
    "auth": {"AuthBase": AuthBase, "HTTPBasicAuth": HTTPBasicAuth, "HTTPDigestAuth": HTTPDigestAuth},
    "adapters": {"HTTPAdapter": HTTPAdapter},
    "sessions": {"Session": Session},
    "models": {"Response": network.Response},
    "cookies": {"RequestsCookieJar": Cookies, "cookiejar_from_dict": Cookies},
    "structures": {"CaseInsensitiveDict": network.Headers},
    "status_codes": {"codes": _codes},
    "utils": {"quote": urllib.parse.quote, "unquote": urllib.parse.unquote, "dict_from_cookiejar": dict},
}
for _part, _members in _parts.items():
    setattr(_requests, _part, _module(f"requests.{_part}", **_members))
# A package needs a path; without one, Python refuses `import requests.exceptions`.
_requests.__path__ = []

UrlHTTPError.__name__ = "HTTPError"
urllib.error = _module("urllib.error", URLError=URLError, HTTPError=UrlHTTPError)
urllib.request = _module("urllib.request", urlopen=urlopen, Request=Request)
