"""The benchmark's protocol: a line of JSON in, a line of JSON out. What subjects in Python share."""

import json
import os
import sys
import time

# Before a library is loaded that reads them: one thread for all.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[_name] = "1"


class NotOffered(Exception):
    """What a library cannot do; not an error of the benchmark."""


def blas():
    """The library that multiplies matrices: Debian leaves the choice open, and it is worth a factor of 30."""
    try:
        with open("/proc/self/maps") as maps:
            names = {line.rsplit("/", 1)[-1].strip() for line in maps if "/" in line}
    except OSError:
        return "BLAS unknown"
    libraries = (name for name in names if name.startswith("lib"))
    found = sorted(name for name in libraries if any(part in name for part in ("blas", "mkl", "blis")))
    return ", ".join(found) or "BLAS built in"


def read_problem(path, array):
    """The starting numbers by name; `array` makes one of bytes, an offset in them, and a shape."""
    with open(path, "rb") as file:
        header = json.loads(file.readline())
        body = bytearray(file.read())
    problem, offset = {}, 0
    for entry in header:
        size = 1
        for extent in entry["shape"]:
            size *= extent
        problem[entry["name"]] = array(body, 4 * offset, size, entry["shape"])
        offset += size
    return problem


def serve(version, open_job):
    """Answers until there is nothing more to read. `open_job` gives a function of a count, which returns what all must agree on."""
    state = {}

    def answer(request):
        if request["op"] == "describe":
            return {"version": version()}
        if request["op"] == "open":
            state["run"] = open_job(request["workload"], request["problem"])
            return {"done": True}
        if request["op"] == "run":
            start = time.perf_counter()
            values = state["run"](request["count"])
            return {"seconds": time.perf_counter() - start, "values": values}
        state.clear()
        return {"done": True}

    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except NotOffered as error:
            reply = {"absent": str(error)}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)
