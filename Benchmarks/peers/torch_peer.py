"""PyTorch: fused Adam, with and without `torch.compile`, and channels last for the convolutions."""

import os

import workload

options = workload.arguments()
row = workload.ROWS[options.row]
os.environ["OMP_NUM_THREADS"] = str(options.threads)

import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(options.threads)
torch.set_flush_denormal(True)
torch.manual_seed(0)


def chain(*widths):
    """Dense layers with relu between them, none after the last."""
    parts = []
    for inputs, units in zip(widths, widths[1:]):
        parts += [nn.Linear(inputs, units), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


class Variational(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = chain(784, 400, 40), chain(20, 400, 784)

    def forward(self, x):
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decoder(code), mean, log_variance


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(1, 64, batch_first=True)
        self.decoder = nn.LSTM(64, 64, batch_first=True)
        self.dense = nn.Linear(64, 1)

    def forward(self, x):
        _, (code, _) = self.encoder(x)
        hidden, _ = self.decoder(code[0].unsqueeze(1).expand(-1, x.shape[1], -1))
        return self.dense(hidden)


def convpool():
    def conv(inputs, outputs, padding=1):
        return [nn.Conv2d(inputs, outputs, 3, padding=padding), nn.ReLU()]

    down, up = nn.MaxPool2d(2, ceil_mode=True), nn.Upsample(scale_factor=2)
    return nn.Sequential(
        *conv(1, 16), down, *conv(16, 8), down, *conv(8, 8), down,
        *conv(8, 8), up, *conv(8, 8), up, *conv(8, 16, padding=0), up, nn.Conv2d(16, 1, 3, padding=1))


def convstride():
    return nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU(), nn.Flatten(),
        nn.Linear(3136, 16), nn.Linear(16, 3136), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(32, 1, 4, 2, 1))


def variational_loss(result, x):
    logits, mean, log_variance = result
    error = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    return (error - 0.5 * torch.sum(1 + log_variance - mean**2 - log_variance.exp())) / len(x)


NETWORKS = {
    "deep": (lambda: nn.Sequential(chain(784, 128, 64, 128, 784), nn.Sigmoid()), functional.mse_loss),
    "shallow": (lambda: chain(784, 32, 784), functional.binary_cross_entropy_with_logits),
    "tiny": (lambda: chain(10, 64, 32, 64, 10), functional.mse_loss),
    "table-64": (lambda: chain(64, 16, 64), functional.mse_loss),
    "table-30": (lambda: chain(30, 20, 10, 20, 30), functional.mse_loss),
    "vae": (Variational, variational_loss),
    "convpool": (convpool, functional.binary_cross_entropy_with_logits),
    "convstride": (convstride, functional.binary_cross_entropy_with_logits),
    "lstm": (Recurrent, functional.mse_loss),
    "encode": (lambda: nn.Sequential(chain(784, 128, 64), nn.ReLU()), None),
}


def data(channels_last=False):
    rows = torch.from_numpy(row.data())
    if len(row.sample) == 3:
        rows = rows.permute(0, 3, 1, 2)  # one channel: the same bytes in both layouts
        rows = rows.contiguous(memory_format=torch.channels_last) if channels_last else rows.contiguous()
    return rows


def count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def trained(compiled=False, channels_last=False):
    def make():
        torch._dynamo.reset()
        build, loss = NETWORKS[row.name]
        model, rows = build(), data(channels_last)
        if channels_last:
            model = model.to(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(model.parameters(), lr=workload.RATE, fused=True)

        def forward(batch):
            return loss(model(batch), batch)

        run = torch.compile(forward, dynamic=False) if compiled else forward

        def epoch():
            order = torch.randperm(row.rows)
            for start in range(0, row.rows, row.batch):
                batch = rows.index_select(0, order[start : start + row.batch])
                optimizer.zero_grad(set_to_none=True)
                run(batch).backward()
                optimizer.step()

        return workload.Trained(epoch, count(model), lambda: forward(rows[: row.batch]).item())

    return make


def frozen(model):
    """The model compiled with its weights as constants."""
    return torch.compile(model, dynamic=False, options={"freezing": True})


def encoded(prepared=lambda model: model):
    """Codes of all rows in order, a batch at a time, into one array."""

    def make():
        model, rows = NETWORKS["encode"][0]().eval(), data()
        codes = torch.empty(row.rows, 64)
        run = prepared(model)

        def epoch():
            with torch.inference_mode():
                for start in range(0, row.rows, row.batch):
                    codes[start : start + row.batch] = run(rows[start : start + row.batch])

        return workload.Trained(epoch, count(model))

    return make


if row.name == "encode":
    variants = {"eager": encoded(), "compiled": encoded(frozen)}
else:
    variants = {"eager": trained(), "compiled": trained(compiled=True)}
if row.name.startswith("conv"):
    variants["channels last"] = trained(channels_last=True)
    variants["compiled, channels last"] = trained(compiled=True, channels_last=True)
workload.report(f"torch {torch.__version__}", row, variants, options.variant)
