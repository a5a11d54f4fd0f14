"""The manual pages: they are well-formed, and name the options, commands and orders that --help does, no others."""
import re
import subprocess
import unittest

from harness import BIN, DEADLINE, ROOT

PAGES = ROOT / "docs/man"


def page(name):
    return next(PAGES.glob(f"{name}.[0-9]")).read_text()


def help_of(*command):
    done = subprocess.run([BIN / command[0], *command[1:], "--help"], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def options_of_page(text):
    """Those that are explained: at the head of a paragraph or with an order."""
    explained = text.split(".Sh DESCRIPTION", 1)[1]
    heads = [line for line in explained.splitlines() if re.match(r"\.(It|Op) ", line)]
    return set(re.findall(r"Fl -([a-z][a-z-]*)", "\n".join(heads)))


def options_of_help(text):
    return set(re.findall(r"^ +--([a-z][a-z-]*)", text, re.MULTILINE))


class Pages(unittest.TestCase):
    def test_groff_has_nothing_to_say_about_them(self):
        pages = sorted(PAGES.iterdir())
        self.assertEqual(len(pages), 5)
        for each in pages:
            done = subprocess.run(["groff", "-mandoc", "-Tutf8", "-ww", "-z", each], capture_output=True, text=True, timeout=DEADLINE)
            self.assertEqual((done.returncode, done.stderr), (0, ""), each.name)

    def test_options_are_those_of_help(self):
        for name in ("wmpf-voipd", "wmpf-voipctl", "wmpf-voip-media", "wmpf-voip-phone"):
            if name == "wmpf-voip-media" and not (BIN / name).exists():
                continue   # this build is without it
            with self.subTest(name):
                self.assertEqual(options_of_page(page(name)), options_of_help(help_of(name)))

    def test_commands_of_ctl_are_those_of_help(self):
        listed = help_of("wmpf-voipctl").split("Commands:\n")[1].split("\n\n")[0]
        commands = re.findall(r"^  ([a-z-]+) ", listed, re.MULTILINE)
        self.assertGreater(len(commands), 15)
        self.assertEqual(re.findall(r"^\.It Ic ([a-z-]+)$", page("wmpf-voipctl"), re.MULTILINE), commands)

    def test_options_and_orders_of_the_service_are_those_of_help(self):
        text, own, admin = page("wmpf-voip-service"), help_of("wmpf-voip-service"), help_of("wmpf-voip-service", "admin")
        self.assertEqual(options_of_page(text), options_of_help(own) | options_of_help(admin))
        asked = re.findall(r"^  ([a-z-]+(?: [a-z-]+)*)(?= [A-Z ])", admin.split("orders:\n")[1], re.MULTILINE)
        self.assertGreater(len(asked), 10)
        self.assertEqual(re.findall(r"^\.It (?:Xo )?Ic ([a-z-]+(?: [a-z-]+)*)", text, re.MULTILINE), asked)


if __name__ == "__main__":
    unittest.main()
