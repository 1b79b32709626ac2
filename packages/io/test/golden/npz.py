"""Makes plain.npz and compressed.npz: what numpy.savez and numpy.savez_compressed write.

    python3 npz.py
"""

from pathlib import Path

import numpy as np

here = Path(__file__).parent
arrays = {
    "weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    "bias": np.array([0.1, -0.2, 1e300]),
    "count": np.array(7),
    "mask": np.array([[True], [False]]),
    "half": np.array([0.5, -2], np.float16),
    "empty": np.zeros((0, 3), np.int32),
    "encoder/0": np.full((40, 50), 3, np.int16),
    "é": np.array([1, 2, 3], np.uint8),
}
np.savez(here / "plain.npz", **arrays)
np.savez_compressed(here / "compressed.npz", **arrays)
# Without names numpy makes some up.
np.savez(here / "positional.npz", np.array([1.5]), np.array([[2.5]]))
