from pathlib import Path

from bench.onlineretail_reports import compare

SAMPLE = Path(__file__).with_name("onlineretail_sample.csv")


def test_reports_on_a_real_shop_are_what_its_file_says(tmp_path: Path) -> None:
    """Top products and months are those of SQL over the file; of its 16 customers no segment may be shown."""
    compared = compare(SAMPLE, tmp_path)
    for name in ("top products", "months"):
        want, found = compared[name]
        assert found == want
    assert compared["segments"][1] == []
