#!/usr/bin/env python3
"""The checks, checked: each passes a good tree and names what is wrong with a bad one."""

import pathlib
import tempfile
import unittest

import check_files
import check_forbidden
import check_layers
import check_tests
import source_tree

# The form of a credential with its right checksum, put together here so that this file holds none.
CREDENTIAL = "lkat_" + "0" * 33
CREDENTIAL += check_files.checksum(CREDENTIAL)

GOOD = {
    "src/CMakeLists.txt": "add_executable(latchkey main.cc)\ntarget_link_libraries(latchkey PRIVATE latchkey::api)\n",
    "src/base/CMakeLists.txt": "latchkey_library(NAME base TEST_DEPS testing)\n",
    "src/verify/CMakeLists.txt": "latchkey_library(NAME verify DEPS base)\n",
    "src/api/CMakeLists.txt": "latchkey_library(NAME api DEPS verify)\n",
    "src/testing/CMakeLists.txt": "latchkey_library(NAME testing DEPS base HEADER_DEPS verify)\n",
    "src/base/text.h": "#pragma once\n",
    "src/base/text.cc": '#include "base/text.h"\n\n#include <string>\n// rand() is not called\n',
    "src/base/text_test.cc": '#include "base/text.h"\n#include "testing/clock.h"\n',
    "src/verify/verifier.h": '#include "base/text.h"\n',
    "src/api/api.h": '#include "base/text.h"\n#include "verify/verifier.h"\n',
    "src/testing/clock.h": '#include "verify/verifier.h"\n',
    "src/main.cc": '#include "api/api.h"\n',
    "src/main_test.cc": "\n",
}

OWN = '#include "base/text.h"\n'


class ChecksTest(unittest.TestCase):
    def findings(self, check, **changes):
        """What `check` says of the good tree with some files changed."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**GOOD, **changes.get("files", {})}.items():
                file = pathlib.Path(root) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return check(source_tree.Tree(root))

    def assert_finds(self, check, path, text, part):
        findings = self.findings(check, files={path: text})
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(part, findings[0])

    def assert_passes(self, check, path, text):
        self.assertEqual(self.findings(check, files={path: text}), [])

    def test_the_good_tree_passes_all(self):
        for module in (check_layers, check_forbidden, check_tests, check_files):
            self.assertEqual(self.findings(module.check), [], module.__name__)

    def test_layers_an_arrow_that_turns_back(self):
        self.assert_finds(
            check_layers.check, "src/base/text.cc", OWN + '#include "verify/verifier.h"\n', "no DEPS arrow"
        )

    def test_layers_test_deps_are_for_tests_only(self):
        self.assert_finds(
            check_layers.check, "src/base/text.cc", OWN + '#include "testing/clock.h"\n', "no DEPS arrow"
        )

    def test_layers_a_header_of_its_own_comes_first(self):
        self.assert_finds(
            check_layers.check, "src/base/text.cc", "#include <string>\n" + OWN, "not first of all"
        )

    def test_layers_a_circle_of_arrows(self):
        findings = self.findings(
            check_layers.check,
            files={"src/base/CMakeLists.txt": "latchkey_library(NAME base DEPS api TEST_DEPS testing)\n"},
        )
        self.assertTrue(any("lead back" in finding for finding in findings), findings)

    def test_layers_an_arrow_to_nowhere(self):
        self.assert_finds(
            check_layers.check,
            "src/verify/CMakeLists.txt",
            "latchkey_library(NAME verify DEPS base nowhere)\n",
            "no such folder",
        )

    def test_layers_a_header_without_its_folder(self):
        self.assert_finds(check_layers.check, "src/base/text.cc", OWN + '#include "text.h"\n', "name its folder")

    def test_layers_a_folder_that_is_no_library(self):
        self.assert_finds(check_layers.check, "src/stray/a.h", "\n", "declares no latchkey_library")

    def test_layers_io_and_databases_stay_out_of_the_domain(self):
        self.assert_finds(check_layers.check, "src/verify/verifier.h", "#include <fstream>\n", "does I/O")
        self.assert_finds(check_layers.check, "src/verify/verifier.h", "#include <sqlite3.h>\n", "store/sqlite")

    def test_forbidden_each_rule(self):
        bad = {
            "randomness": "int x = std::rand();\n",
            "clock": "auto t = std::chrono::system_clock::now();\n",
            "expose": "auto s = secret.Expose();\n",
            "shell": 'int x = std::system("ls");\n',
            "unbounded": 'std::sprintf(out, "x");\n',
            "throw": 'throw std::runtime_error("x");\n',
            "sleep": "std::this_thread::sleep_for(1s);\n",
            "environment": 'auto h = std::getenv("HOME");\n',
        }
        for name, line in bad.items():
            with self.subTest(name):
                self.assert_finds(check_forbidden.check, "src/base/text.cc", line, f"[{name}]")
        self.assert_finds(
            check_forbidden.check, "src/verify/verifier.h", "if (memcmp(a, b, 3) == 0) {}\n", "[memcmp]"
        )
        self.assertEqual(set(bad) | {"memcmp"}, {name for name, *_ in check_forbidden.RULES})

    def test_forbidden_not_in_comments_literals_or_other_words(self):
        for line in (
            "// rand() and throw\n",
            '/* system("x") */\n',
            'const char* text = "throw std::system(1)";\n',
            "int operand(int);\n",
            "auto n = expiry.time();\n",
        ):
            with self.subTest(line):
                self.assert_passes(check_forbidden.check, "src/base/text.cc", line)

    def test_forbidden_a_listed_file_may_and_a_listed_file_that_is_gone_may_not(self):
        listed = '[throw]\n"src/base/text.cc" = "says why"\n'
        findings = self.findings(
            check_forbidden.check,
            files={"tools/allowed.toml": listed, "src/base/text.cc": "throw 1;\n"},
        )
        self.assertEqual(findings, [])
        self.assert_finds(
            check_forbidden.check, "tools/allowed.toml", '[throw]\n"src/gone.cc" = "x"\n', "does not exist"
        )

    def test_tests_a_source_without_its_test(self):
        self.assert_finds(check_tests.check, "src/verify/verifier.cc", "\n", "verifier_test.cc")

    def test_tests_an_entry_needs_a_reason_and_must_be_needed(self):
        listed = '[untested]\n"src/verify/verifier.cc" = "because"\n'
        findings = self.findings(
            check_tests.check, files={"tools/allowed.toml": listed, "src/verify/verifier.cc": "\n"}
        )
        self.assertEqual(len(findings), 1, findings)
        self.assertIn("no reason", findings[0])
        self.assert_finds(
            check_tests.check,
            "tools/allowed.toml",
            '[untested]\n"src/base/text.cc" = "tested by something else"\n',
            "which has a test",
        )

    def test_files_length_on_both_sides_of_the_limit(self):
        self.assert_passes(check_files.check, "src/base/text.cc", "x\n" * 500)
        self.assert_finds(check_files.check, "src/base/text.cc", "x\n" * 501, "501 lines")

    def test_files_a_whole_credential(self):
        line = f'const char* kToken = "{CREDENTIAL}";\n'
        self.assert_finds(check_files.check, "src/base/text.cc", line, "a whole credential")
        self.assert_passes(check_files.check, "src/base/text_test.cc", line)
        self.assert_passes(check_files.check, "src/base/text.cc", line.replace("00", "01", 1))

    def test_files_machine_paths_and_white_space(self):
        path = "/" + "home/somebody/latchkey"
        self.assert_finds(check_files.check, "docs/a.md", f"see {path}\n", "one machine")
        self.assert_finds(check_files.check, "src/base/text.cc", "x \n", "white space")
        self.assert_finds(check_files.check, "src/base/text.cc", "x", "no newline")


if __name__ == "__main__":
    unittest.main(verbosity=2)
