"""scikit-learn's multilayer perceptron on one thread: a step is `partial_fit` of one batch.

That is how it is trained step by step, so its checks of the data (types, shapes, finite numbers, labels) are part of each step, as they are for those
who use it. `fit` checks once for all its epochs, and cannot be asked for a single step.
"""

from protocol import NotOffered, blas, read_problem, serve

try:
    import numpy as np
    import sklearn
    from sklearn.neural_network import MLPClassifier, MLPRegressor
except ImportError as error:
    sklearn = None
    missing = str(error)


def array_of(body, offset, size, shape):
    return np.frombuffer(body, dtype=np.float32, count=size, offset=offset).reshape(shape).copy()


def network(layers, kind, **options):
    """The estimator of these layers: all dense, with one activation before the last."""
    if any(layer["kind"] != "dense" for layer in layers):
        raise NotOffered("has dense layers alone")
    hidden = layers[:-1]
    activations = {layer.get("activation") for layer in hidden}
    if len(activations) != 1 or layers[-1].get("activation") is not None:
        raise NotOffered("has one activation for all hidden layers, and none of choice after the last")
    return kind(hidden_layer_sizes=tuple(layer["units"] for layer in hidden), activation=activations.pop(), alpha=0, shuffle=False, **options)


def set_weights(model, layers, problem):
    for i in range(len(layers)):
        model.coefs_[i][...] = problem[f"{i}.weight"]
        model.intercepts_[i][...] = problem[f"{i}.bias"]
    # Made anew at the next step, without the moments of the one before.
    del model._optimizer


def training(workload, problem):
    if workload.get("inOneCall"):
        raise NotOffered("its steps are called one by one")
    layers, rate, x, y = workload["layers"], workload["optimizer"]["learningRate"], problem["x"], problem["y"]
    halved = workload["loss"] == "mse"
    options = {"solver": workload["optimizer"]["kind"], "batch_size": len(x), "tol": 0.0, "n_iter_no_change": 10**9}
    if options["solver"] == "sgd":
        # Its loss is half of the mean squared error, and so is its gradient.
        options.update(learning_rate_init=2 * rate if halved else rate, momentum=0.0, nesterovs_momentum=False)
    else:
        options.update(learning_rate_init=rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8)
    if halved:
        if y.shape[1] != 1:
            raise NotOffered("its squared error sums over outputs")
        y = y.ravel()
        model = network(layers, MLPRegressor, **options)
        model.partial_fit(x, y)
    else:
        y = y.argmax(1)
        model = network(layers, MLPClassifier, **options)
        model.partial_fit(x, y, classes=np.arange(layers[-1]["units"]))
    set_weights(model, layers, problem)

    def run(count):
        for _ in range(count):
            model.partial_fit(x, y)
        return [float(model.loss_) * (2 if halved else 1)]

    return run


def inference(workload, problem):
    layers, x = workload["layers"], problem["x"]
    model = network(layers, MLPRegressor)
    outputs = layers[-1]["units"]
    model.partial_fit(x, np.zeros((len(x), outputs), np.float32) if outputs > 1 else np.zeros(len(x), np.float32))
    set_weights(model, layers, problem)

    def run(count):
        for _ in range(count):
            answer = model.predict(x)
        flat = answer.ravel()
        size = min(16, len(flat))
        return [float(flat[i * len(flat) // size]) for i in range(size)]

    return run


def version():
    if sklearn is None:
        raise NotOffered(missing)
    return f"scikit-learn {sklearn.__version__}, one thread, {blas()}"


def open_job(workload, path):
    if sklearn is None:
        raise NotOffered(missing)
    problem = read_problem(path, array_of)
    if workload["kind"] == "training":
        return training(workload, problem)
    if workload["kind"] == "inference":
        return inference(workload, problem)
    raise NotOffered(f"no workload of kind {workload['kind']}")


serve(version, open_job)
