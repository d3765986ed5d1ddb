import subprocess
import sys


def test_importing_the_models_builds_no_validator() -> None:
    """A default that is itself a model is made when it is needed, so that starting does not pay for building it."""
    script = (
        "import promo_cli.model.promotion, promo_cli.model.settings, promo_cli.model.rules\n"
        "from promo_cli.model.base import Strict\n"
        "print([model.__name__ for model in Strict.__subclasses__() if model.__pydantic_complete__])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
