"""The first order, by rank, in which rivals save what their clusters say they can.

Built from its beginning: the highest in rank that still leaves enough to be saved goes first, and so on. Because the
clusters know exactly what is left, this hardly ever has to go back. Orders are compared before numbers of sets, so
plans of one order that differ only in these are followed side by side.
"""

from __future__ import annotations

from promo_cli.pricing.candidate import Choice
from promo_cli.pricing.exploring import Cluster, State, Steps
from promo_cli.pricing.parts import Rival
from promo_cli.pricing.plans import Chain, Plan
from promo_cli.pricing.rounding import ceiling, reaches
from promo_cli.pricing.types.base import SCALE, Option


class Node:
    """A plan as far as it goes: what is left of every cluster, and what it may still save there.

    `gone` has a bit for each rival that applies or can no longer, `hopeless` for each that costs too much if it comes
    next, whatever came before it in other clusters.
    """

    __slots__ = ("alive", "choices", "free", "gain", "gone", "hopeless", "left", "states", "total", "wide")

    def __init__(
        self,
        wide: tuple[int, ...],
        alive: list[int],
        free: list[int],
        states: list[list[State]],
        left: int,
        gain: int,
    ) -> None:
        self.wide: tuple[int, ...] = wide
        self.alive: list[int] = alive
        self.free: list[int] = free
        self.states: list[list[State]] = states
        self.left: int = left
        self.gain: int = gain
        self.total: int = 0
        self.gone: int = 0
        self.hopeless: int = 0
        self.choices: tuple[Choice, ...] = ()


class Branch:
    """Plans of one order, and the rival to try next behind them."""

    __slots__ = ("nodes", "place")

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes: list[Node] = nodes
        self.place: int = 0


class Orders:
    """Finds the first order of rivals whose clusters are settled.

    `blamed` is the place of a rival that was better left whole, if there is no order.
    """

    __slots__ = (
        "_careful",
        "_clusters",
        "_dead",
        "_gains",
        "_parts",
        "_rivals",
        "_root",
        "_steps",
        "_stuck",
        "_within",
        "blamed",
    )

    def __init__(self, rivals: list[Rival], clusters: list[Cluster], free: tuple[int, ...], steps: Steps) -> None:
        self._rivals: list[Rival] = rivals
        self._clusters: list[Cluster] = clusters
        self._steps: Steps = steps
        self._parts: list[list[tuple[int, int]]] = [[] for _ in rivals]  # clusters, and numbers in them
        self._within: list[int] = []  # by cluster, a bit for each rival that has a part in it
        for k, cluster in enumerate(clusters):
            within = 0
            for number, part in enumerate(cluster.parts):
                self._parts[part.place].append((k, number))
                within |= 1 << part.place
            self._within.append(within)
        self._dead: dict[tuple[int, tuple[int, ...]], int] = {}
        self._careful: bool = False  # about rounding, with every option, since it had to go back
        self._stuck: bool = False
        self.blamed: int = -1
        self._gains: list[int] = [0] * len(rivals)  # how much rounding can add to each that is cut
        for place, parts in enumerate(self._parts):
            if len(parts) > 1 and any(amount % SCALE for amount in rivals[place].amounts.values()):
                self._gains[place] = SCALE // 2
        gain = sum(self._gains)
        states = [cluster.beginning for cluster in clusters]
        left = sum([state.most for of_cluster in states for state in of_cluster])
        alive = [cluster.all for cluster in clusters]
        self._root = Node(free, alive, [cluster.start for cluster in clusters], states, left, gain)

    def ceiling(self) -> int:
        """Return what no order can exceed, in minor units."""
        return ceiling(self._clusters, self._root.states, self._root.gain, self._steps)

    def first(self, target: int, share: int) -> Chain | None:
        """Return the first order that saves `target`, the most there is, with those that continue it.

        None if there is none, or if a share of the steps is used up once it had to go back. Neither happens unless
        rivals are cut. Raises OutOfStepsError.
        """
        chain: list[Plan] = []
        nodes = [self._root]
        least = self._steps.left - share
        while nodes:
            found = self._first(nodes, target, least)
            if found is None:
                break
            done = [node for node in found if node.total == target]
            chain.append(min([_plan(node) for node in done], key=_times))
            nodes = [node for node in found if node.total != target]
        if chain and not self._stuck:
            return tuple(chain)
        if self.blamed < 0:
            self.blamed = min([part.place for cluster in self._clusters for part in cluster.parts if part.cut])
        return None

    def _first(self, nodes: list[Node], target: int, least: int) -> list[Node] | None:
        """Return the plans of the first order behind these with one that saves the target."""
        stack = [Branch(nodes)]
        while stack:
            branch = stack[-1]
            if branch.place == 0:
                for node in branch.nodes:
                    if node.total == target:
                        return branch.nodes
            behind: list[Node] = []
            while branch.place < len(self._rivals) and not behind:
                place = branch.place
                branch.place += 1
                for node in branch.nodes:
                    if not (node.gone | node.hopeless) >> place & 1:
                        behind += self._behind(node, place, target)
            if behind:
                stack.append(Branch(behind))
                continue
            if self._root.gain and not self._careful:
                self._careful = True
                stack = [Branch(nodes)]
                continue
            if self.blamed < 0:
                self.blamed = self._blame(branch.nodes[0])
            for node in branch.nodes:
                key = (node.gone, node.wide)
                self._dead[key] = max(self._dead.get(key, -1), node.total)
            stack.pop()
            if self._steps.left < least:
                self._stuck = True
                return None
        return None

    def _blame(self, node: Node) -> int:
        """Return the first cut rival that some cluster wants next, but which would cost too much in another."""
        blamed = -1
        for k, cluster in enumerate(self._clusters):
            for state in node.states[k]:
                for trial in cluster.trials(state):
                    place = trial.part.place
                    wanted = trial.part.cut and trial.most >= state.most and not node.gone >> place & 1
                    if wanted and (blamed < 0 or place < blamed):
                        blamed = place
        return blamed

    def _behind(self, node: Node, place: int, target: int) -> list[Node]:
        """Return what comes of a rival next, with each of its options that leaves enough to be saved."""
        found: list[Node] = []
        for taken, option in self._options(node, place):
            child = self._child(node, place, taken, option, target)
            if child is not None:
                found.append(child)
        if not found:
            node.hopeless |= 1 << place
        return [child for child in found if self._dead.get((child.gone, child.wide), -1) < child.total]

    def _pay(self, parts: list[tuple[int, int]]) -> None:
        for k, _ in parts:
            self._steps.pay(len(self._clusters[k].runs))

    def _options(self, node: Node, place: int) -> list[tuple[list[int], Option]]:
        """Return the options of a rival with the digits of what each takes of the clusters of its parts."""
        parts = self._parts[place]
        self._pay(parts)
        if len(parts) == 1 and not self._clusters[parts[0][0]].parts[parts[0][1]].cut:
            k, number = parts[0]
            ways = self._clusters[k].ways(number, node.free[k])
            return [([way.taken], way.option) for way in ways if way.option is not None]
        taken: list[int] = []
        for k, number in parts:
            ways = self._clusters[k].ways(number, node.free[k])
            taken.append(ways[0].taken if ways else 0)
        if not any(taken):
            return []
        return [(taken, option) for option in self._rivals[place].candidate.options(node.wide)]

    def _child(self, node: Node, place: int, taken: list[int], option: Option, target: int) -> Node | None:
        """Return the plan with one more option, or None if that leaves too little to be saved."""
        parts = self._parts[place]
        self._pay(parts)
        gain = node.gain - self._gains[place]
        least = target * SCALE - gain - (node.total + option.worth) * SCALE
        left = node.left
        behind: list[list[State]] = []
        for n in range(len(parts)):
            k, number = parts[n]
            cluster = self._clusters[k]
            after = cluster.apart(node.alive[k] & ~cluster.parts[number].barred, node.free[k] - taken[n])
            behind.append(after)
            for state in node.states[k]:
                left -= state.most
            for state in after:
                left += state.most
        if left < least:
            return None
        for n in range(len(parts)):
            after = behind[n]
            before = 0
            for state in after:
                before += state.most
            exact = self._clusters[parts[n][0]].most(after, least - left + before)
            if exact < 0:
                return None
            left += exact - before
        wide = list(node.wide)
        for i, count in option.taken:
            wide[i] -= count
        child = Node(tuple(wide), node.alive[:], node.free[:], node.states[:], left, gain)
        touched = 0
        for n in range(len(parts)):
            k = parts[n][0]
            child.alive[k] &= ~self._clusters[k].parts[parts[n][1]].barred
            child.free[k] -= taken[n]
            child.states[k] = behind[n]
            touched |= self._within[k]
        child.total = node.total + option.worth
        child.gone = node.gone | self._rivals[place].barred
        child.hopeless = node.hopeless & ~touched
        doubtful = gain > 0 and (self._careful or (node.total - child.total) * SCALE + node.left > left)
        if doubtful and not reaches(self._clusters, child.states, gain, target - child.total, self._steps):
            return None
        child.choices = (*node.choices, (self._rivals[place].candidate, option))
        return child


def _plan(node: Node) -> Plan:
    choices = node.choices
    order = tuple([candidate.entry.place for candidate, _ in choices])
    return Plan(node.total, order, tuple([-option.times for _, option in choices]), choices)


def _times(plan: Plan) -> tuple[int, ...]:
    return plan.times
