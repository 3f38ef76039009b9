"""Writes optimizers.json: what PyTorch's optimisers make of given gradients. Usage: python optimizers.py > optimizers.json"""

import json

import torch

STEPS = 6
CASES = {
    "adam": (torch.optim.Adam, {"lr": 0.01}),
    "adam, weight decay": (torch.optim.Adam, {"lr": 0.01, "weight_decay": 0.1, "betas": (0.8, 0.99), "eps": 1e-3}),
    "adamW": (torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.1}),
    "sgd": (torch.optim.SGD, {"lr": 0.1}),
    "sgd, momentum": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    "sgd, Nesterov": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "sgd, Nesterov, clipped, two rates": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
}


def trajectory(make, options, start, gradients, special):
    kernel, bias = (torch.tensor(one, requires_grad=True) for one in start)
    groups = [{"params": [kernel]}, {"params": [bias], "lr": options["lr"] * (0.5 if special else 1)}]
    optimizer = make(groups, **options)
    steps = []
    for gradient in gradients:
        kernel.grad, bias.grad = (torch.tensor(one) for one in gradient)
        if special:
            torch.nn.utils.clip_grad_norm_([kernel, bias], 1.0)
        optimizer.step()
        steps.append([kernel.flatten().tolist(), bias.tolist()])
    return steps


torch.manual_seed(1)
draw = lambda: [torch.randn(3, 2).tolist(), torch.randn(2).tolist()]
start = draw()
gradients = [draw() for _ in range(STEPS)]
cases = {
    name: trajectory(make, options, start, gradients, "clipped" in name) for name, (make, options) in CASES.items()
}
print(json.dumps({"torch": torch.__version__, "start": start, "gradients": gradients, "cases": cases}))
