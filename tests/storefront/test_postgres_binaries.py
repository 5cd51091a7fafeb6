"""The wheel's programs are copied once, whoever comes first; and who stops the copying is heard."""

import shutil
from pathlib import Path
from typing import Never

import pytest

from storefront.postgres_binaries import Binaries, copy_of_wheel


@pytest.mark.parametrize(("trouble", "is_heard"), [(KeyboardInterrupt(), True), (OSError(), False)])
def test_only_trouble_with_files_is_passed_over_where_another_was_quicker(
    tmp_path: Path, monkeypatch, trouble, is_heard
):
    (tmp_path / "site/wheel/install/bin").mkdir(parents=True)
    wheel = Binaries(tmp_path / "site/wheel/install/bin", "18.1", from_wheel=True)
    home = tmp_path / "home"
    home.mkdir()

    def another_is_quicker(*_: object, **__: object) -> Never:
        (home / "postgresql-18.1").mkdir()
        raise trouble

    monkeypatch.setattr(shutil, "copytree", another_is_quicker)

    if is_heard:
        with pytest.raises(KeyboardInterrupt):
            copy_of_wheel(wheel, home)
    else:
        assert copy_of_wheel(wheel, home).folder == home / "postgresql-18.1/wheel/install/bin"
    assert [path.name for path in home.iterdir()] == ["postgresql-18.1"]
