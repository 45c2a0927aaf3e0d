"""What code_from_data.yaml finds, and what it lets pass. Never run."""

import marshal
import pickle
from pickle import loads

import msgspec


def planted(data):
    # ruleid: code-from-data
    pickle.loads(data)
    # ruleid: code-from-data
    loads(data)
    # ruleid: code-from-data
    marshal.loads(data)
    # ruleid: code-from-data
    eval(data)
    # ruleid: code-from-data
    exec(data)


def fine(data):
    # ok: code-from-data
    return msgspec.json.decode(data, type=dict[str, str])
