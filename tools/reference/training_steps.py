"""A few optimizer steps over pairs of hashed images, and whether they are fit for a comparison."""

import torch

import fixture_files
import forward
import hashed
import losses
import optimizers

ADAM = {"optimizer": "adam"}
SLOTS, BATCH = 12, 4  # Pairs in the pool, samples of a step.


def steps_of(fixture):
    """Optimizer steps that a fixture is about."""
    return 10 if "training" in fixture else 0


def make_parameters(salt, shapes):
    return [torch.from_numpy(hashed.weight(salt, i, *p)).double().requires_grad_() for i, p in enumerate(shapes)]


def step_order(steps):
    """The pool's slots in the order of training; the last step is two samples short."""
    return [(7 * k) % SLOTS for k in range(BATCH * steps - 2)]


def take_steps(graph, parameters, loss, steps, salt, shape, update=ADAM):
    """Optimizer steps over (noisy, clean) pairs; changes the parameters, returns the optimizer and each step's loss."""
    noisy, clean = (forward.to_planes(hashed.image(salt, stream, (SLOTS, *shape[1:])))
                    for stream in (hashed.INPUT, hashed.TARGET))
    optimizer, values, order = optimizers.make(update, parameters), [], step_order(steps)
    for first in range(0, len(order), BATCH):
        chosen = order[first:first + BATCH]
        value = losses.value(loss, forward.run(graph, parameters, noisy[chosen]), clean[chosen])
        optimizer.step(torch.autograd.grad(value, parameters))
        values.append(float(value.detach()))
    return optimizer, values


def conditioned(graph, loss, steps, salt, shapes, shape, update):
    """Whether weights that are moved by 1e-6 of themselves end within 1e-5. (A nearly dead ReLU breaks that: Adam turns
    the first tiny gradient of its weights into a full step.)
    """
    exact = make_parameters(salt, shapes)
    take_steps(graph, exact, loss, steps, salt, shape, update)
    for sign in (1, -1):
        moved = [(p.detach() * (1 + sign * 1e-6)).requires_grad_() for p in make_parameters(salt, shapes)]
        take_steps(graph, moved, loss, steps, salt, shape, update)
        if max(float((p - q).detach().abs().max()) for p, q in zip(exact, moved)) > 1e-5:
            return False
    return True


def fixture(graph, loss, steps, salt, shapes, shape, update):
    parameters = make_parameters(salt, shapes)
    optimizer, values = take_steps(graph, parameters, loss, steps, salt, shape, update)
    digests = {key: [fixture_files.digest(t.detach().numpy(), salt, i) for i, t in enumerate(tensors)]
               for key, tensors in (("weights", parameters), ("m", optimizer.m), ("v", optimizer.v))}
    head = {} if update == ADAM else {"update": update}
    return {**head, "slots": SLOTS, "batch": BATCH, "order": step_order(steps), "losses": values, **digests}
