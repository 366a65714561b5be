"""Writes what PyTorch computes, in float64, into torch-2.3.1.json; entries that it does not make stay as they are.

    pip install torch==2.3.1 && python testdata/reference.py    (in kernels/autodiff; a result's gradients are those of its sum with weights fill(9))
"""
import json, math, os
import torch
import torch.nn.functional as F

inf, nan = math.inf, math.nan


def fill(k, *shape):
    return torch.tensor([math.sin(k + 0.7 * i) for i in range(math.prod(shape))], dtype=torch.float64).reshape(shape)


values = {}


def keep(name, f, **inputs):
    """Keeps f of the inputs, and the gradient with respect to each that has a name of one letter."""
    xs = {k: torch.as_tensor(v, dtype=torch.float64).clone().requires_grad_() for k, v in inputs.items()}
    y = f(**xs)
    values[name] = y.flatten().tolist()
    weights = fill(9, *y.shape) if y.dim() else torch.tensor(1.0, dtype=torch.float64)
    for k, g in zip(xs, torch.autograd.grad((y * weights).sum(), xs.values())):
        values[f"{name} d{k}"] = g.flatten().tolist()


keep("conv", lambda x, w, b: F.conv2d(F.pad(x, (3, 0, 2, 1)), w, b, stride=2, groups=2), x=fill(1, 2, 4, 6, 5), w=fill(2, 6, 2, 3, 2), b=fill(3, 6))
ties = torch.round(2 * fill(1, 2, 2, 5, 6)) / 2
holes = ties.clone()
holes[0, 0, 2, 3] = holes[1, 1, 0, 0] = holes[1, 1, 0, 1] = nan
for name, x in ("ties", ties), ("holes", holes):
    keep("max " + name, lambda x: F.max_pool2d(x, 3, 2, 1), x=x)
    keep("avg " + name, lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), x=x)
signs = torch.sign(fill(2, 12))
keep("hinge", lambda x: F.relu(1 - x * signs).mean(), x=torch.cat([3 * fill(1, 11), signs[11:]]))  # the last one at the corner
keep("bce", lambda x, y: F.binary_cross_entropy_with_logits(x, y), x=40 * fill(1, 12), y=(1 + fill(2, 12)) / 2)
keep("cross entropy", lambda x: F.cross_entropy(x, torch.tensor([1, 3, 0])), x=20 * fill(1, 3, 4))
points = [-7, -2, -0.0, 0, 0.5, 3, 6, 7, inf, -inf]
keep("leaky", lambda x: F.leaky_relu(x, 0.1), x=points + [nan])
keep("relu6", lambda x: F.relu6(x), x=points)
masked = torch.tensor([[1, -inf, 2, -inf], [-inf, -inf, -inf, 3], [0, 0, 0, 0]], dtype=torch.float64)
keep("softmax", lambda x: F.softmax(x, -1), x=masked)
keep("logsumexp", lambda x: torch.logsumexp(x, -1), x=masked)
values["logsumexp of infinities"] = torch.logsumexp(
    torch.tensor([[inf, 1], [inf, inf], [inf, -inf], [-inf, -inf], [nan, 1], [nan, inf]], dtype=torch.float64), -1).tolist()
keep("norm over rows", lambda x: torch.linalg.vector_norm(x, dim=1), x=[[3, -4], [0, 0], [0, 2]])

# q joins p after three steps; p has no gradient in the fifth
p, q = fill(1, 4).requires_grad_(), fill(2, 4).requires_grad_()
adam = torch.optim.Adam([p, q], lr=0.05)
for step in range(7):
    p.grad = None if step == 4 else fill(2 + step, 4) * (step + 1)
    q.grad = fill(2 + step, 4) * (step + 1) if step >= 3 else None
    adam.step()
values["adam late"] = p.tolist() + q.tolist()


def text(v):
    return repr(v).removesuffix(".0") if math.isfinite(v) else f'"{v}"'


path = os.path.join(os.path.dirname(__file__), f"torch-{torch.__version__.split('+')[0]}.json")
with open(path) as f:
    everything = {k: [float(v) for v in vs] for k, vs in json.load(f).items()}
everything.update(values)
with open(path, "w") as f:
    f.write("{\n" + ",\n".join('"%s": [%s]' % (k, ", ".join(map(text, v))) for k, v in everything.items()) + "\n}\n")
