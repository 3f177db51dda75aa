"""How numbers are written: JSON with one short line a tensor; large tensors as a sample of elements and two sums."""

import json

import numpy as np

import hashed

SAMPLED = 256


def rounded(values):
    """float32's nine digits, which read back to the same float32."""
    return [float(f"{v:.9g}") for v in np.asarray(values, np.float64).ravel()]


def digest(values, salt, index):
    """Norm, product with hashed.projection(index), and at most 256 elements spread evenly: element j * size // count."""
    flat = np.asarray(values, np.float64).ravel()
    count = min(SAMPLED, flat.size)
    chosen = np.arange(count) * flat.size // count
    return {"norm": float(np.sqrt(flat @ flat)), "projection": float(flat @ hashed.projection(salt, index, flat.size)),
            "elements": rounded(flat[chosen])}


def one_line_lists(value, indent=0):
    """JSON with every list of numbers and every layer on one line, so that a change shows as a few lines."""
    pad = " " * (indent + 1)
    if isinstance(value, dict) and "type" not in value:
        rows = [f"{pad}{json.dumps(key)}: {one_line_lists(item, indent + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = [pad + one_line_lists(item, indent + 1) for item in value]
        return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"
    return json.dumps(value)


def write(path, value):
    path.write_text(one_line_lists(value) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")
