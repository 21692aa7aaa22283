"""Three colours, three sentences and a tornado: by hand, and as they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from udsat_geo.analysis.space_words import texts_in_words
from udsat_geo.report.canvas import Origin
from udsat_geo.report.few import in_tens, tens_in_words
from udsat_geo.report.how_sure import CERTAINTY, EITHER, OUT, SENSITIVITY, SURE, UNKNOWN, HowSure, most_first
from udsat_geo.report.tornado import Bar, Tornado, draw_tornado, in_order

SHARES = (1.0, 0.95, 0.94, 0.0, 0.05, 0.06, 0.5, np.nan)
INSIDE = (True, True, True, False, False, False, True, False)
RESIDENTS = (1000, 200, 55, 400, 30, 104, 0, 7)


def how(about: str, settings: tuple[str, ...] = ()) -> HowSure:
    return HowSure(about, np.array(SHARES), np.array(INSIDE), np.array(RESIDENTS), settings)


def test_what_is_sure_what_could_go_either_way_and_what_is_out() -> None:
    assert how(CERTAINTY).classes.tolist() == [SURE, SURE, EITHER, OUT, OUT, EITHER, EITHER, UNKNOWN]


def test_three_sentences_with_numbers_in_tens() -> None:
    first, second, third = how(CERTAINTY).sentences({}, "en")
    # 1,200 of 1,255 are sure; 55 inside and 104 outside are not
    assert first.startswith("Of 1,260 residents in the areas, 1,200 (96 %) live where the designation is sure")
    assert second == "60 in the areas and 100 outside them live where it could have gone either way."
    # 200 * 0.05 + 55 * 0.06 = 13.3 leave; 30 * 0.05 + 104 * 0.06 = 7.7 come
    assert third == (
        "If chance fell otherwise, about fewer than 20 of those in areas would be left out, and about fewer than 20 "
        "others would come in."
    )
    assert how(CERTAINTY).sentences({}, "da")[1].startswith("60 i områderne og 100 uden for dem")


def test_the_third_sentence_of_settings_names_those_that_matter_most() -> None:
    settings = most_first(
        [("rule.core", 0.1), ("weights.low", 0.3), ("rule.edge", 0.6), ("areas.holes", 0.0), ("x", None)]
    )
    assert settings == ("rule.edge", "weights.low", "rule.core")
    third = how(SENSITIVITY, settings).sentences({"low": "Low income"}, "en")[2]
    assert third.endswith("this: “Composite from which a unit joins one”, then “Weight: Low income”.")
    assert how(SENSITIVITY).sentences({}, "en")[2] == "None of the settings tried changes how many are designated."


def test_nobody_in_areas_is_no_share() -> None:
    none = HowSure(CERTAINTY, np.array([0.2]), np.array([False]), np.array([100]))
    assert "(– %)" in none.sentences({}, "en")[0]


@pytest.mark.parametrize(("residents", "told"), [(0, "0"), (1, "fewer than 20"), (19, "fewer than 20"), (25, "30")])
def test_few_are_not_counted(residents: int, told: str) -> None:
    assert tens_in_words(residents, "en") == told
    assert in_tens(residents) in (-1, 0, 30)


def test_values_of_a_file_are_told_as_those_of_the_run() -> None:
    assert texts_in_words(["2", "3"], {}, "en") == "2; 3"
    assert texts_in_words(["0.25", "1000"], {}, "da") == "0,25; 1.000"
    assert texts_in_words(["", "a,b"], {"a": "One", "b": "Two"}, "en") == "none; One + Two"
    assert texts_in_words([str(n) for n in range(7)], {}, "en") == "0 to 6 (7 values)"


def test_the_widest_bar_stands_on_top_and_says_both_ends() -> None:
    bars = (Bar("narrow", "1; 2", 990, 1010, 0.7), Bar("none", "1", 1000, 1000, None), Bar("wide", "1", 800, 1000, 0.2))
    told = in_order(bars)
    assert [bar.label for bar in told] == ["wide", "narrow", "none"]
    figure = draw_tornado(Tornado(2021, 1000, told, Origin("registers", "p", 2021), "en"))
    texts = {text.get_text() for text in figure.axes[0].texts}
    assert texts == {"800", "990", "1,010"}
    # a bar to each side that there is, none where nothing changes
    assert len([patch for patch in figure.axes[0].patches if patch.get_gid() == "bar"]) == 3
    assert figure.get_label().startswith(
        "Residents in areas when one setting changes, in 2021, 1,000 by the policy. wide"
    )
