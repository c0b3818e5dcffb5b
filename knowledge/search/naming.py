"""What things are called: procedures, families, fields, and what is served elsewhere. Whether words are a name, and whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.model import Family
from knowledge.procedure import Procedure
from knowledge.text.aspects import is_filler
from knowledge.text.folding import fold
from knowledge.text.normalising import folded, normalise
from knowledge.text.reading import PAUSES

_ABOUT_FIELDS = frozenset(
    ("ben", "mang", "nganh", "linh", "vuc", "thu", "tuc", "giay", "to")
)  # words around the name of a field


class Naming:
    """The names of one knowledge snapshot, as a question's own words are read. Immutable."""

    def __init__(
        self,
        procedures: Mapping[str, Procedure],
        families: Mapping[str, Family],
        fields: Mapping[str, Sequence[str]],
        elsewhere: frozenset[str],
    ) -> None:
        self._fields, self._elsewhere = fields, elsewhere
        self._family: dict[str, Family] = {}
        for code, p in procedures.items():
            if family := families.get(p.words.family or "") if p.words else None:
                self._family[code] = family
        self._members: dict[str, list[str]] = {}
        for code, family in self._family.items():
            self._members.setdefault(family.key, []).append(code)
        self._alone = {code: [code] for code in procedures}
        self._named: dict[str, str] = {}
        for code, p in procedures.items():
            for name in (p.title, *(p.words.aliases if p.words else ())):
                said = own(name)
                self._named[said] = code if self._named.get(said, code) == code else ""
        self._words: dict[str, frozenset[str]] = {}
        self._lines: dict[str, list[str]] = {}
        self._of_families: set[str] = set()
        for key, family in families.items():
            said_so = {own(name) for name in (family.name, *family.aliases)}
            self._words[key] = frozenset(word for n in (family.name, *family.aliases) for word in folded(n).split())
            self._lines[key] = [f" {name} " for name in sorted(said_so) if " " in name]
            self._of_families |= said_so

    def family(self, code: str) -> Family | None:
        """The family a procedure belongs to."""
        return self._family.get(code)

    def near(self, code: str) -> Sequence[str]:
        """The procedure and the members of its family; nothing for what is no procedure."""
        family = self._family.get(code)
        return self._members[family.key] if family else self._alone.get(code, ())

    def is_name(self, words: Sequence[str]) -> bool:
        """Whether own words are just what something is called; one word ("phép", "thẻ") names nothing."""
        said = " ".join(words)
        return len(words) >= 2 and bool(self._named.get(said) or said in self._of_families or said in self._elsewhere)

    def is_named(self, code: str, words: Sequence[str]) -> bool:
        """Whether own words are the title or an alias of this procedure alone."""
        return bool(words) and self._named.get(" ".join(words)) == code

    def only_family(self, code: str, words: Sequence[str]) -> bool:
        """Whether own words are a family's name, or hold nothing but the words of this procedure's family."""
        if " ".join(words) in self._of_families:
            return True
        return code in self._family and bool(words) and not self.beside_family(self._family[code], words)

    def beside_family(self, family: Family, words: Sequence[str]) -> list[str]:
        """Those of `words` that are not the family's own."""
        of_family = self._words[family.key]
        return [word for word in words if word not in of_family]

    def names_family(self, code: str, words: Sequence[str]) -> bool:
        """Whether among own words the family of a procedure is named ("… khai tử … trời ơi")."""
        line = f" {' '.join(words)} "
        return code in self._family and any(name in line for name in self._lines[self._family[code].key])

    def field(self, words: Sequence[str]) -> Sequence[str]:
        """The procedures of the field whose name is all that was said ("về hộ tịch"); none where it also is a procedure's or a family's name."""
        said = " ".join(word for word in words if word not in _ABOUT_FIELDS)
        if said in self._of_families or self._named.get(said):
            return ()
        return self._fields.get(said, ())


def own(name: str) -> str:
    """A name the way a question's own words are: no courtesy, no marks."""
    return " ".join(fold(word) for word in normalise(name).split() if not is_filler(word) and word not in PAUSES)
