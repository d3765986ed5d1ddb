"""Write requirements.lock (to run) and requirements-dev.lock (to develop): exact versions with hashes, no addresses.

pip-compile resolves for the running Python; the hashes of the wheels for other Pythons and processors are added, so
that one lock serves every machine the README promises.
"""

import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PROCESSORS = ("x86_64", "aarch64")
PIN = re.compile(r"^(\S+==\S+) \\$", re.MULTILINE)


OPTIONS = (
    "--quiet --generate-hashes --allow-unsafe --strip-extras --build-deps-for editable --no-header "
    "--no-emit-index-url --no-emit-trusted-host --no-emit-find-links"
)


def compile_lock(output: str, *options: str) -> None:
    """Resolve pyproject.toml into a lock file."""
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS.split(), *options]
    subprocess.run([*command, "--output-file", output, "pyproject.toml"], cwd=ROOT, check=True)


def wheel(pin: str, python: str, processor: str) -> tuple[str, str] | None:
    """Return file name and SHA-256 of the wheel pip would choose there, or None if there is none."""
    platforms = [f"manylinux_2_28_{processor}", f"manylinux_2_17_{processor}", f"manylinux2014_{processor}"]
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet"]
        command += [
            "--only-binary=:all:",
            "--target",
            scratch,
            "--python-version",
            python,
            "--report",
            str(report),
            pin,
        ]
        for platform in platforms:
            command += ["--platform", platform]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        chosen = json.loads(report.read_text())["install"][0]["download_info"]
    return chosen["url"].rsplit("/", 1)[1], chosen["archive_info"]["hashes"]["sha256"]


def wheel_hashes(pin: str) -> set[str]:
    """Return the hashes of a pin's wheels for every promised Python and processor."""
    hashes = set()
    for python in PYTHONS:
        for processor in PROCESSORS:
            found = wheel(pin, python, processor)
            if found:
                hashes.add(found[1])
                if found[0].endswith("-none-any.whl"):
                    return hashes
    return hashes


def complete(name: str, known: dict[str, set[str]]) -> None:
    """Add the missing wheels' hashes to a lock file."""
    lock = ROOT / name
    blocks = re.split(r"(?m)^(?=\S)", lock.read_text())
    pins = [match[1] for block in blocks if (match := PIN.match(block))]
    with ThreadPoolExecutor(6) as pool:
        missing = [pin for pin in pins if pin not in known]
        known.update(zip(missing, pool.map(wheel_hashes, missing), strict=True))
    for index, block in enumerate(blocks):
        if match := PIN.match(block):
            present = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
            lines = [f"    --hash=sha256:{digest}" for digest in sorted(present | known[match[1]])]
            blocks[index] = match[0] + "\n" + " \\\n".join(lines) + "\n"
    lock.write_text("".join(blocks))


if __name__ == "__main__":
    compile_lock("requirements.lock")
    compile_lock("requirements-dev.lock", "--extra", "dev", "--constraint", "requirements.lock")
    shared: dict[str, set[str]] = {}
    complete("requirements.lock", shared)
    complete("requirements-dev.lock", shared)
