"""Makes splits.json: what scikit-learn's splitters without randomness give.

    python3 splits.py > splits.json
"""

import json

import sklearn
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit


def parts(splitter, rows, labels=None, groups=None):
    return [
        {"train": train.tolist(), "test": test.tolist()}
        for train, test in splitter.split([0] * rows, labels, groups)
    ]


TIMES = [
    (6, {}),
    (12, {"folds": 3}),
    (13, {"folds": 4}),
    (12, {"folds": 3, "testSize": 2}),
    (12, {"folds": 3, "testSize": 2, "gap": 2}),
    (15, {"folds": 4, "gap": 1}),
    (20, {"folds": 4, "maxTrainSize": 5}),
    (20, {"folds": 2, "testSize": 3, "gap": 1, "maxTrainSize": 4}),
    (5, {"folds": 2, "testSize": 2}),
]

# Letters are people, a row for each of their pictures; also groups of one size, whose order decides.
GROUPS = [
    ("aabbbcdddd", 2),
    ("abcabcabc", 3),
    ("aabbccddee", 2),
    ("eeeedddccba", 3),
    ("zyxzyxzzwv", 4),
]


def names(options):
    known = {"folds": "n_splits", "testSize": "test_size", "gap": "gap", "maxTrainSize": "max_train_size"}
    return {known[name]: value for name, value in options.items()}


print(
    json.dumps(
        {
            "scikit-learn": sklearn.__version__,
            "timeSeriesSplit": [
                {"rows": rows, "options": options, "folds": parts(TimeSeriesSplit(**names(options)), rows)}
                for rows, options in TIMES
            ],
            "groups": [
                {"groups": groups, "folds": parts(GroupKFold(folds), len(groups), groups=list(groups))}
                for groups, folds in GROUPS
            ],
            "plain": [{"rows": rows, "folds": parts(KFold(folds), rows)} for rows, folds in [(6, 3), (11, 4), (5, 5)]],
            "stratify": [
                {"labels": labels, "folds": parts(StratifiedKFold(folds), len(labels), list(labels))}
                for labels, folds in [("aabbaabb", 2), ("aaabbbbbbccc", 3), ("abababcbcacbc", 3)]
            ],
        }
    )
)
