"""PyTorch on one thread."""

from protocol import NotOffered, blas, read_problem, serve

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as error:
    torch = None
    missing = str(error)


def tensor_of(body, offset, size, shape):
    return torch.frombuffer(body, dtype=torch.float32, count=size, offset=offset).reshape(shape).clone()


def build(layers, problem):
    class Flatten(nn.Module):
        """Channels last, as the weights of the dense layer after it expect."""

        def forward(self, x):
            return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)

    modules = []
    for i, layer in enumerate(layers):
        kind = layer["kind"]
        if kind in ("dense", "conv2d"):
            weight, bias = problem[f"{i}.weight"], problem[f"{i}.bias"]
            if kind == "dense":
                module = nn.Linear(*weight.shape)
                weight = weight.t()
            else:
                module = nn.Conv2d(weight.shape[2], weight.shape[3], layer["size"], padding="same")
                weight = weight.permute(3, 2, 0, 1)
            with torch.no_grad():
                module.weight.copy_(weight)
                module.bias.copy_(bias)
            modules.append(module)
            activation = layer.get("activation")
            if activation is not None:
                modules.append({"tanh": nn.Tanh, "relu": nn.ReLU}[activation]())
        elif kind == "maxPool2d":
            modules.append(nn.MaxPool2d(layer["size"]))
        elif kind == "flatten":
            modules.append(Flatten())
        else:
            raise NotOffered(f"no layer {kind}")
    return nn.Sequential(*modules)


def sample(tensor):
    flat = tensor.flatten()
    count = min(16, flat.numel())
    return [flat[i * flat.numel() // count].item() for i in range(count)]


def images_first(x):
    return x.permute(0, 3, 1, 2).contiguous() if x.dim() == 4 else x


def training(workload, problem):
    if workload.get("inOneCall"):
        raise NotOffered("its steps are called one by one")
    model = build(workload["layers"], problem)
    x = images_first(problem["x"])
    rate = workload["optimizer"]["learningRate"]
    if workload["optimizer"]["kind"] == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=rate, betas=(0.9, 0.999), eps=1e-8)
    if workload["loss"] == "mse":
        y, criterion = problem["y"], F.mse_loss
    else:
        y, criterion = problem["y"].argmax(1), F.cross_entropy

    def run(count):
        for _ in range(count):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        return [loss.item()]

    return run


def inference(workload, problem):
    model = build(workload["layers"], problem)
    x = problem["x"].numpy()

    def run(count):
        with torch.no_grad():
            for _ in range(count):
                answer = model(torch.from_numpy(x)).numpy()
        return sample(torch.from_numpy(answer))

    return run


def operation(compute):
    def run(count):
        with torch.no_grad():
            for _ in range(count):
                result = compute()
        return sample(result)

    return run


def version():
    if torch is None:
        raise NotOffered(missing)
    return f"PyTorch {torch.__version__}, one thread, {blas()}"


def open_job(workload, path):
    if torch is None:
        raise NotOffered(missing)
    torch.set_num_threads(1)
    problem = read_problem(path, tensor_of)
    kind = workload["kind"]
    if kind == "training":
        return training(workload, problem)
    if kind == "inference":
        return inference(workload, problem)
    if kind == "matmul":
        return operation(lambda: problem["a"] @ problem["b"])
    if kind == "softmax":
        return operation(lambda: torch.softmax(problem["x"], -1))
    raise NotOffered(f"no workload of kind {kind}")


serve(version, open_job)
