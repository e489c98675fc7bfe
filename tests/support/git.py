"""Real git, with a home of its own, and never a prompt."""

import subprocess
from pathlib import Path

from support.server import clean_environment


class GitRan:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def remote(self):
        """What the server said: the `remote:` lines, as one text."""
        lines = [
            line[len("remote:") :].strip() for line in self.err.splitlines() if line.startswith("remote:")
        ]
        return "\n".join(line for line in lines if line)

    @property
    def ok(self):
        return self.status == 0


class Git:
    """Runs git below `home`, which is the client's own and never searched for secrets. What the server sent
    (the `remote:` lines) goes to `transcript`, which is."""

    def __init__(self, home, transcript=None):
        self.home = Path(home)
        self.home.mkdir(parents=True, exist_ok=True)
        self.transcript = transcript
        config = self.home / ".gitconfig"
        if not config.exists():
            config.write_text(
                "[user]\n name = Tester\n email = tester@example.org\n"
                "[init]\n defaultBranch = main\n[gc]\n auto = 0\n[advice]\n detachedHead = false\n"
                "[safe]\n directory = *\n"
            )

    def run(self, *words, env=None, stdin=None, timeout=300):
        own = {
            "HOME": self.home,
            "GIT_CONFIG_GLOBAL": self.home / ".gitconfig",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "/bin/true",
        }
        done = subprocess.run(
            ["git", *map(str, words)],
            cwd=self.home,
            env=clean_environment(**(own | (env or {}))),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
        ran = GitRan(done)
        if self.transcript:
            with open(self.transcript, "a") as file:
                file.write(ran.remote + "\n")
        return ran

    def ok(self, *words, **more):
        ran = self.run(*words, **more)
        assert ran.ok, f"git {words[0]}: {ran.err}"
        return ran

    def commit(self, work, name="file.txt", content="content\n"):
        (Path(work) / name).write_text(content)
        self.ok("-C", work, "add", name)
        self.ok("-C", work, "commit", "-q", "-m", f"Change {name}")
        return self.head(work)

    def head(self, repository, ref="HEAD"):
        return self.ok("-C", repository, "rev-parse", ref).out.strip()

    def fresh(self, name):
        """A new working copy with one commit."""
        work = self.home / name
        self.ok("init", "-q", work)
        self.commit(work)
        return work

    def seed(self, bare, name="seed"):
        """Puts a first commit into a bare repository on disk, past the server."""
        work = self.fresh(name)
        self.ok("-C", work, "push", "-q", bare, "HEAD:refs/heads/main")
        return self.head(work)


def with_user(url, user, password=None):
    """`url` with userinfo."""
    scheme, rest = url.split("://", 1)
    userinfo = user if password is None else f"{user}:{password}"
    return f"{scheme}://{userinfo}@{rest}"


def refs(bare, git):
    """All refs of a bare repository on disk: name to object."""
    lines = git.ok("-C", bare, "for-each-ref", "--format=%(refname) %(objectname)").out.splitlines()
    return dict(line.split(" ") for line in lines)
