"""What is checked, by which program and how."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from tests.deploy import custom, facts
from tests.deploy.files import (
    COMPOSE,
    KUBERNETES,
    OVERLAYS,
    WORKFLOWS,
    NotRenderedError,
    Object,
    objects,
    render,
)
from tests.deploy.programs import ACTIONLINT, KUBERNETES_VALIDATE, Program, run
from tests.security import scans
from tests.security.tools import ROOT, Tool, npx, pinned_version
from tests.security.verdict import Report, Row, Verdict, broken, found

Check = Callable[[], Row]


def schema() -> Row:
    """Every object of both stages, strictly; those of operators have no schema there."""
    findings: list[str] = []
    with TemporaryDirectory() as folder:
        for overlay in OVERLAYS:
            try:
                rendered = objects(render(overlay))
            except NotRenderedError as error:
                return Row("kubectl kustomize", "-", broken(str(error)))
            findings += [f"{overlay}: {each}" for each in _unknown(rendered)]
            file = Path(folder, f"{overlay}.yaml")
            plain = [each for each in rendered if each["kind"] not in custom.KINDS]
            file.write_text(yaml.safe_dump_all(plain))
            done = KUBERNETES_VALIDATE.run(["--strict", file])
            complaints = re.findall(r"^(?:ERROR|WARN)\s+(.*)$", done.out + done.err, re.MULTILINE)
            if done.code and not complaints:
                return _row(KUBERNETES_VALIDATE, broken(done.last_words))
            findings += [f"{overlay}: {line}" for line in complaints]
    return _row(KUBERNETES_VALIDATE, found(findings))


def _unknown(rendered: list[Object]) -> Iterator[str]:
    for each in rendered:
        if each["kind"] in custom.KINDS and not custom.known(each):
            yield f"{each['kind']} {each['metadata']['name']} is none of its operator"


def stages() -> Row:
    try:
        findings = [
            f"{overlay}: {sentence}"
            for overlay in OVERLAYS
            for sentence in facts.broken(objects(render(overlay)))
        ]
    except NotRenderedError as error:
        return Row("facts", "-", broken(str(error)))
    return Row("facts", "-", found(findings))


def compose() -> Row:
    files = COMPOSE
    if not files:
        return Row("compose", "-", Report(Verdict.NOTHING, said="no deploy/compose.yaml yet"))
    if run(["docker", "compose", "version"]).code == 0:
        options = [word for file in files for word in ("-f", str(file))]
        options += ["--profile", "*"]
        done = run(["docker", "compose", *options, "config", "--quiet"])
        return Row("docker compose", "-", found([done.last_words] if done.code else []))
    if shutil.which("npx") is None:
        said = "install Docker Compose (docker compose), or npm for its schema alone"
        return Row("compose", "-", broken(said))
    with TemporaryDirectory() as folder:
        # Through a pipe it loses what is beyond the first 64 KiB: it ends before all is written.
        report = Path(folder, "report.json")
        done = run([*npx("dclint"), "--formatter", "json", "--output-file", report, *files])
        said = report.read_text() if report.exists() else ""
    return Row("compose's schema", pinned_version("dclint"), _compose_schema(said, done.last_words))


def _compose_schema(out: str, last_words: str) -> Report:
    """What dclint says of the schema; its taste is not ours."""
    try:
        said = json.loads(out)
    except ValueError:
        return broken(last_words)
    return found(
        f"{each['filePath']}: {message['message']}"
        for each in said
        for message in each["messages"]
        if message["rule"].startswith("invalid")
    )


def promtool() -> Row:
    """The rules as they are, as the cluster gets them, and what scrapes by them."""
    rules = ROOT / "observability" / "rules"
    with TemporaryDirectory() as folder:
        wrapped = KUBERNETES / "components" / "monitoring" / "prometheus-rule.yaml"
        unwrapped = Path(folder, "rules.yml")
        unwrapped.write_text(yaml.safe_dump(yaml.safe_load(wrapped.read_text())["spec"]))
        files = [rules / "recording.yml", rules / "alerts.yml", unwrapped]
        done = [
            run(["promtool", "check", "rules", "--lint-fatal", *files]),
            run(["promtool", "check", "config", ROOT / "observability" / "prometheus.yml"]),
        ]
    return Program("promtool", "prometheus").row(done)


def amtool() -> Row:
    done = run(["amtool", "check-config", ROOT / "observability" / "alertmanager.yml"])
    return Program("amtool", "prometheus-alertmanager").row([done])


def bash() -> Row:
    scripts = [ROOT / "deploy" / name for name in ("rollout", "smoke")]
    return Program("bash", "bash").row([run(["bash", "-n", script]) for script in scripts])


def actionlint() -> Row:
    """`-shellcheck=` and `-pyflakes=` leave out what a machine may have by chance."""
    files = sorted(WORKFLOWS.glob("*.yml"))
    if not files:
        return Row("actionlint", "-", Report(Verdict.NOTHING, said="no workflow yet"))
    template = "{{json .}}"
    done = ACTIONLINT.run(["-shellcheck=", "-pyflakes=", "-format", template, *files])
    try:
        said = json.loads(done.out)
    except ValueError:
        return _row(ACTIONLINT, broken(done.last_words))
    return _row(
        ACTIONLINT,
        found(f"{one['filepath']}:{one['line']}: {one['message']}" for one in said),
    )


CHECKS: tuple[Check, ...] = (
    schema,
    stages,
    lambda: scans.checkov(True),
    lambda: scans.hadolint(True),
    compose,
    promtool,
    amtool,
    bash,
    actionlint,
    lambda: scans.zizmor(True),
)


def _row(tool: Tool, report: Report) -> Row:
    return Row(tool.name, tool.version(), report)
