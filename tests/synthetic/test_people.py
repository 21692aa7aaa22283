"""Who is chosen among people of one score, whatever the processor."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from udsat_geo.synthetic.chance import uniform_of_key
from udsat_geo.synthetic.people import top


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(0, 70), st.randoms())
def test_the_highest_scores_are_taken_and_equal_ones_by_lot(scores, count, chance):
    score = np.array(scores, dtype=float)
    pool = np.array(chance.sample(range(len(scores)), len(scores)), dtype=np.int64)
    lot = uniform_of_key(pool, 0, 1)
    best = np.lexsort((lot, -score[pool]))[:count] if count < len(pool) else np.arange(len(pool))
    np.testing.assert_array_equal(top(score, pool, count), pool[np.sort(best)])
