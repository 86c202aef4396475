"""Writes the constants of the math kernels as Rust source: `python tables.py > ../src/tables.rs` (needs mpmath).

Everything is computed here with mpmath in 300 bits from the definitions in the comments; nothing is copied from another library.
"""
import struct
import mpmath as mp

mp.mp.prec = 300


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", float(x)))[0]


def nearest(x):
    """The double nearest to x (all values here are normal)."""
    return float(mp.mpf(x))


def short(x, digits):
    """x rounded to `digits` significant bits."""
    if x == 0:
        return mp.mpf(0)
    _, exponent = mp.frexp(x)
    unit = mp.ldexp(1, exponent - digits)
    return mp.nint(x / unit) * unit


def multiple(x, unit):
    """x rounded to a multiple of `unit`."""
    return mp.nint(x / unit) * unit


def constant(name, value, doc):
    print(f"/// {doc}")
    print(f"pub(crate) const {name}: f64 = f64::from_bits({literal(value)});")


def literal(value):
    text = f"{bits(value):016x}"
    return "0x" + "_".join(text[i:i + 4] for i in range(0, 16, 4))


def table(name, values, doc):
    print(f"/// {doc}")
    print(f"pub(crate) const {name}: [u64; {len(values)}] = [")
    for start in range(0, len(values), 4):
        print("    " + ", ".join(literal(v) for v in values[start:start + 4]) + ",")
    print("];")


EXP_STEPS = 128
LOG_STEPS = 128
LOG_BELOW_ONE = 74
ATAN_STEPS = 64
ERF_STEPS = 16

print("//! Constants of the kernels, as bit patterns of doubles. Written by `tables/tables.py`; do not edit. The tables are of patterns too.")
print("//!")
print("//! Again: `python crates/math/tables/tables.py > crates/math/src/tables.rs` (needs mpmath).")
print()

ln2 = mp.log(2)
step = ln2 / EXP_STEPS
step_hi = short(step, 34)
constant("EXP_STEPS_PER_ONE", nearest(1 / step), "128 / ln 2.")
constant("EXP_STEP_HI", step_hi, "ln 2 / 128 in 34 bits, so that its product with a whole number below 2^19 is exact.")
constant("EXP_STEP_LO", nearest(step - step_hi), "ln 2 / 128, the rest.")
heads, tails = [], []
for j in range(EXP_STEPS):
    value = mp.mpf(2) ** (mp.mpf(j) / EXP_STEPS)
    head = short(value, 26)
    heads.append(head)
    tails.append(nearest(value - head))
table("EXP_HEAD", heads, "2^(j/128) in 26 bits, for j = 0..128.")
table("EXP_TAIL", tails, "2^(j/128), the rest.")
for n in range(2, 7):
    constant(f"EXP_C{n}", nearest(mp.mpf(1) / mp.factorial(n)), f"1/{n}!")

unit = mp.ldexp(1, -42)
ln2_hi = multiple(ln2, unit)
constant("LN2_HI", ln2_hi, "ln 2 as a multiple of 2^-42, so that its product with a binary exponent is exact.")
constant("LN2_LO", nearest(ln2 - ln2_hi), "ln 2, the rest.")
inverses, log_his, log_los = [], [], []
for i in range(LOG_STEPS):
    n = i - LOG_BELOW_ONE
    # The interval's ends are bit patterns 1.0 + (n -+ 1/2) * 2^45; doubles lie twice as close below one.
    low, high = ((mp.mpf(n) + s) for s in (mp.mpf(-0.5), mp.mpf(0.5)))
    at = lambda t: 1 + t / 128 if t >= 0 else 1 + t / 256
    inverse = mp.mpf(1) if n == 0 else multiple(2 / (at(low) + at(high)), mp.ldexp(1, -12))
    log_c = -mp.log(inverse)
    log_hi = multiple(log_c, unit)
    inverses.append(inverse)
    log_his.append(log_hi)
    log_los.append(nearest(log_c - log_hi))
table("LOG_INVERSE", inverses, "1/c, a multiple of 2^-12, for c near the middle of interval i of the mantissa.")
table("LOG_HI", log_his, "ln c as a multiple of 2^-42.")
table("LOG_LO", log_los, "ln c, the rest.")
for n in range(3, 10):
    constant(f"LOG_C{n}", nearest(mp.mpf((-1) ** (n + 1)) / n), f"{'-' if n % 2 == 0 else ''}1/{n}")
for name, value, doc in (("LOG2_E", 1 / ln2, "1 / ln 2"), ("LOG10_E", 1 / mp.log(10), "1 / ln 10")):
    head = short(value, 26)
    constant(name + "_HI", head, doc + " in 26 bits.")
    constant(name + "_LO", nearest(value - head), doc + ", the rest.")

pi = mp.pi
half_pi = nearest(pi / 2)
constant("HALF_PI_HI", half_pi, "pi / 2.")
constant("HALF_PI_LO", nearest(pi / 2 - half_pi), "pi / 2, the rest.")
constant("SIXTH_LO", nearest(mp.mpf(1) / 6 - nearest(mp.mpf(1) / 6)), "1/6, what its double leaves.")
# The inverse tangent at the middles of its intervals.
atans = [mp.atan(mp.mpf(k) / ATAN_STEPS) for k in range(ATAN_STEPS + 1)]
table("ATAN_HI", [nearest(value) for value in atans], "atan(k/64), for k = 0..=64.")
table("ATAN_LO", [nearest(value - nearest(value)) for value in atans], "atan(k/64), the rest.")
# The error function and its slope at the middles of its intervals.
centres = [mp.mpf(k) / ERF_STEPS for k in range(6 * ERF_STEPS + 1)]
erfs = [mp.erf(c) for c in centres]
slopes = [2 / mp.sqrt(pi) * mp.exp(-c * c) for c in centres]
table("ERF_HI", [nearest(value) for value in erfs], "erf(k/16), for k = 0..=96.")
table("ERF_LO", [nearest(value - nearest(value)) for value in erfs], "erf(k/16), the rest.")
table("ERF_SLOPE_HI", [nearest(value) for value in slopes], "The slope of erf at k/16, 2 / sqrt(pi) exp(-(k/16)^2), for k = 0..=96.")
table("ERF_SLOPE_LO", [nearest(value - nearest(value)) for value in slopes], "The slope of erf at k/16, the rest.")
# Digits of 28 bits; two zeros before the point, and enough behind it for the greatest double.
mp.mp.prec = 1400
digits = [0, 0] + [int(mp.floor(2 / mp.pi * mp.mpf(2) ** (28 * i))) & (2**28 - 1) for i in range(1, 43)]
print(f"/// 2/pi in digits of 28 bits, behind two that are zero.\npub(crate) const TWO_OVER_PI: [i64; {len(digits)}] = [")
for at in range(0, len(digits), 8):
    print("    " + " ".join(f"0x{digit:07x}," for digit in digits[at : at + 8]))
print("];")
