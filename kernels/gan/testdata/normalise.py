# Makes normalise.json: the factors of Normalise, from the closed form of its range and not by its recursion.
# With x = ln m of the usable frames, the range before frame t is  0.8^t x_0 + 0.2 sum_{k<t} 0.8^(t-1-k) x_k.
import json, math

def factors(magnitude):
    seen, out = [], []
    for m in magnitude:
        if m is None or not m > 0:
            out.append(0.0)
            continue
        x, t = math.log(m), len(seen)
        r = 0.8**t * (seen[0] if seen else x) + math.fsum(0.2 * 0.8**(t - 1 - k) * seen[k] for k in range(t))
        out.append(1 / (1 + math.exp(-(x - r) / 2)) / m)
        seen.append(x)
    return out

cases = {
    "steady": [2.0] * 5,
    "one frame explodes": [1, 1.1, 0.9, 1e6, 1, 1.1, 0.9, 1, 1],
    "vanishes": [1, 1, 1, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4],
    "grows": [0.01 * 1.5**i for i in range(12)],
    "zeros and what is not finite (null)": [0, None, 3, 0, None, 3, 30],
    "nothing": [],
}
json.dump({"decay": 0.2, "slope": 0.5, "cases": [{"name": n, "magnitude": m, "factor": factors(m)} for n, m in cases.items()]}, open("normalise.json", "w"), indent=1)
