"""A text is searched alike with pyahocorasick and without, whatever it holds."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dutyroute import Router
from dutyroute.rulebook.occurrences import Occurrences
from dutyroute.rulebook.vocabulary import MATTER, folded

ROUTER = Router.shipped()
WORDS = sorted({word for words in ROUTER.rulebook.vocabulary.keywords().values() for word in words})

letters = st.text(alphabet="小区没有业主占道a é", max_size=12)
texts = st.lists(st.one_of(letters, st.sampled_from(WORDS), st.text(max_size=8)), max_size=8).map("".join)


@given(st.sets(st.text(alphabet="小区有业a", min_size=1, max_size=4), max_size=12), texts)
def test_the_package_and_plain_python_find_the_same(words: set[str], text: str) -> None:
    plain, fast = Occurrences(words, is_plain=True), Occurrences(words, is_plain=False)
    assert sorted(plain.all(text)) == sorted(fast.all(text))
    assert plain.longest(text) == fast.longest(text)
    every = {(i, j) for i in range(len(text)) for j in range(i + 1, len(text) + 1) if text[i:j] in words}
    assert set(plain.all(text)) == every


@given(st.sets(st.text(alphabet="小区有业a", min_size=1, max_size=4), max_size=12), texts)
def test_what_is_kept_does_not_overlap_and_nothing_longer_is_left_out(words: set[str], text: str) -> None:
    plain = Occurrences(words, is_plain=True)
    kept = plain.longest(text)
    assert all(first[1] <= second[0] for first, second in pairwise(kept))
    for start, end in set(plain.all(text)) - set(kept):
        assert any(i < end and start < j and j - i >= end - start for i, j in kept)


@given(texts)
def test_every_span_holds_a_word_of_its_matter(text: str) -> None:
    found = ROUTER.suggest(text)
    matters, keywords = ROUTER.rulebook.vocabulary.matters, ROUTER.rulebook.vocabulary.keywords()
    for each in found.suggestions:
        own = {folded(w) for w in (*matters[each.matter].spellings(), *keywords[MATTER, each.matter])}
        assert {folded(text[first:last]) for first, last in each.spans} <= own
    assert found == ROUTER.suggest(text)
    assert found.suggestions or not found.answered


@given(st.sampled_from(WORDS), texts)
def test_a_word_leads_to_known_matters_each_once(word: str, text: str) -> None:
    for each in (word, text[:60]):
        found = [match.matter for match in ROUTER.rulebook.search.matters(each)]
        assert len(set(found)) == len(found) <= 7
