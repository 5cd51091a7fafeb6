"""The words of all listings, and which of them a typed word may mean."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from market.finding import counted_words
from market.finding.compounds import LONGEST_WORD, Compounds
from market.finding.documents import SearchDocument
from market.finding.entries import TAGS
from market.finding.half_words import HalfWords
from market.finding.hangul import jamo, romanised
from market.finding.holders import Holders
from market.finding.lexicon import SHIPPED, WARES, Lexicon, is_kind
from market.finding.nearness import BEGINNING, HEAD, INSIDE, MOST_WORDS, OTHER_NAME, SAME, Near, nearest
from market.finding.spellings import Spellings

_NAMES = {TAGS["name"], TAGS["category"]}
_MOST_KEPT = 500  # expansions; of some 10 kB
_LONGEST_OFFERED, _MOST_OFFERED = 6, 4_000
_NOTHING_ELSE = Lexicon({})


@dataclass(frozen=True)
class Vocabulary:
    """Built once from the documents and kept; every question is a scan or a look-up in memory."""

    names: frozenset[str] = frozenset()  # words of names and categories
    others: frozenset[str] = frozenset()
    lexicon: Lexicon = SHIPPED
    tags: dict[str, str] = field(default_factory=dict, compare=False)
    """Of the places a word stands in, where known; the commonest word first."""

    @classmethod
    def of(cls, documents: Iterable[SearchDocument]) -> "Vocabulary":
        places: defaultdict[str, set[str]] = defaultdict(set)
        for document in documents:
            for place, words in document.words.items():
                for word in words:
                    places[word].add(TAGS[place])
        in_order = sorted(places, key=lambda word: (len(word), word))
        return cls.tagged({word: "".join(sorted(places[word])) for word in in_order})

    @classmethod
    def tagged(cls, tags: dict[str, str], lexicon: Lexicon = SHIPPED) -> "Vocabulary":
        """From words and the tags of the places they stand in."""
        names = frozenset(word for word, places in tags.items() if _is_name(places))
        return cls(names, frozenset(tags.keys() - names), lexicon, tags)

    def with_words(self, tags: dict[str, str]) -> "Vocabulary":
        """This one and more words: its tables are added to, not made anew."""
        new = {
            word: "".join({*places, *self.tags.get(word, "")})
            for word, places in tags.items()
            if not set(places) <= set(self.tags.get(word, ""))
        }
        if not new:
            return self
        # What was another word so far and is a name now stands in a table twice, which is no harm.
        unknown = {
            word: tags
            for word, tags in new.items()
            if word not in self.words or (_is_name(tags) and word not in self.names)
        }
        more = Vocabulary.tagged(unknown, _NOTHING_ELSE)
        both = Vocabulary(
            self.names | more.names, (self.others | more.others) - more.names, self.lexicon, self.tags | new
        )
        both.__dict__.update({table: getattr(self, table) + getattr(more, table) for table in _TABLES})
        for table in ("_latin", "short_names"):
            both.__dict__[table] = getattr(more, table) | getattr(self, table)
        return both

    def with_lexicon(self, lexicon: Lexicon) -> "Vocabulary":
        """These words and another lexicon."""
        other = Vocabulary(self.names, self.others, lexicon, self.tags)
        other.__dict__.update({table: getattr(self, table) for table in _TABLES if table != "_spellings"})
        other.__dict__["_compounds"] = replace(self._compounds, lexicon=lexicon)
        other.__dict__["short_names"] = self.short_names
        return other

    @cached_property
    def words(self) -> frozenset[str]:
        return self.names | self.others

    @cached_property
    def _holders(self) -> Holders:
        """The short words first, so that words stand before the runs of words that hold them."""
        return Holders(sorted(self.words, key=lambda word: (len(word), word)))

    @cached_property
    def _names_in_order(self) -> list[str]:
        """The commonest first, where that is known."""
        if self.tags:
            return [word for word in self.tags if word in self.names]
        return sorted(self.names, key=lambda word: (len(word), word))

    @cached_property
    def _half_words(self) -> HalfWords:
        return HalfWords(self._names_in_order)

    @cached_property
    def _compounds(self) -> Compounds:
        return Compounds.of(self.names, self.others, self.lexicon)

    @cached_property
    def _spellings(self) -> Spellings:
        """What typing errors are corrected to: names, their ends, and the things everyone knows."""
        names = self._names_in_order
        ends = (word[-at:] for word in names if len(word) <= LONGEST_WORD for at in range(2, len(word)))
        known = (word for word in self.lexicon.meanings if not word.isascii())
        return Spellings(word for word in dict.fromkeys((*names, *ends, *known)) if len(word) > 1)

    @cached_property
    def _latin(self) -> dict[str, str]:
        return {romanised(word): word for word in self._spellings if not word.isascii()}

    @cached_property
    def short_names(self) -> dict[str, str]:
        """The commonest names of few letters, by their jamo: worth a try where nothing was found."""
        short = (
            word for word in self._names_in_order if 2 <= len(word) <= _LONGEST_OFFERED and not word.isdigit()
        )
        return {jamo(word): word for word in islice(short, _MOST_OFFERED)}

    def knows(self, word: str) -> bool:
        if self.is_name(word) or self._compounds.is_piece(word):
            return True
        return len(word) == 1 and any(near.closeness == HEAD for near in self.expand(word))

    def is_name(self, word: str) -> bool:
        """A whole word, not merely a piece of one."""
        return word in self.names or word in self.others or self.lexicon.knows(word) or word in WARES

    def says_which(self, word: str) -> bool:
        """It tells which thing is wanted, not what: a certificate's or a village's word, or one of texts alone."""
        places = {tag for near in self.with_other_names(word) for tag in self.tags.get(near.word, "")}
        if TAGS["certificate"] in places or _NAMES.isdisjoint(places):
            return True
        is_ware = word in WARES or self.lexicon.knows(word)
        has_kinds = any(near.closeness == HEAD for near in self.expand(word))
        return TAGS["village"] in places and not (is_ware or has_kinds)

    def split(self, word: str) -> list[str] | None:
        return self._compounds.split(word)

    def known_end(self, word: str) -> str | None:
        return self._compounds.known_end(word)

    def expand(self, word: str) -> tuple[Near, ...]:
        """Words of the listings that hold this one; of a single syllable only those that are a kind of it.

        Korean compounds end in what they are: 신고배 is a 배, 배추 is not.
        """
        return _kept(self._expanded, word, self._expand)

    def as_typed(self, word: str) -> tuple[Near, ...]:
        """As `expand`; where not all words are counted, one that nobody knows may be a rare name."""
        is_cut = len(self.names) >= counted_words.MOST_COUNTED
        rare = (Near(word, SAME),) if is_cut and len(word) > 1 and word not in self.words else ()
        return (*rare, *self.expand(word))

    @cached_property
    def _expanded(self) -> dict[str, tuple[Near, ...]]:
        return {}

    def _expand(self, word: str) -> tuple[Near, ...]:
        if len(word) == 1:
            return self._expand_syllable(word)
        near: dict[str, float] = {word: SAME} if word in self.words else {}
        inside = self._holders.holding(word, MOST_WORDS)
        is_all = len(inside) < MOST_WORDS  # else those that end or begin so have to be looked for
        ending = [] if is_all else self._holders.ending(word, MOST_WORDS)
        for other in (each for each in inside if each.endswith(word)) if is_all else ending:
            near.setdefault(other, HEAD if other in self.names and is_kind(other, word) else INSIDE)
        beginning = inside if is_all else self._holders.beginning(word, MOST_WORDS)
        near = dict.fromkeys((other for other in beginning if other.startswith(word)), BEGINNING) | near
        return nearest(dict.fromkeys(inside, INSIDE) | near)

    def _expand_syllable(self, word: str) -> tuple[Near, ...]:
        """A category that ends so is no kind of it: 채소. Texts have words that end so by chance: 재배."""
        is_ware = word in WARES or self.lexicon.knows(word)
        near = {word: SAME} if word in (self.words if is_ware else self.names) else {}
        for other in self._holders.ending(word, MOST_WORDS):
            if self._is_of_a_name(other) and is_kind(other, word):
                near.setdefault(other, HEAD)
            elif is_ware and other in self.names:
                near.setdefault(other, INSIDE)
        # 김 is seaweed: who looks for it does not want 김치.
        return nearest(near) if near or word in WARES else self.named_from(word)

    def named_from(self, word: str) -> tuple[Near, ...]:
        """What begins a name so, and is no kind of it."""
        names = (other for other in self._holders.beginning(word, MOST_WORDS) if self._is_of_a_name(other))
        return nearest({name: BEGINNING for name in names if name != word})

    def _is_of_a_name(self, word: str) -> bool:
        """Not merely of a category."""
        return word in self.names and TAGS["name"] in self.tags.get(word, TAGS["name"])

    def with_other_names(self, word: str) -> tuple[Near, ...]:
        """As `expand`, and what its other names expand to, which is a little farther; the nearest first."""
        return _kept(self._other_names, word, self._expand_other_names)

    @cached_property
    def _other_names(self) -> dict[str, tuple[Near, ...]]:
        return {}

    def _expand_other_names(self, word: str) -> tuple[Near, ...]:
        names = list(self.lexicon.also_called(word))
        if spelt := self.in_latin(word):
            names.append(spelt)
        if not names:
            return self.expand(word)
        near: dict[str, float] = dict(self.expand(word))
        for name in names:
            for found, closeness in self.expand(name):
                near[found] = max(near.get(found, 0.0), closeness * OTHER_NAME)
        return tuple(Near(*item) for item in sorted(near.items(), key=lambda item: -item[1]))

    def by_choseong(self, initials: str) -> tuple[Near, ...]:
        return self._half_words.by_choseong(initials)

    def half_typed(self, word: str) -> tuple[Near, ...]:
        return self._half_words.half_typed(word)

    def beginning(self, typed: str, most: int) -> list[str]:
        return self._half_words.beginning(typed, most)

    def in_latin(self, word: str) -> str | None:
        """gotgam → 곶감."""
        return self._latin.get(word.lower()) if len(word) > 2 else None

    def misspelt(self, word: str) -> list[str]:
        """Known spellings within few letters, the nearest only; nothing for a short word that is far off."""
        if len(word) < 2 or self.knows(word) or self.names_in(word):
            return []
        return self._spellings.nearest(word)

    def names_in(self, word: str) -> list[str]:
        """Of a compound of whole names: 부추김치 is no slip for 배추김치, even where nobody sells it."""
        parts = self.split(word) or []
        return parts if all(len(part) > 1 and self.is_name(part) for part in parts) else []


_TABLES = ("_holders", "_half_words", "_compounds", "_spellings")


def _is_name(places: str) -> bool:
    return not _NAMES.isdisjoint(places)


def _kept(
    known: dict[str, tuple[Near, ...]], word: str, work: Callable[[str], tuple[Near, ...]]
) -> tuple[Near, ...]:
    """Worked out once. No `lru_cache` of a method: it would keep its vocabulary from being forgotten."""
    if word not in known:
        if len(known) >= _MOST_KEPT:
            known.clear()
        known[word] = work(word)
    return known[word]
