"""``kurslog``: what people type."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.cli.say import REFUSED, refuse, t, words
from service.cli.writing import whole

if TYPE_CHECKING:
    from service.app import Kurslog

BARE_DAY = len("2019-01-27")
FORMATS = click.Choice(["table", "json", "csv", "csv-da"])


class Friendly(click.Group):
    """A group whose commands say in one sentence what went wrong, and end with 1 when something was refused."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; no error of ours ends in a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, SystemExit, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            sys.stderr.close()
            raise SystemExit(0) from None
        except Exception as error:
            sentence = _sentence(error)
            if sentence is None:
                raise
            words(sentence)
            raise SystemExit(REFUSED) from error


def _sentence(error: Exception) -> str | None:
    from service.cli.say import spoken
    from service.cluster import ClusterError
    from service.log.ledger import ForkError
    from service.log.migrate import SchemaTooNewError
    from service.log.tables import OutOfStepError
    from service.log.vault import MasterKeyError
    from service.problems import problem_of
    from service.settings import SettingError

    problem = problem_of(error, spoken())
    if problem is not None:
        fields = [f"  {name}: {' '.join(said)}" for name, said in problem.more.get("errors", {}).items()]
        return "\n".join([f"{problem.sentence} [{problem.rule}]", *fields])
    return (
        str(error)
        if isinstance(
            error,
            MasterKeyError | SettingError | ClusterError | ForkError | SchemaTooNewError | OutOfStepError | OSError,
        )
        else None
    )


@contextlib.contextmanager
def opened() -> Iterator[Kurslog]:
    """Yield a Kurslog on the database of the environment; whose texts a command reads is noted at its end, or before."""
    gc.disable()  # what is loaded stays: a tenth of a start went into looking for garbage in it
    from service.app import kurslog
    from service.security.readlog import Use
    from service.settings import Settings

    gc.freeze()
    gc.enable()
    uses = {"report": Use.REPORT, "query": Use.PROJECTION, "replay": Use.PROJECTION}
    command = click.get_current_context().info_name or ""
    with kurslog(Settings.from_environment()) as app, app.reads.during(uses.get(command, Use.EXPORT)):
        yield app


def caught_up(app: Kurslog) -> None:
    """Bring the projections up to date where no worker does it."""
    if not app.projector.catch_up():
        app.queries.wait(app.reader.head(), seconds=60)


@click.group(
    cls=Friendly,
    help=t(
        "Kurslog: logbogen over den kurs, der blev sat. Data skrives på stdout, ord på stderr.",
        "Kurslog: the log of the course that was set. Data goes to stdout, words to stderr.",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="kurslog")
def main() -> None:
    """Run a command."""


# ------------------------------------------------------------------ running
@main.command(
    help=t(
        "Vis eksemplerne: sæt op, læs ind, og åbn på http://127.0.0.1:8000.",
        "Show the examples: set up, load and serve.",
    )
)
@click.option("--no-serve", is_flag=True, help=t("Læs kun ind.", "Load only."))
def demo(*, no_serve: bool) -> None:
    """Load the demo processes and serve them."""
    from service.cli.serving import demo as run

    run(serve=not no_serve)


@main.command(help=t("Åbn siderne og grænsefladen.", "Serve pages and API."))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(workers: int) -> None:
    """Serve until stopped."""
    from service.cli.serving import serve as run

    run(workers=workers)


@main.command(help=t("Følg logbogen, og hold visningerne ved lige.", "Follow the log and keep the projections."))
def worker() -> None:
    """Work until stopped."""
    from service.cli.serving import work

    work()


@main.command(
    help=t(
        "Følg logbogen, og sæt fingeraftryk på den: den eneste, der har nøglen.",
        "Follow the log and sign its fingerprints: the only one that holds the key.",
    )
)
def signer() -> None:
    """Sign until stopped."""
    from service.cli.serving import sign

    sign()


# ------------------------------------------------------------------ processes
@main.group(help=t("Opret, list og vis forløb.", "Create, list and show processes."))
def process() -> None:
    """Work with processes."""


@process.command("create", help=t("Opret et forløb.", "Create a process."))
@click.argument("process_id", metavar="PROCESS")
@click.option("--title", required=True)
@click.option("--place", required=True)
@click.option("--municipality", required=True)
@click.option(
    "--aim", type=click.Choice(["efficiency", "democracy", "innovation"]), default="democracy", show_default=True
)
@click.option("--from", "start", required=True, metavar="YYYY-MM-DD")
@click.option("--to", "end", metavar="YYYY-MM-DD")
@click.option("--fictional", is_flag=True, help=t("Opdigtet.", "Invented."))
def process_create(process_id: str, start: str, end: str | None, **data: Any) -> None:
    """Record the registration of a process."""
    data |= {"period_start": start} | ({"period_end": end} if end else {})
    _recorded(process_id, {"type": "process-registered", "data": data})


@process.command("list", help=t("List forløbene.", "List the processes."))
def process_list() -> None:
    """Print every process."""
    with opened() as app:
        for name in app.reader.processes():
            found = app.queries.registration(name)
            if found is not None:
                click.echo(f"{name}\t{found.data.title}\t{app.reader.count(name)}")


@process.command("show", help=t("Vis et forløb.", "Show a process."))
@click.argument("process_id", metavar="PROCESS")
def process_show(process_id: str) -> None:
    """Print one process as JSON."""
    from service.cli.operator import operator
    from service.security.gate import Act
    from service.wire import cloud_event

    with opened() as app:
        found = app.queries.check(operator(app), Act.SEE, process_id)
        shown = cloud_event(found, {}, fictional=app.queries.fictional(process_id))
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))


# ------------------------------------------------------------------ recording
def _recorded(process_id: str, wire: dict[str, Any]) -> None:
    import datetime as dt

    from service.cli.operator import operator
    from service.wire import Sender, read_event

    with opened() as app:
        sender = Sender(account=operator(app).account, now=dt.datetime.now(dt.UTC))
        done = app.record(read_event(wire, process_id, sender))[0]
        click.echo(done.position)
        words(
            t("Gemt.", "Saved.")
            if done.new
            else t("Fandtes i forvejen; intet er ændret.", "It was there already; nothing changed.")
        )


@main.command(
    help=t(
        "Skriv én registrering ind, efter de samme regler som alle andre.",
        "Record one event, by the same rules as all.",
    )
)
@click.argument("process_id", metavar="PROCESS")
@click.argument("event_type", metavar="TYPE")
@click.option("--data", default="-", help=t("JSON, eller - for stdin.", "JSON, or - for stdin."), show_default=True)
@click.option("--time", "happened", help=t("Hvornår det skete.", "When it happened."))
@click.option("--on-behalf-of", metavar="ID")
def record(process_id: str, event_type: str, data: str, happened: str | None, on_behalf_of: str | None) -> None:
    """Record one event."""
    text = sys.stdin.read() if data == "-" else data
    try:
        wire: dict[str, Any] = {"type": event_type, "data": json.loads(text)}
    except ValueError as error:
        raise refuse(t(f"Det er ikke JSON: {error}", f"That is not JSON: {error}")) from error
    if happened:
        wire |= (
            {"time": f"{happened}T00:00:00+00:00", "timeprecision": "day"}
            if len(happened) == BARE_DAY
            else {"time": happened}
        )
    if on_behalf_of:
        wire["onbehalfof"] = on_behalf_of
    _recorded(process_id, wire)


@main.command(
    "import",
    help=t(
        "Læs en fil ind: CloudEvents, én pr. linje, eller et regneark (CSV, XLSX).",
        "Read a file in: CloudEvents, one a line, or a spreadsheet (CSV, XLSX).",
    ),
)
@click.argument("process_id", metavar="PROCESS")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["ndjson", "csv", "xlsx"]),
    help=t("Ellers ses det af indholdet.", "Told from the content otherwise."),
)
@click.option(
    "--kind",
    type=click.Choice(["people", "attendance", "contributions", "hours", "expenditure", "answers"]),
    help=t(
        "Hvad regnearket holder; ellers ses det af overskrifterne.", "What a spreadsheet holds; else by its headers."
    ),
)
@click.option("--round", metavar="ID", help=t("Runden, svarene hører til.", "The round the answers are for."))
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NO=MEANING",
    help=t(
        "Hvad en kolonne med svar siger: 7=now_s1, Mail=contact, 3=- (læses ikke).",
        "What a column of answers says: 7=now_s1, Mail=contact, 3=- (is not read).",
    ),
)
@click.option(
    "--word",
    "words",
    multiple=True,
    metavar="WORD=STEP",
    help=t(
        'Hvad et ord i svarene betyder: Enig=4, "Ved ikke"=do-not-know.',
        "What a word in the answers means: Agree=4, Unsure=do-not-know.",
    ),
)
@click.option(
    "--blank",
    metavar="SKIP",
    help=t("Hvad en tom celle betyder; ellers venter rækken.", "What an empty cell means; else the row waits."),
)
@click.option(
    "--mode",
    metavar="MODE",
    help=t("Hvordan der blev svaret: online, paper, interview.", "How it was answered: online, paper, interview."),
)
@click.option(
    "--confirm",
    is_flag=True,
    help=t("Sådan skal kolonnerne læses, nu og næste gang.", "This is what the columns mean, now and next time."),
)
@click.option("--date", metavar="DAY", help=t("Dag for rækker uden dato.", "The day of rows without a date."))
@click.option("--gathering", metavar="ID", help=t("Samling for rækker uden.", "The gathering of rows without one."))
@click.option(
    "--dry-run", is_flag=True, help=t("Vis kun, hvad rækkerne bliver til.", "Only show what the rows become.")
)
def import_(
    process_id: str,
    file: Path,
    format_: str | None,
    *,
    dry_run: bool,
    kind: str | None,
    date: str | None,
    gathering: str | None,
    **answers: Any,
) -> None:
    """Import a file."""
    from service.cli.importing import format_of, import_lines, import_table, reading

    with opened() as app:
        if (format_ or format_of(file)) == "ndjson":
            if dry_run:
                raise click.UsageError(t("--dry-run er til regneark.", "--dry-run is for spreadsheets."))
            waiting = import_lines(app, process_id, file)
        else:
            chosen = {"kind": kind, "date": date, "gathering": gathering}
            waiting = import_table(app, process_id, file, dry_run=dry_run, answers=reading(kind, answers), **chosen)
        if not dry_run:
            app.reader.let_go()  # of a large process it takes as much as catching up does
            caught_up(app)
    if waiting:
        raise SystemExit(REFUSED)


@main.command(
    "undo-import",
    help=t(
        "Fortryd en hel import på én gang. POSITION er importens nr. i logbogen.",
        "Undo a whole import at once. POSITION is the import's number in the log.",
    ),
)
@click.argument("process_id", metavar="PROCESS")
@click.argument("position", type=int)
def undo_import(process_id: str, position: int) -> None:
    """Withdraw all that an import brought in, or nothing."""
    from service.cli.operator import operator
    from service.cli.say import spoken
    from service.imports.undoing import undo_import as undo

    with opened() as app:
        count = undo(app, process_id, position, operator(app).account, spoken())
        caught_up(app)
    words(t(f"{count} registreringer trukket tilbage.", f"{count} entries withdrawn."))
    click.echo(count)


@main.command(help=t("Vis de rækker, der venter på at blive rettet.", "Show the rows that wait to be mended."))
@click.argument("process_id", metavar="PROCESS")
@click.option("--kind", help=t("Kun den slags.", "Only this kind."))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=t(
        "Skriv dem som CSV: ret filen, og læs den ind igen.", "Write them as CSV: mend the file, and import it again."
    ),
)
def waiting(process_id: str, kind: str | None, out: Path | None) -> None:
    """List the quarantine, or write it out to be mended."""
    from service.cli.importing import waiting_rows
    from service.cli.say import spoken
    from service.imports.mending import mending_file

    with opened() as app:
        held = waiting_rows(app, process_id, kind)
    if out is None:
        for one in held:
            sentence = one.row.da if spoken() == "da" else one.row.en
            click.echo(f"{one.row.kind}\t{one.place}\t{sentence}")
        return
    if len({one.row.kind for one in held}) != 1:
        raise click.UsageError(t("Vælg én slags med --kind.", "Choose one kind with --kind."))
    with whole(out) as file:
        file.write(mending_file(held, spoken()))
    words(t(f"{len(held)} rækker skrevet til {out}.", f"{len(held)} rows written to {out}."))


@main.command(help=t("Skriv hele logbogen ud i et åbent format.", "Write the whole log out in an open format."))
@click.argument("process_id", metavar="PROCESS")
@click.argument("export_format", metavar="FORMAT", type=click.Choice(["events.ndjson", "xlsform"]))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--round",
    "round_id",
    metavar="ID",
    help=t("Runden, skemaet er til (xlsform).", "The round the form is for (xlsform)."),
)
def export(process_id: str, export_format: str, out: Path, round_id: str | None) -> None:
    """Export a process, or the form of a round."""
    from service.cli.operator import operator
    from service.cli.say import spoken
    from service.exports import export_lines
    from service.exports.xlsform import form_of_round
    from service.security.gate import Act

    if (export_format == "xlsform") != bool(round_id):
        raise click.UsageError(
            t("Vælg runden med --round; kun xlsform har en.", "Choose the round by --round; only xlsform has one.")
        )
    with opened() as app:
        if round_id:
            app.queries.check(operator(app), Act.SEE, process_id)
            with whole(out) as file:
                file.write(form_of_round(app, process_id, round_id, spoken()))
            words(t(f"Skemaet er skrevet til {out}.", f"The form was written to {out}."))
            return
        caller = operator(app)
        app.queries.check(caller, Act.SEE, process_id)
        written = 0
        with whole(out) as file:
            for chunk in export_lines(app, caller, process_id):
                written += chunk.count(b"\n")
                file.write(chunk)
    words(
        t(
            f"{written} registreringer skrevet til {out} ({export_format}).",
            f"{written} entries written to {out} ({export_format}).",
        )
    )


# ------------------------------------------------------------------ asking
def _show(document: dict[str, Any], output: str, rows: str) -> None:
    from service.cli.say import spoken
    from service.cli.tables import csv_text, table

    if output == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    elif output == "table":
        click.echo(table(document["data"], rows))
        if document["fictional"]:
            words(t("Opdigtet: ingen virkelige personer eller tal.", "Invented: no real people or figures."))
        for note in document["notes"]:
            words(note[spoken()])
    else:
        marks = {"fictional": "true"} if document["fictional"] else {}
        click.echo(csv_text(document["data"], rows, danish=output == "csv-da", marks=marks), nl=False)


def _rows(app: Kurslog, projection: str, by: str | None) -> str:
    return "by" if by else app.queries.projection(projection).rows


def _asking(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--happened-by", metavar="T", help=t("Hvad var sket til og med …", "What had happened by …")),
        click.option(
            "--by", metavar="…", help=t("Opdelt på role, group, kind …", "Broken down by role, group, kind …")
        ),
        click.option("--format", "output", type=FORMATS, default="table", show_default=True),
    ):
        command = option(command)
    return command


@main.command(help=t("Stil logbogen et spørgsmål.", "Ask the log a question."))
@click.argument("process_id", metavar="PROCESS")
@click.argument("projection")
@click.option("--known-by", metavar="T|POS", help=t("Hvad vidste vi til og med …", "What we knew by …"))
@_asking
def query(
    process_id: str, projection: str, known_by: str | None, happened_by: str | None, by: str | None, output: str
) -> None:
    """Ask a projection."""
    from service.cli.operator import operator
    from service.security.gate import Act

    with opened() as app:
        caller = operator(app)
        app.queries.check(caller, Act.SEE, process_id)
        caught_up(app)
        clocks = app.queries.clocks(process_id, known_by, happened_by)
        _show(app.queries.document(caller, process_id, projection, clocks, by=by), output, _rows(app, projection, by))


@main.command(
    help=t(
        "Afspil logbogen: regn et svar ud fra registreringerne selv.",
        "Replay the log: work an answer out from the events.",
    )
)
@click.argument("process_id", metavar="PROCESS")
@click.option(
    "--until", metavar="T|POS", help=t("Til og med denne registrering eller dag.", "Up to this entry or day.")
)
@click.option(
    "--from",
    "since",
    metavar="POS",
    type=int,
    help=t("Vis ændringer fra dette nummer.", "Show changes from this number."),
)
@click.option("--projection", default="timeline", show_default=True)
@click.option("--with", "own", metavar="module:Projection", help=t("Din egen projektion.", "A projection of your own."))
@_asking
def replay(
    process_id: str,
    until: str | None,
    since: int | None,
    projection: str,
    own: str | None,
    happened_by: str | None,
    by: str | None,
    output: str,
) -> None:
    """Replay a process."""
    from service.cli.operator import operator
    from service.cli.replaying import own_projection, steps
    from service.security.gate import Act

    with opened() as app:
        caller = operator(app)
        app.queries.check(caller, Act.SEE, process_id)
        caught_up(app)
        if own:
            found = own_projection(own)
            projection = found.name
            app.queries.projections = {**app.queries.projections, projection: found}
        clocks = app.queries.clocks(process_id, until, happened_by)
        if since is not None:
            for step in steps(app, caller, process_id, since, clocks):
                click.echo(json.dumps(step, ensure_ascii=False))
            return
        document = app.queries.document(caller, process_id, projection, clocks, by=by, replayed=True)
        _show(document, output, _rows(app, projection, by))


@main.command(
    help=t(
        "Skriv et udkast til en rapport, eller udsted den med --issue: så ligger beviset ved siden af.",
        "Write a draft of a report, or issue it with --issue: then the proof lies beside it.",
    )
)
@click.argument("process_id", metavar="PROCESS")
@click.option("--template", default="landdistriktspuljen", show_default=True)
@click.option("--language", type=click.Choice(["da", "en"]), default="da", show_default=True)
@click.option("--format", "output", type=click.Choice(["pdf", "xlsx", "json"]), default="pdf", show_default=True)
@click.option("--known-by", metavar="T|POS")
@click.option("--happened-by", metavar="T")
@click.option("--issue", "issuing", is_flag=True, help=t("Udsted den; kan ikke ændres bagefter.", "Issue it; it cannot be changed afterwards."))  # fmt: skip
@click.option("--recipient", help=t("Hvem der får den (med --issue).", "Who gets it (with --issue)."))
@click.option("--supersedes", metavar="ID", help=t("Den rapport, den afløser.", "The report it replaces."))
@click.option("--reason", help=t("Hvorfor den afløser den.", "Why it replaces that one."))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def report(process_id: str, output: str, out: Path, *, issuing: bool, recipient: str | None, **asked: Any) -> None:
    """Write a report to a file, or issue it."""
    from service.cli.reporting import draft, issue_to
    from service.reports.issuing import Order

    _check_issuing(issuing=issuing, recipient=recipient, **asked)
    order = Order(format=output, recipient=recipient or "", **asked)
    with opened() as app:
        caught_up(app)
        (issue_to if issuing else draft)(app, process_id, order, out)


def _check_issuing(
    *, issuing: bool, recipient: str | None, supersedes: str | None, reason: str | None, **_: Any
) -> None:
    if not issuing and (recipient or supersedes or reason):
        raise click.UsageError(t("--recipient, --supersedes og --reason hører til --issue.", "--recipient, --supersedes and --reason go with --issue."))  # fmt: skip
    if issuing and not (recipient or "").strip():
        raise click.UsageError(t("Skriv, hvem der får rapporten: --recipient.", "Say who gets the report: --recipient."))  # fmt: skip
    if bool(supersedes) != bool((reason or "").strip()):
        raise click.UsageError(t("En rapport afløses med en grund: --supersedes ID --reason “…”.", "A report is replaced for a reason: --supersedes ID --reason “…”."))  # fmt: skip


# ------------------------------------------------------------------ inventing
@main.command(
    help=t(
        "Skriv et opdigtet forløb: samme tal og frø, samme bytes. Det giver omkring 500 + 14 × samlinger + deltagere × "
        "(23 + 2 × samlinger) registreringer: 50 og 5 giver godt 2.200, 5000 og 90 omkring en million.",
        "Write a process nobody lived: the same numbers and seed, the same bytes. It gives about 500 + 14 × gatherings + participants × "
        "(23 + 2 × gatherings) entries: 50 and 5 give some 2,200, 5000 and 90 about a million.",
    )
)
@click.option("--participants", default=50, show_default=True, type=click.IntRange(10, 1_000_000))
@click.option("--gatherings", default=5, show_default=True, type=click.IntRange(2, 10_000))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--process", "process_id", default="fabelby", show_default=True, metavar="PROCESS")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def simulate(participants: int, gatherings: int, seed: int, process_id: str, out: Path) -> None:
    """Write a fictional process to a file."""
    from domain.vocabulary import ID_PATTERN
    from service.cli.say import progress
    from service.simulation import Plan, about_how_many, lines

    if not ID_PATTERN.fullmatch(process_id):
        raise click.BadParameter("a-z 0-9 . _ : -", param_hint="--process")
    plan, written = Plan(participants=participants, gatherings=gatherings, seed=seed, process=process_id), 0
    with progress(about_how_many(plan), "Digter", "Inventing") as told, whole(out) as file:
        for line in lines(plan):
            file.write(line)
            written += 1
            told(written)
    words(
        t(
            f"{written} opdigtede registreringer skrevet til {out}. Læs dem ind med: kurslog import {process_id} {out}",
            f"{written} fictional entries written to {out}. Read them in with: kurslog import {process_id} {out}",
        )
    )


# ------------------------------------------------------------------ verifying
@main.command(
    help=t(
        "Kontrollér, at intet i logbogen er ændret, siden den fik fingeraftryk; ellers siges det, hvor det begynder. "
        "Med --report og --proof: én udstedt rapport, uden logbogen.",
        "Verify that nothing in the log was changed since it was signed; else it says where that begins. "
        "With --report and --proof: one issued report, without the log.",
    )
)
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=t(
        "Et fingeraftryk, du selv har gemt; kun det viser, at intet er skåret af eller skrevet om og underskrevet på ny.",
        "A fingerprint that you kept; only that shows that nothing was cut off, or rewritten and signed anew.",
    ),
)
@click.option(
    "--key", metavar="VKEY", help=t("Logbogens nøgle, som du har gemt den.", "The log's key, as you kept it.")
)
@click.option(
    "--texts", is_flag=True, help=t("Kontrollér også de personlige tekster.", "Verify the personal texts as well.")
)
@click.option(
    "--report", metavar="FILE", type=click.Path(path_type=Path), help=t("En udstedt rapport.", "An issued report.")
)
@click.option(
    "--proof",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=t("Dens bevis (.tlog-proof).", "Its proof (.tlog-proof)."),
)
@click.option(
    "--witness",
    metavar="VKEY",
    multiple=True,
    help=t("Et vidne, der skal have skrevet under på beviset.", "A witness that must have signed the proof."),
)
def verify(
    checkpoint: Path | None,
    key: str | None,
    report: Path | None,
    proof: Path | None,
    witness: tuple[str, ...],
    *,
    texts: bool,
) -> None:
    """Verify the whole log, or one report."""
    from service.cli.checking import verify_report
    from service.cli.verifying import verify_log

    if report and proof and not texts:
        raise SystemExit(verify_report(report, proof, key, checkpoint, witness))
    if report or proof or witness:
        both = t(
            "--report og --proof hører sammen, uden --texts.", "--report and --proof go together, without --texts."
        )
        raise click.UsageError(both)
    with opened() as app:
        verify_log(app, checkpoint=checkpoint, key=key, texts=texts)


# ------------------------------------------------------------------ operating
@main.command(
    help=t("Byg en visning op på ny, ved siden af den, der bruges.", "Rebuild a projection beside the one in use.")
)
@click.argument("projection", required=False)
def rebuild(projection: str | None) -> None:
    """Rebuild one projection, or all."""
    from service.cli.say import progress

    with opened() as app:
        names = [projection] if projection else list(app.queries.projections)
        head = app.reader.head()
        for name in names:
            app.queries.projection(name)
            with progress(head, f"Bygger {name}", f"Building {name}") as told:
                app.projector.rebuild(name, told)
            words(t(f"{name} er bygget op på ny.", f"{name} has been rebuilt."))


@main.command(help=t("Sig, hvordan det står til.", "Say how things are."))
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    help=t("Ellers en tabel på en terminal, JSON i en fil.", "Otherwise a table on a terminal, JSON into a file."),
)
def status(output: str | None) -> None:
    """Print the state of the log and its projections."""
    from service.cli.standing import lines, standing

    with opened() as app:
        facts = standing(app)
    people = sys.stdout.isatty() if output is None else output == "table"
    click.echo("\n".join(lines(facts)) if people else json.dumps(facts, indent=2))


@main.command(
    help=t("Se efter, hvad der er galt, og sig, hvad man gør.", "Look for what is wrong, and say what to do.")
)
def doctor() -> None:
    """Check the parts one by one."""
    from service.cli.examining import examine

    healthy = True
    for finding in examine():
        click.echo(f"{'ok ' if finding.well else 'NB '} {finding.sentence}")
        healthy = healthy and finding.well
    if not healthy:
        raise SystemExit(REFUSED)


@main.command(
    help=t(
        "Mål, hvor hurtigt lageret er her, mod PostgreSQL i hånden: i en database for sig, som fjernes igen. "
        "NAME er en gruppe af målinger; uden måles alt.",
        "Measure how fast the store is here, beside PostgreSQL by hand: in a database of its own that is removed again. "
        "NAME is a group of lines; without it all are measured.",
    )
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help=t("Skriv JSON.", "Write JSON."))
@click.option(
    "--events",
    default=20_000,
    show_default=True,
    type=click.IntRange(1000, 10_000_000),
    help=t("Hvor stor den store logbog er.", "How large the large log is."),
)
@click.option(
    "--rounds",
    default=5,
    show_default=True,
    type=click.IntRange(1, 1000),
    help=t("Hvor mange gange hver ting måles.", "How often each thing is measured."),
)
@click.option(
    "--peers",
    is_flag=True,
    help=t(
        "Hent emmett-postgresql og message-db med npm, og mål dem også.",
        "Fetch emmett-postgresql and message-db by npm, and measure them, too.",
    ),
)
def bench(name: str | None, *, events: int, rounds: int, peers: bool, as_json: bool) -> None:
    """Measure."""
    from service.cli.benching import bench as run

    run(name, events=events, rounds=rounds, peers=peers, as_json=as_json)


@main.command(
    help=t(
        "Slet det, en deltager har skrevet: anmodning, beslutning og sletning på én gang.",
        "Erase what a participant wrote: request, decision and erasure at once.",
    )
)
@click.argument("process_id", metavar="PROCESS")
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--ground", required=True, help=t("Hvorfor.", "Why."))
@click.option(
    "--verdict",
    type=click.Choice(["granted", "partial"]),
    default="granted",
    show_default=True,
    help=t(
        "partial: navn, kontakt og bilag bliver, så længe regnskabet kræver det.",
        "partial: name, contact and vouchers stay for as long as the accounts need them.",
    ),
)
@click.option("--yes", is_flag=True, help=t("Spørg ikke først.", "Do not ask first."))
def erase(process_id: str, participant: str, ground: str, verdict: str, *, yes: bool) -> None:
    """Erase a person, and say what went."""
    from service.cli.erasing import erase as run

    with opened() as app:
        run(app, process_id, participant, ground=ground, verdict=verdict, sure=yes)
        caught_up(app)


@main.command(
    help=t(
        "Skriv hele logbogen til mappen DIR, mens der arbejdes. Nøglerne er ikke med.",
        "Write the whole log to the folder DIR, while work goes on. The keys are not in it.",
    )
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Back everything up."""
    from service.cli.backing import backup as run

    run(folder)


@main.command(
    help=t(
        "Læs sikkerhedskopien DIR ind i en tom datamappe eller database, og bevis, at den er hel.",
        "Restore the backup DIR into an empty data folder or database, and prove that it is whole.",
    )
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=t("Et fingeraftryk, der er gemt et andet sted.", "A checkpoint that was kept elsewhere."),
)
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=t(
        "Listen over det, der er slettet; ellers KURSLOG_ERASURES_FILE.",
        "The list of what was erased; otherwise KURSLOG_ERASURES_FILE.",
    ),
)
@click.option(
    "--accept-loss",
    is_flag=True,
    help=t("Også når fingeraftrykket dækker mere end kopien.", "Also when the checkpoint covers more than the backup."),
)
@click.option(
    "--drill",
    is_flag=True,
    help=t(
        "Kun en øvelse, i en mappe for sig, som fjernes igen.", "Only a drill, in a folder of its own that is removed."
    ),
)
def restore(folder: Path, checkpoint: Path | None, erasures: Path | None, *, accept_loss: bool, drill: bool) -> None:
    """Restore a backup, or try it out."""
    from service.cli.backing import Given, bring_back

    bring_back(Given(folder, checkpoint, erasures, accept_loss), drill=drill)


@main.group(help=t("Databeskyttelse.", "Privacy."))
def privacy() -> None:
    """Work with what the law asks of whoever answers for the data."""


@privacy.command(
    "record",
    help=t(
        "Skriv fortegnelsen over behandling (artikel 30) med bilag til konsekvensanalysen.",
        "Write the record of processing (article 30), with the annex to an impact assessment.",
    ),
)
@click.argument("process_id", metavar="PROCESS", required=False)
@click.option("--all", "every", is_flag=True, help=t("Alle forløb.", "Every process."))
@click.option("--format", "output", type=click.Choice(["md", "json"]), default="md", show_default=True)
@click.option("--language", type=click.Choice(["da", "en"]), help=t("Ellers dit eget.", "Else your own."))
def privacy_record(process_id: str | None, output: str, language: str | None, *, every: bool) -> None:
    """Print the record of one process or of all."""
    from service.cli.recording import print_records

    if every == bool(process_id):
        raise click.UsageError(t("Giv et forløb, eller --all.", "Give a process, or --all."))
    with opened() as app:
        print_records(app, process_id, output, language)


@main.group(help=t("Hovednøglen.", "The master key."))
def keys() -> None:
    """Work with the master key."""


@keys.command(
    "rotate",
    help=t(
        "Skift hovednøglen: alle nøgler pakkes om. Ældre kopier kan kun åbnes med den gamle.",
        "Change the master key: every key is wrapped anew. Older backups open with the old one only.",
    ),
)
@click.option("--destroy-old", is_flag=True, help=t("Ødelæg den gamle bagefter.", "Destroy the old one afterwards."))
def keys_rotate(*, destroy_old: bool) -> None:
    """Begin a new epoch of keys."""
    from service.log.rotating import destroy, rotate

    with opened() as app:
        path = app.settings.master_key_file
        click.echo(rotate(app.dsn, path))
    words(t(f"Den nye hovednøgle ligger i {path}. Gem en kopi af den.", f"The new master key lies at {path}. Keep a copy of it."))  # fmt: skip
    if destroy_old:
        destroy(path)
        words(t("Den gamle er ødelagt. Ødelæg også kopierne af den.", "The old one is destroyed. Destroy the copies of it, too."))  # fmt: skip
    else:
        words(t(f"Den gamle ligger i {path}.old.", f"The old one lies at {path}.old."))


@keys.command(
    "destroy-old", help=t("Ødelæg den hovednøgle, der blev skiftet ud.", "Destroy the master key that was replaced.")
)
def keys_destroy_old() -> None:
    """Overwrite and remove the old master key."""
    from service.log.rotating import destroy
    from service.settings import Settings

    if not destroy(Settings.from_environment().master_key_file):
        raise refuse(t("Der ligger ingen gammel hovednøgle.", "There is no old master key."))
    words(t("Den er ødelagt. Ødelæg også kopierne af den.", "It is destroyed. Destroy the copies of it, too."))


@main.group(help=t("Adgangstegn til maskiner og mennesker.", "Tokens for machines and people."))
def token() -> None:
    """Work with tokens."""


@token.command("create", help=t("Lav et adgangstegn. Det vises kun her.", "Make a token. It is shown only here."))
@click.option("--role", required=True, metavar="ROLE")
@click.option("--process", "process_id", metavar="PROCESS")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3660))
@click.option("--link", is_flag=True, help=t("Et link til at logge ind med, én gang.", "A link to sign in with, once."))
def token_create(role: str, process_id: str | None, days: int, *, link: bool) -> None:
    """Print a new token, or a link that is exchanged for a session."""
    from domain.keeping import AccessRole
    from service.cli.letting_in import create_token

    if role not in set(AccessRole):
        raise click.BadParameter(", ".join(AccessRole), param_hint="--role")
    with opened() as app:
        click.echo(create_token(app, AccessRole(role), process_id, days=days, link=link))


@token.command(
    "list",
    help=t("List adgangstegn, links og logins, der virker endnu.", "List tokens, links and sessions that still hold."),
)
def token_list() -> None:
    """Print every token, without its secret."""
    from service.cli.letting_in import token_lines

    with opened() as app:
        for line in token_lines(app):
            click.echo(line)


@token.command("revoke", help=t("Luk et adgangstegn, eller alle en kontos.", "End a token, or all of an account's."))
@click.argument("named", metavar="ID|ACCOUNT")
def token_revoke(named: str) -> None:
    """End tokens at once."""
    with opened() as app:
        count = app.tokens.end(named)
        if not count:
            raise refuse(t("Det findes ikke. Se: kurslog token list", "There is none. See: kurslog token list"))
        words(t(f"{count} lukket.", f"{count} ended."))


@main.group(help=t("Konti til dem, der logger ind.", "Accounts for those who sign in."))
def account() -> None:
    """Work with accounts."""


@account.command(
    "create",
    help=t(
        "Lav en konto, og skriv et link, der sætter dens adgangskode. Hvad den må, siger hvert forløb.",
        "Make an account, and print a link that sets its password. What it may do, each process says.",
    ),
)
@click.argument("name")
@click.option("--may-create", is_flag=True, help=t("Må oprette forløb.", "May begin processes."))
@click.option(
    "--id",
    "known",
    metavar="ACCOUNT",
    help=t("En konto, logbogen kender i forvejen.", "An account the log knows already."),
)
def account_create(name: str, known: str | None, *, may_create: bool) -> None:
    """Make an account."""
    from service.cli.letting_in import password_link

    with opened() as app:
        click.echo(password_link(app, app.accounts.create(name, may_create=may_create, account=known).id))


@account.command("list", help=t("List kontiene.", "List the accounts."))
def account_list() -> None:
    """Print every account."""
    from service.cli.letting_in import account_lines

    with opened() as app:
        for line in account_lines(app):
            click.echo(line)


@account.command("disable", help=t("Luk en konto, og log den ud.", "Close an account, and sign it out."))
@click.argument("named", metavar="NAME|ID")
def account_disable(named: str) -> None:
    """Close an account."""
    from service.cli.letting_in import found

    with opened() as app:
        app.accounts.disable(found(app, named).id)
        words(t("Lukket.", "Closed."))


@account.command(
    "password", help=t("Skriv et link, der sætter en adgangskode én gang.", "Print a link that sets a password once.")
)
@click.argument("named", metavar="NAME|ID")
@click.option(
    "--type", "typed", is_flag=True, help=t("Skriv adgangskoden her i stedet.", "Type the password here instead.")
)
def account_password(named: str, *, typed: bool) -> None:
    """Set a password, or let its holder set it."""
    from service.cli.letting_in import found, password_link

    with opened() as app:
        one = found(app, named)
        if not typed:
            click.echo(password_link(app, one.id))
            return
        asked = t("Ny adgangskode", "New password")
        again = t("Igen", "Again")
        app.accounts.set_password(
            one.id, click.prompt(asked, hide_input=True, confirmation_prompt=again, err=True), name=one.label
        )
        words(t("Gemt; kontoen er logget ud alle steder.", "Saved; the account is signed out everywhere."))


if __name__ == "__main__":
    main()
