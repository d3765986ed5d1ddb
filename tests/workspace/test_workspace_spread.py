import json
import subprocess
import sys
import threading

import pytest

from promo_cli.workspace import spread as spreading
from promo_cli.workspace.spread import spread


def alone(script: str) -> object:
    """Run a script that prints JSON in a process without other threads, as `promo` is when it starts."""
    lines = "import json, os, sys, threading\nfrom promo_cli.workspace.spread import spread\n" + script
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")


@linux
def test_parts_are_worked_on_by_processes_of_their_own_and_kept_in_order() -> None:
    """Three processes answer for three parts that, one after another, are all items in their order."""
    answers = alone(
        "print(json.dumps(spread(lambda part: [os.getpid(), list(part)], range(100), least=10, processes=3)))"
    )
    assert [item for _, part in answers for item in part] == list(range(100))  # type: ignore[attr-defined]
    assert len({process for process, _ in answers}) == 3  # type: ignore[attr-defined]


@linux
@pytest.mark.parametrize("end", ["os._exit(1)", "os.kill(os.getpid(), 9)", "sys.exit(3)", "1 / 0"])
def test_a_process_that_ends_badly_loses_nothing(end: str) -> None:
    """What a copy could not answer is worked out by the process that asked."""
    script = f"""
asking = os.getpid()
def work(part):
    if os.getpid() != asking:
        {end}
    return sum(part)
print(json.dumps(spread(work, range(1000), least=10, processes=2)))
"""
    assert alone(script) == [sum(range(500)), sum(range(500, 1000))]


@linux
def test_errors_are_those_of_the_work() -> None:
    """An item that cannot be worked on raises what it raises without copies."""
    script = """
try:
    spread(lambda part: [1 // (item - 700) for item in part], range(1000), least=10, processes=2)
except ZeroDivisionError:
    print(json.dumps("raised"))
"""
    assert alone(script) == "raised"


@linux
def test_output_in_waiting_is_written_once() -> None:
    """Text that was printed but not yet written when a process is copied is not written by the copy too."""
    assert alone("print('\"', end='')\nspread(len, range(100), least=10, processes=2)\nprint('once\"')") == "once"


def test_few_items_are_worked_on_here() -> None:
    """No process is started for what is done before one would be ready."""
    assert spread(lambda part: [list(part)], [1, 2, 3], processes=4) == [[[1, 2, 3]]]


def test_no_process_is_copied_while_other_threads_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """With another thread about, everything is worked on here, whatever the number of processes."""
    monkeypatch.setattr(spreading.sys, "platform", "linux")
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert spread(len, range(1000), least=10, processes=4) == [1000]
    finally:
        stop.set()
        thread.join()
