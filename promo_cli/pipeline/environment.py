"""From the name of an environment to its storage."""

from __future__ import annotations

from promo_cli.diagnostics import Failure, Location
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.settings import Environment
from promo_cli.pipeline import codes
from promo_cli.storage.interface import Storage
from promo_cli.storage.opening import open_storage
from promo_cli.workspace import Workspace


def environment(workspace: Workspace, name: str) -> Environment:
    """Return the environment of that name; raises Failure (exit 2) where promo.yaml has none."""
    known = workspace.settings.environments
    if name not in known:
        guess = nearest(name, known)
        raise Failure(
            [
                codes.UNKNOWN_ENVIRONMENT.at(
                    Location("promo.yaml", pointer="/environments"),
                    f"no environment is called {name!r}; promo.yaml has: {', '.join(sorted(known))}",
                    help=f"did you mean --env {guess}?" if guess else "name one of these, or add it to promo.yaml",
                )
            ],
            exit_code=2,
        )
    return known[name]


def storage_of(workspace: Workspace, name: str) -> Storage:
    """Open an environment's storage; nothing is read yet. Raises Failure (exit 2)."""
    chosen = environment(workspace, name)
    try:
        return open_storage(chosen.target, base=workspace.root, region=chosen.region)
    except ValueError as error:
        place = Location("promo.yaml", pointer=f"/environments/{name}/target")
        raise Failure([codes.UNKNOWN_ENVIRONMENT.at(place, str(error))], exit_code=2) from None


def check_store(workspace: Workspace, store_id: str) -> None:
    """Raise Failure (exit 2) for a store that the workspace does not describe."""
    known = [store.id for store in workspace.stores]
    if store_id not in known:
        guess = nearest(store_id, known)
        some = ", ".join(known[:8]) + (" …" if len(known) > 8 else "")
        raise Failure(
            [
                codes.UNKNOWN_STORE.at(
                    Location("stores"),
                    f"no store has the id {store_id!r}; there are {len(known)}: {some}",
                    help=f"did you mean {guess}?" if guess else "name one of these, or add the store under stores/",
                )
            ],
            exit_code=2,
        )
