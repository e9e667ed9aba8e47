"""What scripts need to know of the C++ sources: modules, includes, and text without comments.

Standard library only. Paths are relative to the repository's root, with forward slashes.
"""

import os
import re
from pathlib import Path

SOURCE_FOLDERS = ("src", "tests", "bench", "fuzz")
SKIPPED_FOLDERS = {".git", ".cache", "node_modules", "dist", "__pycache__"}

_MODULE = re.compile(r"weir_module\(\s*([\w/]+)([^)]*)\)")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def files(root, endings, folders=None):
    """All files below `folders` (default: the whole tree) whose name ends so, sorted; no build folders."""
    found = []
    for top in folders or ("",):
        for here, below, names in os.walk(Path(root) / top):
            below[:] = [d for d in below if d not in SKIPPED_FOLDERS and not d.startswith("build")]
            found += [os.path.relpath(os.path.join(here, n), root) for n in names if n.endswith(endings)]
    return sorted(found)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def without_comments(text, keep_strings):
    """The text with comments, and literals unless kept, turned to blanks: every character stays at its place."""
    out = list(text)
    blank = lambda a, b: out.__setitem__(slice(a, b), [c if c == "\n" else " " for c in text[a:b]])
    i, n = 0, len(text)
    while i < n:
        c = text[i]
        if text.startswith("//", i):
            end = text.find("\n", i)
            end = n if end < 0 else end
            blank(i, end)
        elif text.startswith("/*", i):
            end = text.find("*/", i + 2)
            end = n if end < 0 else end + 2
            blank(i, end)
        elif c == '"':
            raw = i > 0 and text[i - 1] == "R" and re.match(r'"([^(\s]{0,16})\(', text[i:])
            if raw:
                close = ")" + raw.group(1) + '"'
                end = text.find(close, i)
                end = n if end < 0 else end + len(close)
            else:
                end = _end_of_literal(text, i)
            if not keep_strings:
                blank(i + 1, end - 1)
        elif c == "'" and not (i > 0 and text[i - 1] in "0123456789abcdefABCDEF" and text[i + 1 : i + 2].isalnum()):
            end = _end_of_literal(text, i)
            if not keep_strings:
                blank(i + 1, end - 1)
        else:
            end = i + 1
        i = max(end, i + 1)
    return "".join(out)


def _end_of_literal(text, start):
    i = start + 1
    while i < len(text) and text[i] not in (text[start], "\n"):
        i += 2 if text[i] == "\\" else 1
    return min(i + 1, len(text))


class Include:
    def __init__(self, name, system, line):
        self.name, self.system, self.line = name, system, line


def includes(text):
    code = without_comments(text, keep_strings=True)
    return [Include(m.group(2), m.group(1) == "<", line_of(code, m.start(1))) for m in _INCLUDE.finditer(code)]


class Modules:
    """The modules of src/CMakeLists.txt, in its order, and who may use whom."""

    def __init__(self, root):
        self.uses = {}
        self.places = {}
        path = Path(root) / "src" / "CMakeLists.txt"
        text = path.read_text() if path.exists() else ""
        text = re.sub(r"#[^\n]*", lambda m: " " * len(m.group()), text)
        for m in _MODULE.finditer(text):
            words, used, taking = m.group(2).split(), [], False
            for word in words:
                if word in ("USES", "LIBS"):
                    taking = word == "USES"
                elif taking:
                    used.append(word)
            self.uses[m.group(1)] = used
            self.places[m.group(1)] = line_of(text, m.start())

    def of(self, path):
        """The module of a path below src/ ("core/cell.hpp" -> "core"); None for main.cpp and unknown folders."""
        folder = os.path.dirname(path)
        while folder:
            if folder in self.uses:
                return folder
            folder = os.path.dirname(folder)
        return None

    def reachable(self, module):
        """The module and all it uses, directly or through others."""
        seen, todo = set(), [module]
        while todo:
            m = todo.pop()
            if m not in seen:
                seen.add(m)
                todo += self.uses.get(m, [])
        return seen


def resolve(root, includer, name):
    """The path of a quoted include below the root, or None when it is not a file of this tree."""
    for candidate in (f"src/{name}", name, os.path.normpath(os.path.join(os.path.dirname(includer), name))):
        if (Path(root) / candidate).is_file():
            return candidate
    return None


def include_graph(root):
    """path -> [(included path, line)], for every C++ file of the tree."""
    graph = {}
    for path in files(root, (".hpp", ".cpp"), SOURCE_FOLDERS):
        text = (Path(root) / path).read_text(errors="replace")
        found = ((resolve(root, path, i.name), i.line) for i in includes(text) if not i.system)
        graph[path] = [(target, line) for target, line in found if target]
    return graph
