"""The chime before an announcement."""

from content_library.chime import DURATION_MS, chime


def test_the_chime_is_the_same_every_time_and_dies_away() -> None:
    """1.6 s, not one sample at full scale, begun and ended without a click."""
    sound = chime()
    assert len(sound) == DURATION_MS == 1600
    assert sound.raw_data == chime().raw_data
    assert -12.0 < sound.max_dBFS < -3.0
    assert sound[:2].max_dBFS < sound.max_dBFS - 6
    assert sound[-20:].max_dBFS < sound.max_dBFS - 30
