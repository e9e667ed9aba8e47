#!/usr/bin/env python3
"""House rules that a compiler does not hold. Prints `file:line: what is wrong; what to do instead`; exits 1 on any.

    scripts/check_structure.py [ROOT]
"""

import re
import sys
from pathlib import Path

import source_tree as tree

PURE = ("json", "calendar", "api", "core", "counter", "account", "work", "workflow", "pipeline",
        "scenario")
PURE_HEADERS = {"thread", "mutex", "shared_mutex", "fstream", "iostream", "random", "filesystem", "condition_variable",
                "atomic", "future"}
PURE_TOKENS = {
    r"\bsystem_clock::now\b": "take `now` from the command: time comes in through the constructor",
    r"\bsteady_clock::now\b": "take `now` from the command, and bound work by counted steps",
    r"\bstd::rand\b": "take the cell's randomness, which a seed replays",
    r"\bgetenv\s*\(": "take the setting as a constructor argument; cli/ reads the environment",
    r"\bfopen\s*\(": "return an effect; run/ touches files",
}
OUTSIDE = ("edge", "run", "store", "host", "cli")
OUTSIDE_HEADERS = re.compile(r"^(boost/(beast|asio)|curl/|sqlite3|libpq|postgresql/)")
BEAST = re.compile(r"^boost/beast")
MAX_LINES = 600
SLEEPS = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(")
# Put together from halves, so that this file does not hold what it looks for.
PROMISES = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.\-*/})$])/(work|root)" r"/")
LINKS = re.compile(r"\]\((?!\w+:|#)([^)\s#]+)[^)\s]*\)")
TEXT_ENDINGS = (".hpp", ".cpp", ".py", ".sh", ".md", ".txt", ".cmake", ".json", ".yaml", ".yml", ".ts", ".tsx", ".css",
                ".html", ".sql", "dev", "run", ".clang-tidy", ".clang-format", ".gitignore")
CODE_ENDINGS = (".hpp", ".cpp", ".py", ".sh", ".ts", ".tsx", ".css")


class Checker:
    def __init__(self, root):
        self.root = Path(root)
        self.modules = tree.Modules(root)
        self.problems = []

    def report(self, path, line, what, instead):
        self.problems.append((path, line, f"{path}:{line}: {what}; {instead}"))

    def run(self):
        self.module_order()
        for path in tree.files(self.root, (".hpp", ".cpp"), tree.SOURCE_FOLDERS):
            self.cpp_file(path, (self.root / path).read_text(errors="replace"))
        self.include_cycles()
        for path in tree.files(self.root, TEXT_ENDINGS):
            self.any_file(path, (self.root / path).read_text(errors="replace"))
        return [text for _, _, text in sorted(set(self.problems))]

    def module_order(self):
        """A module uses only modules above it in src/CMakeLists.txt: then the modules have no cycle."""
        known = set()
        for module, uses in self.modules.uses.items():
            for used in uses:
                if used not in known:
                    self.report("src/CMakeLists.txt", self.modules.places[module],
                                f"module {module} uses {used}, which does not stand before it",
                                "dependencies point down: move the shared part into a lower module")
            known.add(module)

    def cpp_file(self, path, text):
        code = tree.without_comments(text, keep_strings=False)
        found = tree.includes(text)
        if path.startswith("src/"):
            module = self.modules.of(path[len("src/"):])
            self.upward_includes(path, module, found)
            if module and module.split("/")[0] in PURE:
                self.purity(path, module, code, found)
            self.outside_headers(path, module, found)
        for m in re.finditer(r"\bstd::regex\b", code):
            self.report(path, tree.line_of(code, m.start()), "std::regex overflows the stack on long input", "use RE2")
        for i in found:
            if i.system and i.name == "regex":
                self.report(path, i.line, "std::regex overflows the stack on long input", "use <re2/re2.h>")
        self.co_await_braces(path, code)
        if path.startswith("tests/"):
            for m in SLEEPS.finditer(code):
                self.report(path, tree.line_of(code, m.start()), f"a test sleeps ({m.group(1)})",
                            "wait on an event, or move the test's clock")

    def upward_includes(self, path, module, found):
        if module is None:  # main.cpp wires the house and may know every room
            return
        allowed = self.modules.reachable(module)
        for i in found:
            target = None if i.system else tree.resolve(self.root, path, i.name)
            if not target or not target.startswith("src/"):
                continue
            other = self.modules.of(target[len("src/"):])
            if other and other not in allowed:
                self.report(path, i.line, f"{module} includes \"{i.name}\", but does not use {other} (src/CMakeLists.txt)",
                            "turn the dependency round, go through api and the router, or name a lower module in USES")

    def include_cycles(self):
        graph = {p: [t for t, _ in edges] for p, edges in tree.include_graph(self.root).items()}
        state = {}

        def visit(path, trail):
            state[path] = "open"
            for target in graph.get(path, []):
                if state.get(target) == "open":
                    cycle = trail[trail.index(target):] + [target]
                    self.report(path, 1, "include cycle " + " -> ".join(cycle), "move the shared part into a third header")
                elif target not in state:
                    visit(target, trail + [target])
            state[path] = "done"

        for path in sorted(graph):
            if path not in state:
                visit(path, [path])

    def purity(self, path, module, code, found):
        for i in found:
            if i.system and i.name in PURE_HEADERS:
                self.report(path, i.line, f"<{i.name}> in {module}, which does no I/O and has no threads, clocks or randomness",
                            "decide on rows here; host/ has the threads, run/ does the effects")
        for token, instead in PURE_TOKENS.items():
            for m in re.finditer(token, code):
                self.report(path, tree.line_of(code, m.start()), f"{m.group().rstrip('( ')} in {module}", instead)

    def outside_headers(self, path, module, found):
        for i in found:
            if path.endswith(".hpp") and BEAST.match(i.name):
                self.report(path, i.line, f"<{i.name}> in a header makes every includer slow to compile",
                            "include Beast in a .cpp and hide it behind a class of ours")
            if module and module.split("/")[0] not in OUTSIDE and OUTSIDE_HEADERS.match(i.name):
                self.report(path, i.line, f"<{i.name}> in {module}", "sockets, HTTP and SQL belong to " + ", ".join(OUTSIDE))

    def co_await_braces(self, path, code):
        """GCC 12 destroys a temporary of a braced initialiser in a co_await expression twice."""
        for m in re.finditer(r"\bco_await\b", code):
            depth = 0
            for position in range(m.end(), len(code)):
                c = code[position]
                if c in "([":
                    depth += 1
                elif c in ")]":
                    depth -= 1
                elif c == "{":
                    # A block after `if (co_await x)` lies outside the parentheses of the expression.
                    if depth >= 0:
                        self.report(path, tree.line_of(code, position), "braces in a co_await expression (GCC 12 frees twice)",
                                    "make a named local before the co_await")
                    break
                if depth < 0 or (c == ";" and depth == 0):
                    break

    def any_file(self, path, text):
        count = text.count("\n")
        if path.endswith(CODE_ENDINGS) and count > MAX_LINES:
            self.report(path, count, f"{count} lines", f"split by table, state or action: at most {MAX_LINES}")
        for m in PROMISES.finditer(text):
            self.report(path, tree.line_of(text, m.start()), f"{m.group()} left behind",
                        "do it, or open an issue and say in the comment how it is now")
        if path.endswith(".md"):
            for m in LINKS.finditer(text):
                if not (self.root / path).parent.joinpath(m.group(1)).exists():
                    self.report(path, tree.line_of(text, m.start()), f"a link to {m.group(1)}, which is not there",
                                "name the file from the page's own folder")
        for m in MACHINE_PATHS.finditer(text):
            self.report(path, tree.line_of(text, m.start()), f"a path of one machine ({m.group()})",
                        "use a path relative to the repository, or a temporary folder")


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    problems = Checker(root).run()
    for p in problems:
        print(p)
    print(f"structure: {len(problems)} problems" if problems else "structure: ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
