from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.pipeline.secret import VARIABLE, hmac_key


def test_a_folder_of_ones_own_makes_its_secret_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded default needs no set-up, keeps its secret for the owner alone, and keeps it."""
    monkeypatch.delenv(VARIABLE, raising=False)
    first = hmac_key(tmp_path, "local", own_folder=True)
    assert len(first) == 32
    assert hmac_key(tmp_path, "local", own_folder=True) == first
    (path,) = tmp_path.rglob("hmac.key")
    assert path.stat().st_mode & 0o077 == 0


def test_a_real_environment_must_hand_its_secret_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the secret, or with a misshapen one, nothing is hashed and the message says how to go on."""
    for text in ("", "abc", "zz" * 32):
        monkeypatch.setenv(VARIABLE, text)
        with pytest.raises(Failure) as failure:
            hmac_key(tmp_path, "production", own_folder=False)
        assert failure.value.exit_code == 2
        assert VARIABLE in (failure.value.diagnostics[0].help or "")
    monkeypatch.setenv(VARIABLE, "ab" * 32)
    assert hmac_key(tmp_path, "production", own_folder=False) == b"\xab" * 32
