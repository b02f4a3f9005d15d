"""Which rules of one rulebook, or of several that are read together, decide who holds a role or raise a flag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dutyroute.rulebook.rules import LEAD, Rule


class GivingRules:
    """The rules that give each role and flag, by their names; a name may stand for a rule in each rulebook."""

    def __init__(self, *books: Mapping[str, Rule]) -> None:
        self.assigning: dict[str, list[str]] = {}
        self.flagging: dict[str, list[str]] = {}
        self._versions: dict[str, list[Rule]] = {}
        self._overriding: dict[str, list[str]] = {}
        # Whom the holders of each role tell.
        self._told: dict[str, set[str]] = {}
        for rule in (rule for rules in books for rule in rules.values()):
            self._versions.setdefault(rule.id, []).append(rule)
            for names, index in (
                (rule.assign, self.assigning),
                (rule.flag, self.flagging),
                (rule.overrides, self._overriding),
            ):
                for name in names:
                    index.setdefault(name, []).append(rule.id)
            for role, assignments in rule.assign.items():
                self._told.setdefault(role, set()).update(*(each.to for each in assignments))

    def deciding(
        self, roles: Iterable[str], flags: Iterable[str], awaited: Iterable[str] = ()
    ) -> tuple[set[str], set[str]]:
        """
        Gather the rules that decide some roles and flags, and the roles that matter to it.

        They are the rules that give these, the rules that override these and, where
        one of these waits for roles, those that give them. `awaited` are roles of
        which it only matters whether somebody holds them.
        """
        asked = {*roles, *awaited}
        # A duty towards `lead` says another thing as soon as somebody else leads.
        if any(LEAD in self._told.get(role, ()) for role in roles):
            asked.add(LEAD)
        waiting = [name for role in asked for name in self.assigning.get(role, ())]
        waiting += [name for flag in flags for name in self.flagging.get(flag, ())]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._overriding.get(name, ())
                fresh = {role for rule in self._versions[name] for role in rule.awaited} - asked
                asked |= fresh
                waiting += (each for role in fresh for each in self.assigning.get(role, ()))
        return found, asked
