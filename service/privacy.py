"""The record of processing (GDPR, article 30) and an impact assessment's annex, made from the declarations.

Pure: what a process declared comes in as `Declared`; the same sections become Markdown, JSON and a page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from domain.consenting import LegalBasis
from domain.everything import CAPABILITIES
from domain.keeping import AccessRole
from domain.kernel import REGISTRY, Declaration
from domain.shapes import Field, FieldType
from domain.vocabulary import Purpose, Role
from service.samples import sample_event
from service.security.gate import MAY, Act, Caller, reads, sees
from service.wire import Sender, read_event
from service.words import Speech, label, type_label

Row = tuple[str, ...]


class Both(NamedTuple):
    """A sentence in Danish and English."""

    da: str
    en: str


class Kept(NamedTuple):
    """How long something is kept unless the controller says otherwise, and why."""

    until: Both
    why: Both


class Beside(NamedTuple):
    """What is held beside what people say: what it is, what it holds, what for, and until when."""

    what: Both
    holds: Both
    why: Both
    until: Both


class Risk(NamedTuple):
    """What could go wrong, what the code does against it, and what people must do."""

    what: Both
    code: Both
    people: Both


class Section(NamedTuple):
    """A heading, what is said under it, and a table."""

    title: str
    says: Sequence[str] = ()
    head: Row = ()
    rows: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """What is particular to one process."""

    process: str
    title: str
    municipality: str
    bases: Mapping[Purpose, LegalBasis] = field(default_factory=dict)
    issued: Sequence[tuple[str, dt.datetime, str | None]] = ()
    """Each issued report: its id, when, and its recipient (None when that is deleted)."""


YEAR: Final = Both("et år efter, at rapporten er godtaget", "a year after the report is accepted")
ACCOUNTS: Final = Kept(
    Both("fem år efter regnskabsårets udgang", "five years after the end of the financial year"),
    Both("bogføringsloven § 12: bilag og regnskab", "the Danish bookkeeping act, section 12: vouchers and accounts"),
)
CHECKED: Final = Kept(YEAR, Both("så rapportens tal og ord kan efterprøves", "so that the report can be checked"))
RETENTION: Final[dict[str, Kept]] = {
    **dict.fromkeys(("organising", "gathering", "acting", "reflecting", "observing", "harvesting"), CHECKED),
    "belonging": Kept(
        YEAR, Both("så længe der kan komme spørgsmål til deltagerne", "as long as participants may be asked something")
    ),
    "contributing": Kept(
        YEAR,
        Both("så folk kan se, hvad der blev af det, de kom med", "so that people see what became of what they offered"),
    ),
    "deciding": Kept(
        YEAR,
        Both(
            "så beslutninger kan forklares; arkivloven kan kræve mere af en myndighed",
            "so that decisions can be explained; archive law may ask more of an authority",
        ),
    ),
    "assessing": Kept(
        YEAR,
        Both("så før og efter kan sammenlignes og efterprøves", "so that before and after can be compared and checked"),
    ),
    "relating": Kept(
        Both("til rapporten er godtaget", "until the report is accepted"),
        Both(
            "hvem der kender hvem, er nærgående; tallene står i rapporten",
            "who knows whom is intrusive; the figures stand in the report",
        ),
    ),
    "coding": Kept(YEAR, Both("så længe som de tekster, der er kodet", "as long as the texts that were coded")),
    "consenting": Kept(
        Both("så længe det, der hviler på dem, er der", "as long as what rests on them is kept"),
        Both("et ja skal kunne påvises (artikel 7, stk. 1)", "a yes must be demonstrable (article 7(1))"),
    ),
    "correcting": Kept(
        Both("så længe som det rettede", "as long as what was corrected"),
        Both("uden rettelsen er det forkerte alene tilbage", "without the correction only the mistake would be left"),
    ),
    "reporting": Kept(
        ACCOUNTS.until,
        Both("rapporten er en del af regnskabet over for tilskudsgiver", "the report accounts for the grant"),
    ),
    "modelling": Kept(
        YEAR,
        Both("det, andre bruger igen, skal ikke hvile på personer", "what others use again should not rest on persons"),
    ),
    "keeping": Kept(
        Both("så længe forløbet er der", "as long as the process is kept"),
        Both("så det kan ses, hvem der havde adgang", "so that it shows who had access"),
    ),
}
"""By capability."""
OF_ACCOUNTS: Final = {
    "grant-awarded", "instalment-received", "budget-approved", "expenditure-recorded", "hours-logged",
    "co-financing-received", "grant-change-requested", "grant-change-approved", "grant-change-refused",
}  # fmt: skip
"""The event types that are the accounts, whatever their capability's time."""

BESIDE: Final = (
    Beside(
        Both("konti", "accounts"),
        Both("et tilfældigt nummer, navnet krypteret og som fingeraftryk, adgangskoden som argon2id, organisationens mærke som fingeraftryk", "a random number, the name encrypted and as a hash, the password by argon2id, the organisation's mark as a hash"),
        Both("så den, der logger ind, kendes igen", "so that whoever signs in is known again"),
        Both("programmet sletter ingen konto; den kan lukkes, og så logger den ikke ind mere", "the program deletes no account; it can be closed, and then signs in no more"),
    ),
    Beside(
        Both("links, sessioner og adgangstegn", "links, sessions and tokens"),
        Both("et fingeraftryk af hemmeligheden, kontoens eller deltagerens nummer, rollen, og hvornår det sidst blev brugt", "a hash of the secret, the number of the account or participant, the role, and when it was last used"),
        Both("så man bliver ved med at være logget ind, og adgangen kan tages tilbage", "so that one stays signed in, and access can be taken back"),
        Both("til det udløber, senest når det næste laves: en deltager efter 90 dage, en konto efter 14, resten efter den tid, det blev lavet til", "until it expires, at the latest when the next one is made: a participant's after 90 days, an account's after 14, others after the time they were made for"),
    ),
    Beside(
        Both("forsøg på at logge ind", "tries to sign in"),
        Both("et tal og et fingeraftryk af adressen og navnet, som ingen kan regne tilbage uden nøglen", "a number, and a hash of the address and the name that nobody turns back without the key"),
        Both("så ingen gætter sig ind", "so that nobody guesses their way in"),
        Both("et minut; det fjernes ved et af de næste forsøg", "a minute; one of the next tries removes it"),
    ),
    Beside(
        Both("læseloggen", "the read log"),
        Both("dag, konto, rolle, brug, deltagerens nummer og antal; ingen ord", "day, account, role, use, the participant's number and a count; no words"),
        Both("så deltageren og den, der svarer for oplysningerne, kan se, hvem der læste (artikel 5, stk. 2)", "so that the participant and whoever answers for the data see who read (article 5(2))"),
        Both("så længe forløbet er der; hver dag er forseglet i loggen, og programmet sletter den ikke", "as long as the process is kept; each day is sealed in the log, and the program does not delete it"),
    ),
    Beside(
        Both("hvem der skrev en registrering ind (`recordedby`)", "who wrote an entry in (`recordedby`)"),
        Both("kontoens nummer, i hver registrering", "the account's number, in every entry"),
        Both("så det kan ses, hvem der har skrevet hvad, og hver kan rette sit eget", "so that it shows who wrote what, and each can mend their own"),
        Both("så længe loggen er der: det er en del af beviset og slettes ikke med personen; nummeret siger kun noget sammen med kontoen", "as long as the log is kept: it is part of the proof and not erased with the person; the number tells something only beside the account"),
    ),
    Beside(
        Both("linjer, der venter, fra en import", "waiting lines of an import"),
        Both("linjen, som den stod i filen, krypteret", "the line as it stood in the file, encrypted"),
        Both("så den kan sættes på plads", "so that it can be put in its place"),
        Both("til den er sat på plads eller smidt væk, eller personen i den slettes", "until it is placed or thrown away, or the person in it is erased"),
    ),
    Beside(
        Both("filer, som ingen registrering nævner", "files that no entry names"),
        Both("filen, krypteret", "the file, encrypted"),
        Both("så en formular kan sendes færdig", "so that a form can be finished"),
        Both("en uge; de fjernes, når den næste fil kommer", "a week; they are removed when the next file comes"),
    ),
)  # fmt: skip
"""What is held beside the entries, whatever the process."""
MEASURES: Final = (
    Both(
        "Det, folk siger og skriver, er krypteret (AES-256-GCM) under en nøgle pr. person og forløb (`service/log/vault.py`).",
        "What people say and write is encrypted (AES-256-GCM) under a key per person and process (`service/log/vault.py`).",
    ),
    Both(
        "Adgang afvises, hvis ingen regel giver den (`service/security/gate.py`).",
        "Access is refused unless a rule allows it (`service/security/gate.py`).",
    ),
    Both(
        "Tekster åbnes ét sted, og der dømmes efter det, personen sidst har sagt (`service/security/reading.py`).",
        "Texts are opened in one place, by what the person last said (`service/security/reading.py`).",
    ),
    Both(
        "Hver læsning af en deltagers tekst tælles; dagen forsegles (`service/security/readlog.py`).",
        "Each read of a participant's text is counted; the day is sealed (`service/security/readlog.py`).",
    ),
    Both(
        "Adgangstegn gemmes som fingeraftryk, adgangskoder med argon2id, og forsøg er begrænset (`service/security/tokens.py`, `service/security/accounts.py`, `service/security/attempts.py`).",
        "Tokens are kept as hashes, passwords by argon2id, and attempts are limited (`service/security/tokens.py`, `service/security/accounts.py`, `service/security/attempts.py`).",
    ),
    Both(
        "Sletning fjerner tekster, filer og personens nøgle i én transaktion (`service/log/erasures.py`).",
        "Erasure removes texts, files and the person's key in one transaction (`service/log/erasures.py`).",
    ),
    Both(
        "Små tal holdes tilbage (`projections/measures/disclosure.py`).",
        "Small numbers are withheld (`projections/measures/disclosure.py`).",
    ),
    Both(
        "Logbogen er et Merkle-træ, der underskrives, så ændringer kan ses (`service/ledger/tree.py`).",
        "The log is a signed Merkle tree, so that changes show (`service/ledger/tree.py`).",
    ),
    Both(
        "Billeder laves om, så sted, tid og ejer går ud (`service/files.py`).",
        "Pictures are made anew, without their place, time and owner (`service/files.py`).",
    ),
)
RISKS: Final = (
    Risk(Both("Nogen læser det, der ikke er til dem.", "Somebody reads what is not for them."), Both("Én regel for adgang; hver rute prøves af hver rolle; læsninger tælles.", "One gate; each route is tried by each role; reads are counted."), Both("Giv kun de dele, der er brug for; tag dem igen; se i læseloggen.", "Give only the parts that are needed; revoke them; look at the read log.")),
    Risk(Both("En person kan kendes igen i små tal.", "A person is recognised in small numbers."), Both("Små tal holdes tilbage, også dem der kunne regnes ud.", "Small numbers are withheld, also those that could be worked out."), Both("I en landsby kan man også kendes på ord. Læs rapporten før den går ud.", "In a village words give people away, too. Read the report before it leaves.")),
    Risk(Both("Nogen nævnes i andres ord.", "Somebody is named in others' words."), Both("En tekst kan streges over; den gamle slettes.", "A text can be redacted; the old one is deleted."), Both("Programmet finder ikke navne. Læs, og streg over.", "The program finds no names. Read, and redact.")),
    Risk(Both("Frie ord røber helbred, tro eller politik (artikel 9).", "Free words reveal health, faith or politics (article 9)."), Both("Alle frie ord er krypteret som følsomme.", "All free words are encrypted as if sensitive."), Both("Spørg ikke efter det. Et grundlag efter artikel 9 skal vælges uden for programmet.", "Do not ask for it. A ground under article 9 must be chosen outside the program.")),
    Risk(Both("Et navn skrives i et åbent felt: titel, sted, organisation.", "A name is written in an open field: title, place, organisation."), Both("Åbne felter står opført nedenfor, og deltagerens nummer kan ikke være et navn.", "Open fields are listed below, and a participant's number cannot be a name."), Both("Åbne felter krypteres ikke og slettes ikke. Skriv ingen navne i dem.", "Open fields are not encrypted and not erased. Write no names there.")),
    Risk(Both("Noget gemmes for længe.", "Something is kept too long."), Both("Én person kan slettes helt.", "One person can be erased whole."), Both("Programmet sletter intet, fordi en frist er gået, og et helt forløb kan ikke slettes med én kommando. Sæt en dag, og gør det.", "The program deletes nothing because a time is over, and no command deletes a whole process. Set a day, and do it.")),
    Risk(Both("En gammel sikkerhedskopi bringer en slettet person tilbage.", "An old backup brings an erased person back."), Both("Listen over sletninger køres igen ved gendannelse; hovednøglen kan skiftes.", "The list of erasures is replayed on restore; the master key can be changed."), Both("Gem listen for sig. Slet gamle kopier og gamle nøgler.", "Keep the list apart. Delete old backups and old keys.")),
    Risk(Both("En udstedt rapport rummer ord, der er taget tilbage.", "An issued report holds words that were taken back."), Both("Siden viser, hvem der skal have besked; efter en sletning lukkes rapporten.", "The page shows who is to be told; after an erasure the report is closed."), Both("Giv modtageren besked. Det, de har hentet, kan programmet ikke hente hjem.", "Tell the recipient. What they fetched the program cannot fetch back.")),
    Risk(Both("Hovednøglen kommer i forkerte hænder, eller den mistes.", "The master key falls into wrong hands, or is lost."), Both("Den ligger uden for databasen, med mode 0600.", "It lies outside the database, with mode 0600."), Both("Gem en kopi for sig. Den, der har maskinen, kan læse alt.", "Keep a copy apart. Whoever has the machine can read everything.")),
    Risk(Both("Nogen siger ja, fordi de føler sig nødt til det, eller på et barns vegne.", "Somebody says yes because they feel they must, or for a child."), Both("Hvert formål er et valg for sig; et nej virker straks; en værges ja mærkes.", "Each purpose is a choice of its own; a no works at once; a guardian's yes is marked."), Both("Sørg for, at et nej ikke koster noget. Find ud af, hvem der er værge.", "See that a no costs nothing. Find out who the guardian is.")),
)  # fmt: skip


# ------------------------------------------------------------------ what follows from the declarations
def names_person(one: Field) -> bool:
    """Return whether a field says who a person is, by number, mark or account, itself or in one of its parts."""
    return (
        one.ref == "participant"
        or one.type is FieldType.ACTOR
        or one.name in {"account", "pseudonym"}
        or any(names_person(part) for part in one.fields)
    )


@cache
def personal_kinds() -> frozenset[str]:
    """Return the kinds of things that some event ties to a person: all that is said of them is about that person."""
    return frozenset(found.kind for found in REGISTRY.values() if any(names_person(one) for one in found.fields))


def held_as(found: Declaration, one: Field) -> Both:
    """Return in which way a field is personal, the strictest first."""
    if one.personal:
        return Both("ja: ord, krypteret", "yes: words, encrypted")
    if names_person(one):
        return Both("ja: hvem", "yes: who")
    if one.type is FieldType.FILE:
        return Both("ja: fil, krypteret", "yes: file, encrypted")
    if found.kind in personal_kinds():
        return Both("ja: knyttet til en person", "yes: tied to a person")
    return Both("nej", "no")


@cache
def seen_by(name: str) -> tuple[tuple[AccessRole, ...], tuple[AccessRole, ...]]:
    """Return which roles see an entry of this type as it is declared, and which of them may read its words: the gate says."""
    event = read_event(sample_event(REGISTRY[name]), "fabelby", Sender(account="a-sender", now=dt.datetime.now(dt.UTC)))
    askers = [Caller("a-asker", role, "fabelby") for role in AccessRole if role in MAY[Act.SEE]]
    seeing = [caller for caller in askers if sees(caller, event)]
    return _roles(seeing), _roles([caller for caller in seeing if reads(caller, event)])


def _roles(callers: Sequence[Caller]) -> tuple[AccessRole, ...]:
    return tuple(caller.role for caller in callers if caller.role)


def kept(found: Declaration) -> Kept:
    """Return how long entries of a type are kept by default."""
    return ACCOUNTS if found.stem in OF_ACCOUNTS else RETENTION[found.capability]


# ------------------------------------------------------------------ the sections
def record(of: Declared, lang: str) -> list[Section]:
    """Return the record of one process: what it declared, and then what holds for every process."""
    t = Speech(lang)
    return [
        Section(
            t("Den dataansvarlige", "The controller"),
            [
                t("Udfyldes af den dataansvarlige: navn, adresse, kontakt og databeskyttelsesrådgiver.", "For the controller to fill in: name, address, contact and data protection officer."),
                t(f"Forløb: {of.title} ({of.process}). Kommune: {of.municipality}.", f"Process: {of.title} ({of.process}). Municipality: {of.municipality}."),
            ],
        ),
        Section(
            t("Formål og retsgrundlag", "Purposes and legal bases"),
            [t("Som det er skrevet i forløbet. Et formål uden grundlag må ikke bruges, før det er skrevet.", "As declared in the process. A purpose without a basis must not be used before one is declared.")],
            (t("Formål", "Purpose"), t("Retsgrundlag", "Legal basis")),
            [(label(one.value, lang), label(of.bases[one].value, lang) if one in of.bases else t("ikke skrevet endnu", "not declared yet")) for one in Purpose],
        ),
        Section(
            t("Udstedte rapporter", "Issued reports"),
            [] if of.issued else [t("Ingen endnu.", "None yet.")],
            (t("Rapport", "Report"), t("Dag", "Day"), t("Modtager", "Recipient")) if of.issued else (),
            [(report, when.date().isoformat(), recipient or t("slettet eller ikke vist", "deleted or not shown")) for report, when, recipient in of.issued],
        ),
        *common(lang),
    ]  # fmt: skip


def common(lang: str) -> list[Section]:
    """Return what follows from the program: the same in every process."""
    t = Speech(lang)
    return [
        Section(
            t("Mennesker og modtagere", "People and recipients"),
            [
                t("Deltagere", "Participants") + ": " + ", ".join(label(one.value, lang) for one in Role) + ".",
                t("Desuden: dem, andre nævner, og dem, der har en konto.", "Also: those whom others mention, and those who have an account."),
                t("Modtagere", "Recipients") + ": " + ", ".join(label(one.value, lang, "AccessRole") for one in AccessRole) + ".",
                t("Tilskudsgiveren får kun det, der er udstedt. Er forløbet åbent, ser alle det, der er offentligt.", "The funder gets only what was issued. In an open process everybody sees what is public."),
                t("Overførsel til tredjelande: programmet selv sender intet, undtagen til jeres egen login-tjeneste, når nogen logger ind gennem den. Hvor det kører, og hvem der driver det, skriver den dataansvarlige.", "Transfers to third countries: the program itself sends nothing, but to your own sign-in service when somebody signs in through it. Where it runs, and who runs it, is for the controller to say."),
            ],
        ),
        Section(
            t("Hvor længe", "How long"),
            [t("Forslag. Den dataansvarlige bestemmer, og sletter: programmet sletter intet, fordi en frist er gået.", "Defaults. The controller decides, and deletes: the program deletes nothing because a time is over.")],
            (t("Hvad", "What"), t("Til", "Until"), t("Hvorfor", "Why")),
            [(t("regnskab: ", "accounts: ") + ", ".join(type_label(one, lang) for one in sorted(OF_ACCOUNTS)), t(*ACCOUNTS.until), t(*ACCOUNTS.why)), *((area(name, lang), t(*one.until), t(*one.why)) for name, one in RETENTION.items())],
        ),
        Section(
            t("Konti, læselog og andet ved siden af registreringerne", "Accounts, the read log and what else lies beside the entries"),
            [],
            (t("Hvad", "What"), t("Indhold", "Holds"), t("Hvorfor", "Why"), t("Til", "Until")),
            [tuple(t(*cell) for cell in one) for one in BESIDE],
        ),
        Section(t("Sikkerhed", "Security"), [t(*one) for one in MEASURES]),
        Section(
            t("Bilag til en konsekvensanalyse: risici", "Annex to an impact assessment: risks"),
            [t("Hvor sandsynligt og hvor slemt det er, vurderer den dataansvarlige.", "How likely and how grave each is, the controller judges.")],
            (t("Risiko", "Risk"), t("Det gør programmet", "What the program does"), t("Det gør mennesker", "What people do")),
            [(t(*one.what), t(*one.code), t(*one.people)) for one in RISKS],
        ),
        *(_vocabulary(module.__name__.rpartition(".")[2], lang) for module in CAPABILITIES),
    ]  # fmt: skip


AREAS: Final[dict[str, Both]] = {
    "organising": Both("rammer og mål", "frame and goals"),
    "belonging": Both("mennesker og grupper", "people and groups"),
    "gathering": Both("samlinger", "gatherings"),
    "contributing": Both("bidrag", "contributions"),
    "deciding": Both("beslutninger", "decisions"),
    "acting": Both("handlinger", "actions"),
    "reflecting": Both("læring", "learning"),
    "assessing": Both("kompetencer", "competences"),
    "relating": Both("relationer", "relations"),
    "observing": Both("observationer, citater og billeder", "observations, quotes and pictures"),
    "harvesting": Both("ændringer og påstande", "changes and claims"),
    "coding": Both("kodning", "coding"),
    "consenting": Both("samtykke og rettigheder", "consent and rights"),
    "correcting": Both("rettelser", "corrections"),
    "reporting": Both("rapporter", "reports"),
    "modelling": Both("modeller", "models"),
    "keeping": Both("adgang og import", "access and imports"),
}


def area(capability: str, lang: str) -> str:
    """Return what a capability is called."""
    return Speech(lang)(*AREAS[capability])


def _vocabulary(capability: str, lang: str) -> Section:
    t = Speech(lang)
    head = (
        t("Registrering", "Entry"),
        t("Felt", "Field"),
        t("Personoplysning", "Personal"),
        t("Ses af", "Seen by"),
        t("Formål", "Purpose"),
    )
    declared = [found for found in REGISTRY.values() if found.capability == capability]
    rows = [row for found in declared for row in _rows(found, lang)]
    return Section(t("Oplysninger: ", "Data: ") + area(capability, lang), [], head, rows)  # fmt: skip


def _rows(found: Declaration, lang: str) -> list[Row]:
    t = Speech(lang)
    seeing, reading = seen_by(found.name)
    return [
        (
            type_label(found.name, lang),
            label(one.name, lang, found.stem),
            t(*held_as(found, one)),
            ", ".join(label(role.value, lang, "AccessRole") for role in (reading if one.personal else seeing)),
            label(found.purpose.value, lang),
        )
        for one in found.fields
    ]


# ------------------------------------------------------------------ as Markdown
def markdown(title: str, sections: Sequence[Section]) -> str:
    """Return sections as Markdown."""
    lines = [f"# {title}", ""]
    for one in sections:
        lines += [f"## {one.title}", "", *(f"- {said}" for said in one.says), *([""] if one.says else [])]
        if one.head:
            lines += [_line(one.head), "|" + "---|" * len(one.head), *map(_line, one.rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def _line(row: Row) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |"


def annex_markdown(lang: str) -> str:
    """Return the annex of the vocabulary: ``docs/privacy-annex.md``."""
    t = Speech(lang)
    return markdown(t("Databeskyttelse: bilag", "Privacy annex"), [
        Section(t("Om bilaget", "About this annex"), [t("Lavet af erklæringerne med `make docs`; ret det ikke.", "Made from the declarations by `make docs`; do not edit.")]),
        *common(lang),
    ])  # fmt: skip
