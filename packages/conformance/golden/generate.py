#!/usr/bin/env python3
"""Makes the golden files: values and gradients from PyTorch (float64), NumPy and scikit-learn.

    python3 generate.py --check      recomputes every committed case from its own inputs, and compares the structure of
                                     fresh files (names, options, shapes) with the committed ones
    python3 generate.py --out DIR    writes fresh files, with new random inputs, into DIR
    python3 generate.py --out DIR --seed 7

Needs torch, numpy and scikit-learn; on Debian: apt install python3-torch python3-sklearn, run as /usr/bin/python3.
Inputs are exact in float32, numbers are written with ten significant digits; golden/README.md says the rest.
"""
import argparse
import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
FILES = ('ops', 'losses', 'optimizers', 'trainings', 'preprocessing')
torch.set_default_dtype(torch.float64)


# Numbers in and out ---------------------------------------------------------------------------------------------------

def digits(x):
    """Ten significant digits; JSON has no NaN and no infinities."""
    x = float(x)
    if math.isnan(x):
        return 'NaN'
    if math.isinf(x):
        return 'Infinity' if x > 0 else '-Infinity'
    return float(f'{x:.10g}')


def plain(x):
    """A tensor as { shape, data }."""
    x = x.detach().numpy() if isinstance(x, torch.Tensor) else np.asarray(x, dtype=np.float64)
    return {'shape': list(x.shape), 'data': [digits(v) for v in x.reshape(-1)]}


def exact(x):
    """Rounded to what float32 holds."""
    return np.asarray(x, dtype=np.float64).astype(np.float32).astype(np.float64)


def read(tensor, rounded=True):
    """A { shape, data } as a tensor; inputs are exact in float32, of which ten digits are a rounding."""
    data = np.array([float(v) for v in tensor['data']]).reshape(tensor['shape'])
    return torch.tensor(exact(data) if rounded else data)


# Operations -----------------------------------------------------------------------------------------------------------

def window(attrs):
    return {'kernel_size': tuple(attrs['window']), 'stride': tuple(attrs['strides'])}


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def conv2d(x, f, attrs):
    (top, bottom), (left, right) = attrs['padding']
    padded = F.pad(nchw(x), (left, right, top, bottom))
    return nhwc(F.conv2d(padded, f.permute(3, 2, 0, 1), stride=tuple(attrs['strides'])))


def matmul(a, b, attrs):
    return (a.mT if attrs['transposeA'] else a) @ (b.mT if attrs['transposeB'] else b)


def pad(x, attrs):
    amounts = [n for pair in reversed(attrs['paddings']) for n in pair]
    return F.pad(x, amounts, value=attrs['value'])


def slices(x, attrs):
    return x[tuple(slice(b, b + n) for b, n in zip(attrs['begin'], attrs['size']))]


def reduction(f):
    return lambda x, a: f(x, a['axes'], a['keepDims'])


ANY, POSITIVE = (-3, 3), (0.1, 5)
# Without options: the function, and the range its inputs come from.
UNARY = {
    'neg': (torch.neg, (-2, 2)), 'abs': (torch.abs, (-2, 2)), 'exp': (torch.exp, (-2, 2)), 'log': (torch.log, POSITIVE), 'log1p': (torch.log1p, (0.01, 3)),
    'expm1': (torch.expm1, (-2, 2)), 'sqrt': (torch.sqrt, (0.1, 4)), 'square': (torch.square, (-2, 2)), 'reciprocal': (torch.reciprocal, (0.5, 3)),
    'sin': (torch.sin, ANY), 'cos': (torch.cos, ANY), 'tanh': (torch.tanh, (-2, 2)), 'sigmoid': (torch.sigmoid, ANY), 'erf': (torch.erf, (-2, 2)),
    'erfc': (torch.erfc, (-2, 2)),
    'floor': (torch.floor, ANY), 'sign': (torch.sign, (-2, 2)), 'relu': (F.relu, (-2, 2)), 'softplus': (F.softplus, ANY), 'elu': (F.elu, ANY), 'selu': (F.selu, ANY),
    'silu': (F.silu, ANY), 'gelu': (F.gelu, ANY), 'geluTanh': (lambda x: F.gelu(x, approximate='tanh'), ANY), 'mish': (F.mish, ANY), 'softsign': (F.softsign, ANY),
    # PyTorch's own hardsigmoid rounds 1/6 to float32 in its gradient, in float64 as well.
    'hardSigmoid': (lambda x: torch.clamp(x / 6 + 0.5, 0, 1), (-5, 5)), 'hardTanh': (F.hardtanh, (-2, 2)), 'relu6': (F.relu6, (-3, 9)),
    'identity': (lambda x: x * 1, (-2, 2)),
}
UNARY_SHAPES = ([], [5], [2, 3], [2, 1, 4])
BINARY = {
    'add': (torch.add, (-2, 2), (-2, 2)), 'sub': (torch.sub, (-2, 2), (-2, 2)), 'mul': (torch.mul, (-2, 2), (-2, 2)), 'div': (torch.div, (-2, 2), (0.3, 2.5)),
    'maximum': (torch.maximum, (-2, 2), (-2, 2)), 'minimum': (torch.minimum, (-2, 2), (-2, 2)), 'pow': (torch.pow, (0.3, 2.5), (0.3, 2.5)),
}
BINARY_SHAPES = (([3, 4], [3, 4]), ([3, 4], [4]), ([3, 1], [1, 4]), ([2, 3, 4], [3, 1]), ([], [2, 3]), ([5], []), ([1], [3, 1, 2]))
REDUCTIONS = {
    'sum': reduction(torch.sum), 'mean': reduction(torch.mean), 'max': reduction(torch.amax), 'min': reduction(torch.amin), 'logSumExp': reduction(torch.logsumexp),
}
REDUCTION_CASES = (([2, 3, 4], [1], False), ([2, 3, 4], [0, 2], True), ([5], [0], False), ([3, 4], [0, 1], False), ([3, 4], [-1], True))
MATMULS = (
    ([3, 4], [4, 5], 0, 0), ([4, 3], [4, 5], 1, 0), ([3, 4], [5, 4], 0, 1), ([4, 3], [5, 4], 1, 1), ([1, 1], [1, 1], 0, 0), ([17, 33], [33, 9], 0, 0),
    ([2, 3, 4], [2, 4, 5], 0, 0), ([2, 1, 3, 4], [5, 4, 2], 0, 0), ([6, 3, 4], [4, 2], 0, 0),
)
CONVOLUTIONS = (
    ([2, 5, 5, 1], [3, 3, 1, 1], 1, 0), ([2, 6, 7, 2], [3, 3, 2, 3], 2, 1), ([2, 8, 8, 3], [5, 5, 3, 4], 1, 2), ([2, 4, 4, 2], [1, 1, 2, 2], 1, 0), ([2, 7, 5, 1], [2, 2, 1, 2], 2, 0),
)
POOLINGS = (([2, 4, 4, 1], 2, 2), ([2, 6, 5, 3], 3, 2), ([2, 5, 5, 2], 2, 1))
# With options: how PyTorch says it.
OTHERS = {
    **REDUCTIONS,
    'leakyRelu': lambda x, a: F.leaky_relu(x, a['negativeSlope']),
    'softmax': lambda x, a: torch.softmax(x, a['axis']),
    'logSoftmax': lambda x, a: torch.log_softmax(x, a['axis']),
    'matmul': matmul,
    'transpose': lambda x, a: x.permute(a['axes']),
    'reshape': lambda x, a: x.reshape(a['shape']),
    'concat': lambda x, y, a: torch.cat([x, y], a['axis']),
    'slice': slices,
    'pad': pad,
    'gather': lambda x, a: torch.index_select(x, a['axis'], torch.tensor(a['indices'])),
    'where': lambda x, y, a: torch.where(read(a['condition']) != 0, x, y),
    'cumsum': lambda x, a: torch.cumsum(x, a['axis']),
    'conv2d': conv2d,
    'maxPool2d': lambda x, a: nhwc(F.max_pool2d(nchw(x), **window(a))),
    'avgPool2d': lambda x, a: nhwc(F.avg_pool2d(nchw(x), **window(a))),
    'layerNorm': lambda x, scale, offset, a: F.layer_norm(x, [x.shape[-1]], scale, offset, a['epsilon']),
}


def apply_op(name, inputs, attrs):
    if name in UNARY:
        return UNARY[name][0](*inputs)
    if name in BINARY:
        return BINARY[name][0](*inputs)
    return OTHERS[name](*inputs, attrs)


def differentiate(f, inputs, upstream):
    """f's value, and what an upstream gradient becomes at each input."""
    inputs = [x.clone().requires_grad_(True) for x in inputs]
    output = f(*inputs)
    gradients = torch.autograd.grad(output, inputs, upstream(output), allow_unused=True)
    return output, [torch.zeros_like(x) if g is None else g for x, g in zip(inputs, gradients)]


def answer_op(case, random=None):
    """A case with what PyTorch computes; with `random`, the upstream gradient is drawn anew."""
    upstream = {'value': None}

    def incoming(output):
        upstream['value'] = torch.tensor(exact(random.uniform(-2, 2, tuple(output.shape)))) if random is not None else read(case['upstream'])
        return upstream['value']

    output, gradients = differentiate(lambda *xs: apply_op(case['name'], xs, case['attrs']), [read(x) for x in case['inputs']], incoming)
    return {**{key: case[key] for key in ('name', 'attrs', 'inputs')}, 'output': plain(output), 'upstream': plain(upstream['value']), 'gradients': [plain(g) for g in gradients]}


def make_ops(random):
    cases = []

    def draw(shape, between=(-2, 2)):
        return plain(exact(random.uniform(*between, tuple(shape))))

    def add(name, attrs, *inputs):
        cases.append(answer_op({'name': name, 'attrs': attrs, 'inputs': list(inputs)}, random))

    for name, (_, between) in UNARY.items():
        for shape in UNARY_SHAPES:
            add(name, {}, draw(shape, between))
    for slope in (0.01, 0.2):
        add('leakyRelu', {'negativeSlope': slope}, draw([3, 4]))
    for name, (_, left, right) in BINARY.items():
        for a, b in BINARY_SHAPES:
            add(name, {}, draw(a, left), draw(b, right))
    for name in REDUCTIONS:
        for shape, axes, keep in REDUCTION_CASES:
            add(name, {'axes': axes, 'keepDims': keep}, draw(shape))
    for shape, axis in (([3, 4], -1), ([2, 3, 4], 1), ([6], 0)):
        add('softmax', {'axis': axis}, draw(shape))
        add('logSoftmax', {'axis': axis}, draw(shape))
    # Logits whose exponentials overflow.
    add('softmax', {'axis': -1}, plain([[1000, 1000, 999], [-1000, 0, 1000]]))
    for a, b, ta, tb in MATMULS:
        add('matmul', {'transposeA': bool(ta), 'transposeB': bool(tb)}, draw(a), draw(b))
    add('transpose', {'axes': [1, 0]}, draw([2, 3]))
    add('transpose', {'axes': [2, 0, 1]}, draw([2, 3, 4]))
    add('reshape', {'shape': [3, 8]}, draw([2, 3, 4]))
    add('concat', {'axis': 1}, draw([2, 3]), draw([2, 2]))
    add('slice', {'begin': [1, 0], 'size': [2, 2]}, draw([4, 3]))
    add('pad', {'paddings': [[1, 0], [2, 1]], 'value': 0}, draw([2, 3]))
    add('gather', {'indices': [2, 0, 2], 'axis': 0}, draw([4, 3]))
    add('where', {'condition': {'shape': [1, 3], 'data': [1, 0, 1]}}, draw([2, 3]), draw([2, 3]))
    add('cumsum', {'axis': 1}, draw([3, 5]))
    for image, kernel, stride, amount in CONVOLUTIONS:
        add('conv2d', {'strides': [stride, stride], 'padding': [[amount, amount], [amount, amount]]}, draw(image), draw(kernel))
    for image, size, stride in POOLINGS:
        for name in ('maxPool2d', 'avgPool2d'):
            add(name, {'window': [size, size], 'strides': [stride, stride], 'padding': 'valid'}, draw(image))
    add('layerNorm', {'axis': -1, 'epsilon': 1e-5}, draw([3, 4]), draw([4]), draw([4]))
    return {'format': 1, 'made_with': f'torch {torch.__version__}, float64', 'cases': cases}


# Losses ---------------------------------------------------------------------------------------------------------------

def rows_of(target, logs):
    return -(target * logs).sum(-1)


def cross_entropy(p, t, a):
    return rows_of(t, torch.log_softmax(p, -1) if a['fromLogits'] else torch.log(p)).mean()


def smoothed(p, t, a):
    eased = t * (1 - a['labelSmoothing']) + a['labelSmoothing'] / t.shape[-1]
    return rows_of(eased, torch.log_softmax(p, -1)).mean()


def binary(p, t, a):
    return F.binary_cross_entropy_with_logits(p, t) if a['fromLogits'] else F.binary_cross_entropy(p, t)


LOSSES = {
    'sse': lambda p, t, a: ((p - t) ** 2).sum(),
    'mse': lambda p, t, a: F.mse_loss(p, t),
    'sumAbsoluteResiduals': lambda p, t, a: (p - t).abs().sum(),
    'mae': lambda p, t, a: F.l1_loss(p, t),
    'huber': lambda p, t, a: F.huber_loss(p, t, delta=a['delta']),
    'logCosh': lambda p, t, a: torch.log(torch.cosh(p - t)).mean(),
    'crossEntropy': cross_entropy,
    'crossEntropySum': lambda p, t, a: rows_of(t, torch.log(p)).sum(),
    'sparseCrossEntropy': lambda p, t, a: F.cross_entropy(p, t.long()),
    'crossEntropyLabelSmoothing': smoothed,
    'binaryCrossEntropy': binary,
    'hinge': lambda p, t, a: torch.clamp(1 - t * p, min=0).mean(),
    'klDivergence': lambda p, t, a: (t * (torch.log(t) - torch.log(p))).sum(-1).mean(),
}


def answer_loss(case, random=None):
    # Probabilities add up to 1 as doubles; everything else is exact in float32.
    rounded = case['attrs'].get('fromLogits') is not False and case['name'] != 'klDivergence'
    upstream = torch.tensor(exact(random.uniform(-2, 2))) if random is not None else read(case['upstream'])
    target = read(case['attrs']['target'], rounded)
    output, gradients = differentiate(lambda p: LOSSES[case['name']](p, target, case['attrs']), [read(x, rounded) for x in case['inputs']], lambda _: upstream)
    return {**{key: case[key] for key in ('name', 'attrs', 'inputs')}, 'output': plain(output), 'upstream': plain(upstream), 'gradients': [plain(g) for g in gradients]}


def make_losses(random):
    cases = []
    classes = random.integers(0, 3, 4)
    prediction, target = exact(random.uniform(-2, 2, (4, 3))), exact(random.uniform(-2, 2, (4, 3)))
    one_hot = np.eye(3)[classes]
    probabilities, distribution = (random.dirichlet(np.ones(3), 4) for _ in range(2))
    bits = random.integers(0, 2, (4, 1)).astype(float)

    def add(name, attrs, t, p):
        cases.append(answer_loss({'name': name, 'attrs': {**attrs, 'target': plain(t)}, 'inputs': [plain(p)]}, random))

    for name in ('sse', 'mse', 'sumAbsoluteResiduals', 'mae'):
        add(name, {}, target, prediction)
    add('huber', {'delta': 0.7}, target, prediction)
    add('logCosh', {}, target, prediction)
    add('crossEntropy', {'fromLogits': False}, one_hot, probabilities)
    add('crossEntropySum', {'fromLogits': False, 'reduction': 'sum'}, one_hot, probabilities)
    add('crossEntropy', {'fromLogits': True}, one_hot, exact(random.normal(0, 5, (4, 3))))
    # Logits whose exponentials overflow.
    add('crossEntropy', {'fromLogits': True}, one_hot, [[900, -900, 0], [0, 0, 0], [1, 2, 3], [-3, 1, 0]])
    add('sparseCrossEntropy', {'fromLogits': True}, classes, exact(random.uniform(-2, 2, (4, 3))))
    add('crossEntropyLabelSmoothing', {'fromLogits': True, 'labelSmoothing': 0.1}, one_hot, exact(random.uniform(-2, 2, (4, 3))))
    add('binaryCrossEntropy', {'fromLogits': False}, bits, exact(random.uniform(0.1, 0.9, (4, 1))))
    add('binaryCrossEntropy', {'fromLogits': True}, bits, exact(random.normal(0, 15, (4, 1))))
    add('hinge', {}, bits * 2 - 1, exact(random.uniform(-2, 2, (4, 1))))
    add('klDivergence', {}, distribution, probabilities)
    return {'format': 1, 'cases': cases}


# Optimizers -----------------------------------------------------------------------------------------------------------

STEPS = 12
OPTIMIZERS = (
    ('sgd', {'learningRate': 0.1}),
    ('sgd', {'learningRate': 0.1, 'momentum': 0.9}),
    ('sgd', {'learningRate': 0.1, 'momentum': 0.9, 'nesterov': True}),
    ('sgd', {'learningRate': 0.1, 'weightDecay': 0.05, 'weightDecayIs': 'L2 added to the gradient'}),
    ('rmsprop', {'learningRate': 0.05, 'decay': 0.9, 'epsilon': 1e-8}),
    ('rmsprop', {'learningRate': 0.05, 'decay': 0.9, 'epsilon': 1e-8, 'momentum': 0.5, 'centered': True}),
    ('adam', {'learningRate': 0.1, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8}),
    ('adam', {'learningRate': 0.1, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8, 'amsgrad': True}),
    ('adamw', {'learningRate': 0.1, 'weightDecay': 0.02, 'weightDecayIs': 'decoupled: w -= lr * decay * w'}),
    ('adagrad', {'learningRate': 0.3, 'epsilon': 1e-10}),
    ('adadelta', {'learningRate': 1, 'rho': 0.9, 'epsilon': 1e-6}),
    ('adamax', {'learningRate': 0.1, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8}),
    ('nadam', {'learningRate': 0.1, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8, 'momentumDecay': 0.004}),
    ('sgd+stepDecay', {'learningRate': 0.1, 'schedule': {'kind': 'step', 'every': 4, 'factor': 0.5}}),
    ('sgd+exponential', {'learningRate': 0.1, 'schedule': {'kind': 'exponential', 'factor': 0.9}}),
    ('sgd+cosine', {'learningRate': 0.1, 'schedule': {'kind': 'cosine', 'steps': 12, 'minimum': 0.01}}),
)


class NAdam(torch.optim.Optimizer):
    """Dozat 2016, as PyTorch 2 has it. PyTorch 1.13 multiplies the product of the mu_t by mu_t once more."""

    def __init__(self, params, rate, betas, epsilon, momentum_decay):
        super().__init__(params, {'lr': rate})
        self.betas, self.epsilon, self.momentum_decay = betas, epsilon, momentum_decay
        self.t, self.product = 0, 1.0

    def mu(self, t):
        return self.betas[0] * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))

    @torch.no_grad()
    def step(self):
        self.t += 1
        now, ahead = self.mu(self.t), self.mu(self.t + 1)
        self.product *= now
        beta1, beta2 = self.betas
        for group in self.param_groups:
            for w in group['params']:
                state = self.state[w]
                m = state['m'] = state.get('m', 0) * beta1 + (1 - beta1) * w.grad
                v = state['v'] = state.get('v', 0) * beta2 + (1 - beta2) * w.grad ** 2
                mean = w.grad * (1 - now) / (1 - self.product) + m * ahead / (1 - self.product * ahead)
                w -= group['lr'] * mean / ((v / (1 - beta2 ** self.t)).sqrt() + self.epsilon)


def optimizer_of(name, a, params):
    rate, betas = a['learningRate'], (a.get('beta1', 0.9), a.get('beta2', 0.999))
    kind = name.split('+')[0]
    if kind == 'sgd':
        return torch.optim.SGD(params, rate, momentum=a.get('momentum', 0), nesterov=a.get('nesterov', False), weight_decay=a.get('weightDecay', 0))
    if kind == 'rmsprop':
        return torch.optim.RMSprop(params, rate, alpha=a['decay'], eps=a['epsilon'], momentum=a.get('momentum', 0), centered=a.get('centered', False))
    if kind == 'adam':
        return torch.optim.Adam(params, rate, betas, a.get('epsilon', 1e-8), amsgrad=a.get('amsgrad', False))
    if kind == 'adamw':
        return torch.optim.AdamW(params, rate, betas, weight_decay=a['weightDecay'])
    if kind == 'adagrad':
        return torch.optim.Adagrad(params, rate, eps=a['epsilon'])
    if kind == 'adadelta':
        return torch.optim.Adadelta(params, rate, rho=a['rho'], eps=a['epsilon'])
    if kind == 'adamax':
        return torch.optim.Adamax(params, rate, betas, a['epsilon'])
    return NAdam(params, rate, betas, a['epsilon'], a['momentumDecay'])


def schedule_of(attrs, optimizer):
    schedule = attrs.get('schedule')
    if schedule is None:
        return None
    if schedule['kind'] == 'step':
        return torch.optim.lr_scheduler.StepLR(optimizer, schedule['every'], schedule['factor'])
    if schedule['kind'] == 'exponential':
        return torch.optim.lr_scheduler.ExponentialLR(optimizer, schedule['factor'])
    return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, schedule['steps'], schedule['minimum'])


def answer_optimizer(case):
    # A holds decimal fractions, which are no floats; b and w0 are exact in float32.
    A, b, w = read(case['A'], rounded=False), read(case['b']), read(case['w0']).requires_grad_(True)
    optimizer = optimizer_of(case['name'], case['attrs'], [w])
    schedule = schedule_of(case['attrs'], optimizer)
    trajectory, rates = [], []
    for _ in range(STEPS):
        rates.append(digits(optimizer.param_groups[0]['lr']))
        optimizer.zero_grad()
        (0.5 * w @ A @ w - b @ w).backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        trajectory.append([digits(v) for v in w.detach()])
    return {**{key: case[key] for key in ('name', 'attrs', 'A', 'b', 'w0')}, 'trajectory': trajectory, 'learningRates': rates}


def make_optimizers(random):
    A = plain(np.diag([1, 4, 0.25]) + 0.1)
    b, w0 = (plain(exact(random.uniform(-2, 2, 3))) for _ in range(2))
    return {'format': 1, 'objective': "f(w) = 0.5 w'Aw - b'w", 'cases': [answer_optimizer({'name': name, 'attrs': attrs, 'A': A, 'b': b, 'w0': w0}) for name, attrs in OPTIMIZERS]}


# Trainings ------------------------------------------------------------------------------------------------------------

def answer_training(case):
    X, Y = read(case['X']), read(case['Y'], rounded=False)
    weights, biases = ([read(x).requires_grad_(True) for x in case[key]] for key in ('weights', 'biases'))
    hidden = {'tanh': torch.tanh, 'relu': torch.relu}[case['hidden']]
    optimizer = optimizer_of(case['attrs']['optimizer'], case['attrs'], weights + biases)
    losses, first = [], None
    for step in range(case['steps']):
        start = step * case['batchSize'] % len(X)
        x, y = (data[start:start + case['batchSize']] for data in (X, Y))
        for i, (w, b) in enumerate(zip(weights, biases)):
            x = x @ w + b
            if i < len(weights) - 1:
                x = hidden(x)
        loss = F.mse_loss(x, y) if case['loss'] == 'mse' else rows_of(y, torch.log_softmax(x, -1)).mean()
        optimizer.zero_grad()
        loss.backward()
        if first is None:
            first = {'weights': [plain(w.grad) for w in weights], 'biases': [plain(b.grad) for b in biases]}
        optimizer.step()
        losses.append(digits(loss))
    given = {key: case[key] for key in ('name', 'attrs', 'X', 'Y', 'weights', 'biases', 'hidden', 'loss', 'batchSize')}
    return {**given, 'firstGradients': first, 'losses': losses, 'finalWeights': [plain(w) for w in weights]}


def make_trainings(random):
    from sklearn.datasets import load_iris
    iris = load_iris()
    order = random.permutation(len(iris.data))
    features = exact(((iris.data - iris.data.mean(0)) / iris.data.std(0))[order])
    labels = np.eye(3)[iris.target[order]]
    line = exact(np.linspace(-3, 3, 40).reshape(-1, 1))
    cases = []

    def add(name, attrs, X, Y, layers, hidden, loss, batch, steps, spread):
        weights = [plain(exact(random.normal(0, spread, (n, m)))) for n, m in zip(layers, layers[1:])]
        biases = [plain(np.zeros(m)) for m in layers[1:]]
        cases.append(answer_training({
            'name': name, 'attrs': attrs, 'X': plain(X), 'Y': plain(Y), 'weights': weights, 'biases': biases, 'hidden': hidden, 'loss': loss, 'batchSize': batch, 'steps': steps,
        }))

    add('iris 4-8-3 tanh cross-entropy sgd', {'optimizer': 'sgd', 'learningRate': 0.1}, features, labels, [4, 8, 3], 'tanh', 'crossEntropy', 30, 60, 0.5)
    add('iris 4-8-8-3 relu cross-entropy adam', {'optimizer': 'adam', 'learningRate': 0.01}, features, labels, [4, 8, 8, 3], 'relu', 'crossEntropy', 15, 60, 0.5)
    add('sin 1-16-1 tanh mse adam', {'optimizer': 'adam', 'learningRate': 0.02}, line, np.sin(line), [1, 16, 1], 'tanh', 'mse', 20, 80, 1)
    return {'format': 1, 'cases': cases}


# Preprocessing and metrics --------------------------------------------------------------------------------------------

def scaler_of(name):
    from sklearn import preprocessing as p
    return {
        'minMax': p.MinMaxScaler(), 'minMax[-1,1]': p.MinMaxScaler((-1, 1)), 'standard': p.StandardScaler(), 'robust': p.RobustScaler(), 'maxAbs': p.MaxAbsScaler(),
        'l2': p.Normalizer('l2'),
    }[name]


SCALERS = ('minMax', 'minMax[-1,1]', 'standard', 'robust', 'maxAbs', 'l2')


def answer_scaler(case):
    X = read(case['X'], rounded=False).numpy()
    return {**{key: case[key] for key in ('data', 'scaler', 'X')}, 'transformed': plain(scaler_of(case['scaler']).fit_transform(X))}


def answer_metrics(given):
    from sklearn import metrics as m
    true, predicted = given['yTrue'], given['yPred']
    result = {key: given[key] for key in ('yTrue', 'yPred')}
    result['accuracy'] = m.accuracy_score(true, predicted)
    result['confusion'] = m.confusion_matrix(true, predicted).tolist()
    for score in (m.precision_score, m.recall_score, m.f1_score):
        for average in ('macro', 'micro', 'weighted'):
            result[f'{score.__name__}_{average}'] = score(true, predicted, average=average)
    result.update({key: given[key] for key in ('binaryTrue', 'binaryScore')})
    result['rocAuc'] = m.roc_auc_score(given['binaryTrue'], given['binaryScore'])
    result['averagePrecision'] = m.average_precision_score(given['binaryTrue'], given['binaryScore'])
    result['logLoss'] = m.log_loss(true, read(given['probabilities'], rounded=False).numpy())
    result['probabilities'] = given['probabilities']
    y, p = given['regression']['yTrue'], given['regression']['yPred']
    result['regression'] = {'yTrue': y, 'yPred': p, 'mse': m.mean_squared_error(y, p), 'mae': m.mean_absolute_error(y, p), 'r2': m.r2_score(y, p)}
    return result


def make_preprocessing(random):
    from sklearn.datasets import load_iris, load_wine
    data = {
        'outlier': np.array([[0.], [0], [1], [1], [1], [2], [2], [2], [3], [100]]),
        'iris': load_iris().data[random.permutation(150)[:40]],
        'constant-column': np.column_stack([np.ones(6), np.arange(6)]),
        'wine': load_wine().data[random.permutation(178)[:30]],
    }
    scalers = [answer_scaler({'data': name, 'scaler': scaler, 'X': plain(X)}) for name, X in data.items() for scaler in SCALERS]
    true = random.integers(0, 3, 60)
    predicted = np.where(random.uniform(size=60) < 0.15, random.integers(0, 3, 60), true)
    y = [digits(v) for v in random.normal(size=30)]
    metrics = answer_metrics({
        'yTrue': true.tolist(), 'yPred': predicted.tolist(), 'binaryTrue': (true > 0).astype(int).tolist(), 'binaryScore': [round(float(v), 2) for v in random.uniform(size=60)],
        'probabilities': plain(random.dirichlet(np.ones(3), 60)), 'regression': {'yTrue': y, 'yPred': [digits(v + 0.5 * random.normal()) for v in y]},
    })
    return {'format': 1, 'scalers': scalers, 'metrics': metrics}


# Checking -------------------------------------------------------------------------------------------------------------

MAKE = {'ops': make_ops, 'losses': make_losses, 'optimizers': make_optimizers, 'trainings': make_trainings, 'preprocessing': make_preprocessing}


def structure(value, key=''):
    """Everything but the numbers: names, options, shapes, lengths."""
    if isinstance(value, dict):
        return {k: structure(v, k) for k, v in value.items() if k != 'made_with'}
    if isinstance(value, list):
        if key in ('axes', 'shape', 'strides', 'padding', 'paddings', 'window', 'begin', 'size'):
            return value
        numbers = all(isinstance(v, (int, float)) or v in ('NaN', 'Infinity', '-Infinity') for v in value if not isinstance(v, (dict, list)))
        return f'{len(value)} numbers' if numbers and not any(isinstance(v, (dict, list)) for v in value) else [structure(v) for v in value]
    return value if isinstance(value, (str, bool)) else 'number'


def recompute(name, content):
    """A committed file with everything computed anew from its own inputs."""
    if name == 'preprocessing':
        return {**content, 'scalers': [answer_scaler(case) for case in content['scalers']], 'metrics': answer_metrics(content['metrics'])}
    answer = {
        'ops': answer_op, 'losses': answer_loss, 'optimizers': answer_optimizer,
        'trainings': lambda case: answer_training({**case, 'steps': len(case['losses'])}),
    }[name]
    return {**content, 'cases': [answer(case) for case in content['cases']]}


# PyTorch 1.13 multiplies by 1/6 rounded to float32 in hardsigmoid's gradient; this script does not.
COARSE = {'hardSigmoid': 1e-7}


def differences(a, b, where='', tolerance=2e-9):
    """Where two files differ: in structure, or in a number by more than its digits."""
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() != b.keys():
            return [f'{where}: fields {sorted(a)} and {sorted(b)}']
        tolerance = COARSE.get(a.get('name'), tolerance)
        return [d for k in a for d in differences(a[k], b[k], f"{where}.{k}", tolerance)]
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return [f'{where}: lengths {len(a)} and {len(b)}']
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f'{where}[{i}]', tolerance)]
    if isinstance(a, bool) or isinstance(b, bool) or not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
        return [] if a == b else [f'{where}: {a!r} and {b!r}']
    return [] if abs(a - b) <= tolerance * max(1, abs(a), abs(b)) else [f'{where}: {a!r} and {b!r}']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true')
    parser.add_argument('--out', type=pathlib.Path)
    parser.add_argument('--seed', type=int, default=0)
    options = parser.parse_args()
    if not options.check and options.out is None:
        parser.error('say --check or --out DIR')
    failed = 0
    for name in FILES:
        fresh = MAKE[name](np.random.default_rng(options.seed))
        if options.out is not None:
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / f'{name}.json').write_text(json.dumps(fresh, separators=(',', ':')) + '\n')
        if options.check:
            committed = json.loads((HERE / f'{name}.json').read_text())
            found = differences(structure(committed), structure(fresh), f'{name}: structure') + differences(committed, recompute(name, committed), f'{name}: recomputed')
            for line in found[:20]:
                print(line)
            failed += len(found)
            print(f"{name}: {'ok' if not found else f'{len(found)} differences'}")
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
