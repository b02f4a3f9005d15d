"""A text is searched alike with pyahocorasick and without, whatever it holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dutyroute import Router
from dutyroute.rulebook.occurrences import Occurrences
from dutyroute.rulebook.vocabulary import APART, MATTER, folded

ROUTER = Router.shipped()
WORDS = sorted({word for words in ROUTER.rulebook.vocabulary.keywords().values() for word in words})

letters = st.text(alphabet="小区没有业主占道a é", max_size=12)
texts = st.lists(st.one_of(letters, st.sampled_from(WORDS), st.text(max_size=8)), max_size=8).map("".join)


words = st.text(alphabet="小区有业a", min_size=1, max_size=4)
wanted = st.sets(st.one_of(st.tuples(words), st.tuples(words, words)), max_size=12)
sentences = st.one_of(texts, st.text(alphabet="小区有业a，。", max_size=30))


@given(wanted, sentences)
def test_the_package_and_plain_python_find_the_same(wanted: set[tuple[str, ...]], text: str) -> None:
    plain, fast = Occurrences(wanted, is_plain=True), Occurrences(wanted, is_plain=False)
    assert sorted(plain.all(text)) == sorted(fast.all(text))
    assert plain.longest(text) == fast.longest(text)
    parts = {part for each in wanted for part in each}
    every = {(i, j) for i in range(len(text)) for j in range(i + 1, len(text) + 1) if text[i:j] in parts}
    assert set(plain.all(text)) == every


def candidates(wanted: set[tuple[str, ...]], text: str) -> set[tuple[tuple[int, int], ...]]:
    """List whatever may be kept, by trying all places."""
    places = range(len(text))
    found = {((i, i + len(w)),) for (w, *more) in wanted if not more for i in places if text.startswith(w, i)}
    for first, second in (each for each in wanted if len(each) == 2):
        for i in (i for i in places if text.startswith(first, i)):
            end = i + len(first)
            for k in (k for k in range(end, min(end + 13, len(text))) if text.startswith(second, k)):
                if not set(text[end:k]) & set(",.;:!?。"):
                    found.add(((i, end), (k, k + len(second))))
    return found


def letters_of(spans: tuple[tuple[int, int], ...]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


@given(wanted, sentences.map(folded))
def test_what_is_kept_does_not_overlap_and_nothing_longer_is_left_out(
    wanted: set[tuple[str, ...]], text: str
) -> None:
    kept = Occurrences(wanted, is_plain=True).longest(text)
    assert sum(len(letters_of(each)) for each in kept) == len(set().union(*map(letters_of, kept)))
    every = candidates(wanted, text)
    assert set(kept) <= every
    for left in every - set(kept):
        rivals = (each for each in kept if letters_of(each) & letters_of(left))
        assert any(len(letters_of(each)) >= len(letters_of(left)) for each in rivals)


@given(texts)
def test_every_span_holds_a_word_of_its_matter(text: str) -> None:
    found = ROUTER.suggest(text)
    matters, keywords = ROUTER.rulebook.vocabulary.matters, ROUTER.rulebook.vocabulary.keywords()
    clauses = (clause for _, clause in ROUTER.rulebook.vocabulary.clauses())
    # Where no word of the vocabulary is found, the phrases of the text may suggest something.
    phrases = {folded(phrase.words) for clause in clauses for phrase in clause.phrases}
    for each in found.suggestions:
        listed = (*matters[each.matter].spellings(), *keywords[MATTER, each.matter])
        own = {folded(part) for word in listed for part in word.split(APART)}
        assert {folded(text[first:last]) for first, last in each.spans} <= own | (
            set() if found.answered else phrases
        )
    assert found == ROUTER.suggest(text)
    assert found.suggestions or not found.answered


@given(st.sampled_from(WORDS), texts)
def test_a_word_leads_to_known_matters_each_once(word: str, text: str) -> None:
    for each in (word, text[:60]):
        found = [match.matter for match in ROUTER.rulebook.search.matters(each)]
        assert len(set(found)) == len(found) <= 7
