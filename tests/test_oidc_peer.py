"""Signing in at a real OpenID Connect provider: npm's oidc-provider, driven by the unit tests of src/oidc."""

import os
import shutil
import subprocess

import pytest

from conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def peer():
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not installed")
    directory = ROOT / ".cache/oidc"
    directory.mkdir(parents=True, exist_ok=True)
    wanted = (ROOT / "testdata/oidc/package.json").read_text()
    manifest = directory / "package.json"
    if not manifest.exists() or manifest.read_text() != wanted or not (directory / "node_modules").exists():
        manifest.write_text(wanted)
        install = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund"], cwd=directory, capture_output=True, text=True, timeout=300
        )
        if install.returncode != 0:
            pytest.skip(f"npm install failed: {install.stderr[-300:]}")
    return directory


def test_signs_in_at_a_real_provider(peer, latchkey_bin):
    tests = latchkey_bin.parent / "src/oidc/oidc_tests"
    if not tests.exists():
        pytest.skip(f"{tests} is not built")
    run = subprocess.run(
        [tests, "--gtest_filter=ProviderPeerTest.*"],
        env={**os.environ, "LATCHKEY_OIDC_PEER": str(peer)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert "SKIPPED" not in run.stdout and "[  PASSED  ] 4 tests." in run.stdout
