#!/usr/bin/env python3
"""Each house rule is planted once and must be found with its place; clean look-alikes must pass."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from check_structure import Checker  # noqa: E402

CMAKE = """# the order
weir_module(base)
weir_module(json USES base LIBS Boost::json)
weir_module(store USES base json)
weir_module(store/sqlite USES store LIBS SQLite::SQLite3)
weir_module(core USES store)
weir_module(counter USES core)
weir_module(work USES core)
weir_module(edge USES core)
"""


class Structure(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.put("src/CMakeLists.txt", CMAKE)

    def put(self, path, text):
        file = Path(self.folder.name) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def found(self):
        return Checker(self.folder.name).run()

    def expect(self, place, words):
        hits = [p for p in self.found() if p.startswith(place) and words in p]
        self.assertEqual(1, len(hits), f"{place} ... {words} in {self.found()}")
        self.assertIn("; ", hits[0], "names the replacement")

    def expect_clean(self):
        self.assertEqual([], self.found())

    def test_finds_an_upward_include(self):
        self.put("src/core/cell.hpp", "#pragma once\n")
        self.put("src/json/text.cpp", '#include <string>\n#include "core/cell.hpp"\n')
        self.expect("src/json/text.cpp:2:", "does not use core")

    def test_finds_a_link_that_leads_nowhere(self):
        self.put("docs/guide.md", "# Guide\n[here](how-to/run.md#start) [there](https://example.org/x.md) [up](#guide)\n")
        self.expect("docs/guide.md:2:", "a link to how-to/run.md")
        self.put("docs/how-to/run.md", "[back](../guide.md)\n")
        self.expect_clean()

    def test_finds_an_include_of_a_sibling(self):
        self.put("src/counter/counter.hpp", "#pragma once\n")
        self.put("src/work/items.cpp", '#include "counter/counter.hpp"\n')
        self.expect("src/work/items.cpp:1:", "does not use counter")

    def test_finds_an_include_of_an_adapter_by_its_port(self):
        self.put("src/store/sqlite/db.hpp", "#pragma once\n")
        self.put("src/store/store.hpp", '#include "store/sqlite/db.hpp"\n')
        self.expect("src/store/store.hpp:1:", "does not use store/sqlite")

    def test_allows_what_is_used_through_others(self):
        self.put("src/base/result.hpp", "#pragma once\n")
        self.put("src/counter/counter.cpp", '#include "base/result.hpp"\n')
        self.put("src/counter/rows.hpp", "#pragma once\n")
        self.put("src/main.cpp", '#include "counter/rows.hpp"\n')
        self.expect_clean()

    def test_does_not_read_commented_includes(self):
        self.put("src/core/cell.hpp", "#pragma once\n")
        self.put("src/json/text.cpp", '// #include "core/cell.hpp"\n/*\n#include "core/cell.hpp"\n*/\n')
        self.expect_clean()

    def test_finds_a_module_that_uses_a_later_one(self):
        self.put("src/CMakeLists.txt", "weir_module(base USES core)\nweir_module(core USES base)\n")
        self.expect("src/CMakeLists.txt:1:", "module base uses core")

    def test_finds_a_cycle_of_headers(self):
        self.put("src/core/a.hpp", '#include "core/b.hpp"\n')
        self.put("src/core/b.hpp", '#include "core/a.hpp"\n')
        self.expect("src/core/b.hpp:1:", "include cycle")

    def test_finds_impure_headers_and_calls_in_core_and_services(self):
        for header in ("thread", "mutex", "fstream", "iostream", "random", "filesystem", "condition_variable", "atomic"):
            with self.subTest(header):
                self.put("src/core/cell.cpp", f"\n#include <{header}>\n")
                self.expect("src/core/cell.cpp:2:", f"<{header}>")
        for call in ("system_clock::now()", "std::chrono::steady_clock::now()", "std::rand()", 'getenv("A")', 'fopen("a", "r")'):
            with self.subTest(call):
                self.put("src/core/cell.cpp", f"\n\nauto x = {call};\n")
                self.expect("src/core/cell.cpp:3:", "in core")

    def test_allows_threads_at_the_edge_and_words_in_comments(self):
        self.put("src/edge/server.cpp", "#include <thread>\n#include <boost/beast/http.hpp>\n")
        self.put("src/core/cell.cpp", '// never system_clock::now()\nauto s = "getenv(std::regex)";\nint n = 1\'000;\n')
        self.expect_clean()

    def test_finds_std_regex(self):
        self.put("tests/core/x_test.cpp", "#include <regex>\nstd::regex r;\n")
        self.expect("tests/core/x_test.cpp:1:", "std::regex")
        self.expect("tests/core/x_test.cpp:2:", "std::regex")

    def test_finds_headers_of_the_outside_in_a_service(self):
        for header in ("boost/asio.hpp", "boost/beast/core.hpp", "curl/curl.h", "sqlite3.h", "libpq-fe.h"):
            with self.subTest(header):
                self.put("src/work/items.cpp", f"#include <{header}>\n")
                self.expect("src/work/items.cpp:1:", header)
        self.put("src/work/items.cpp", "")
        self.put("src/store/sqlite/db.cpp", "#include <sqlite3.h>\n")
        self.expect_clean()

    def test_finds_beast_in_a_header(self):
        self.put("src/edge/server.hpp", "#include <boost/beast/http.hpp>\n")
        self.expect("src/edge/server.hpp:1:", "in a header")

    def test_finds_braces_in_a_co_await(self):
        self.put("src/edge/a.cpp", "task f() {\n  auto r = co_await send(\n      {.a = 1});\n}\n")
        self.expect("src/edge/a.cpp:3:", "co_await")

    def test_allows_a_block_after_a_co_await(self):
        self.put("src/edge/a.cpp", "task f() {\n  if (co_await g()) { h(); }\n  co_await g();\n  { h(); }\n}\n")
        self.expect_clean()

    def test_finds_a_long_file_at_601_lines(self):
        self.put("src/core/a.cpp", "\n" * 600)
        self.expect_clean()
        self.put("src/core/a.cpp", "\n" * 601)
        self.expect("src/core/a.cpp:601:", "601 lines")

    def test_finds_a_sleeping_test(self):
        self.put("tests/host/a_test.cpp", "\nstd::this_thread::sleep_for(1ms);\n// sleep(1) in words is fine\n")
        self.expect("tests/host/a_test.cpp:2:", "sleeps")

    def test_finds_promises_and_machine_paths(self):
        self.put("docs/a.md", "fine\nTO" "DO: more\n")
        self.put("scripts/b.sh", "cd /wo" "rk/x\nls /ro" "ot/y\n")
        self.expect("docs/a.md:2:", "left behind")
        self.expect("scripts/b.sh:1:", "one machine")
        self.expect("scripts/b.sh:2:", "one machine")

    def test_allows_the_module_named_work_and_temporary_names(self):
        self.put("docs/a.md", "see src/work/items.hpp\n")
        self.put("scripts/b.sh", "d=$(mktemp -d weir.XXXXXX)\n")
        self.expect_clean()


if __name__ == "__main__":
    unittest.main()
