"""BLS signatures on G1 of BLS12-381 in drand's scheme bls-unchained-g1-rfc9380, with Python's standard library alone,
for the second verifier. The code is short rather than fast: a check takes about a second."""
import functools
import hashlib
import json
import os

P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab
R = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001
X = 0xd201000000010000  # of which the curve's parameter is the negative
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


# Fp2 is Fp[u] / (u^2 + 1), a pair each.
def add2(a, b):
    return (a[0] + b[0]) % P, (a[1] + b[1]) % P


def sub2(a, b):
    return (a[0] - b[0]) % P, (a[1] - b[1]) % P


def mul2(a, b):
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def inv2(a):
    n = pow(a[0] * a[0] + a[1] * a[1], -1, P)
    return a[0] * n % P, -a[1] * n % P


# Fp12 is Fp2[w] / (w^6 - (1 + u)), six coefficients each.
ONE = [(1, 0)] + [(0, 0)] * 5


def mul12(a, b):
    real, imaginary = [0] * 11, [0] * 11
    for i, (a0, a1) in enumerate(a):
        if a0 or a1:
            for j, (b0, b1) in enumerate(b):
                real[i + j] += a0 * b0 - a1 * b1
                imaginary[i + j] += a0 * b1 + a1 * b0
    for i in range(5):  # times 1 + u
        real[i] += real[i + 6] - imaginary[i + 6]
        imaginary[i] += real[i + 6] + imaginary[i + 6]
    return [(real[i] % P, imaginary[i] % P) for i in range(6)]


def pow12(a, n):
    result = ONE
    for bit in bin(n)[2:]:
        result = mul12(result, result)
        if bit == "1":
            result = mul12(result, a)
    return result


# G1, affine, over Fp; None is the point at infinity.
def add1(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times1(n, point):
    result = None
    for bit in bin(n)[2:]:
        result = add1(result, result)
        if bit == "1":
            result = add1(result, point)
    return result


# The pairing: a line through points of the twist, evaluated at a point of G1, times w^3. The final exponentiation maps
# the extra factor to 1.
def line(slope, at, point):
    x, y = point
    return [sub2(mul2(slope, at[0]), at[1]), (0, 0), (-slope[0] * x % P, -slope[1] * x % P), (y, 0),
            (0, 0), (0, 0)]


def miller(g1, g2):
    f, at = ONE, g2
    for bit in bin(X)[3:]:
        square = mul2(at[0], at[0])
        slope = mul2((3 * square[0], 3 * square[1]), inv2(add2(at[1], at[1])))
        f, at = mul12(mul12(f, f), line(slope, at, g1)), third(slope, at, at)
        if bit == "1":
            slope = mul2(sub2(g2[1], at[1]), inv2(sub2(g2[0], at[0])))
            f, at = mul12(f, line(slope, at, g1)), third(slope, at, g2)
    return f


def third(slope, a, b):
    x = sub2(sub2(mul2(slope, slope), a[0]), b[0])
    return x, sub2(mul2(slope, sub2(a[0], x)), a[1])


# The encoding of points: big-endian, with three flags in the top bits.
def flags_of(data):
    if data[0] >> 6 != 2:
        raise ValueError("neither compressed nor finite")
    return data[0] >> 5 & 1, bytes([data[0] & 31]) + data[1:]


def g1_from(data):
    largest, x = flags_of(data)
    x = int.from_bytes(x, "big")
    y = pow(x * x * x + 4, (P + 1) // 4, P)
    if len(data) != 48 or x >= P or (y * y - x * x * x - 4) % P:
        raise ValueError("no point of the curve")
    point = x, P - y if (y > P // 2) != largest else y
    if times1(R, point) is not None:
        raise ValueError("no point of the group")
    return point


def g2_from(data):
    largest, x = flags_of(data)
    x = int.from_bytes(x[48:], "big"), int.from_bytes(x[:48], "big")
    square = add2(mul2(x, mul2(x, x)), (4, 4))
    y = sqrt2(square)
    if len(data) != 96 or max(x) >= P or y is None:
        raise ValueError("no point of the curve")
    is_largest = y[1] > P // 2 or y[1] == 0 and y[0] > P // 2
    return x, sub2((0, 0), y) if is_largest != largest else y


def sqrt2(a):
    norm = pow(a[0] * a[0] + a[1] * a[1], (P + 1) // 4, P)
    for sign in (norm, -norm):
        half = (a[0] + sign) * pow(2, -1, P) % P
        y0 = pow(half, (P + 1) // 4, P)
        if y0:
            y = y0, a[1] * pow(2 * y0, -1, P) % P
            if mul2(y, y) == a:
                return y
    return None


G2 = (
    (0x24aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8,
     0x13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e),
    (0xce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801,
     0x606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be))


# Hashing to a point of G1, RFC 9380: expand_message_xmd, the map of 6.6.2 and the isogeny of E.2.
A = 0x144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1d
B = 0x12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0
Z = 11
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bls12381_g1_isogeny.json")) as constants:
    ISOGENY = {name: [int(k, 16) for k in ks] for name, ks in json.load(constants).items()}


def expanded(message, count):
    suffix = DST + bytes([len(DST)])
    first = hashlib.sha256(bytes(64) + message + count.to_bytes(2, "big") + b"\0" + suffix).digest()
    block, out = bytes(32), b""
    for i in range(1, count // 32 + 1):
        mixed = bytes(a ^ b for a, b in zip(first, block))
        block = hashlib.sha256(mixed + bytes([i]) + suffix).digest()
        out += block
    return out


def mapped(u):
    v = Z * u * u % P
    d = (v * v + v) % P
    x = -B * pow(A, -1, P) * (1 + pow(d, -1, P)) % P if d else B * pow(Z * A, -1, P) % P
    square = (x * x * x + A * x + B) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        x = v * x % P
        y = pow(x * x * x + A * x + B, (P + 1) // 4, P)
    if y % 2 != u % 2:
        y = -y
    x_num, x_den, y_num, y_den = (
        sum(k * pow(x, i, P) for i, k in enumerate(ISOGENY[name])) for name in ("x_num", "x_den", "y_num", "y_den"))
    return x_num * pow(x_den, -1, P) % P, y * y_num * pow(y_den, -1, P) % P


def hashed(message):
    data = expanded(message, 128)
    u, v = (int.from_bytes(data[i:i + 64], "big") % P for i in (0, 64))
    return times1(1 + X, add1(mapped(u), mapped(v)))


@functools.lru_cache(None)
def is_signed(public_key, number, signature):
    """Whether `signature` is the chain's signature for round `number`; key and signature in hex."""
    try:
        key, point = g2_from(bytes.fromhex(public_key)), g1_from(bytes.fromhex(signature))
    except (ValueError, IndexError):
        return False
    message = hashed(hashlib.sha256(number.to_bytes(8, "big")).digest())
    product = mul12(miller(message, key), miller((point[0], -point[1] % P), G2))
    return pow12(product, (P**12 - 1) // R) == ONE
