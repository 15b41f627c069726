"""What a participant's own page calls what is held, who sees it, who read it and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.consenting import ConsentPurpose, ErasureVerdict
from service import words

if TYPE_CHECKING:
    from service.web.page import Page

TITLES: Final = {
    "who": ("Hvem du er", "Who you are"),
    "contributions": ("Det, du har sagt og skrevet", "What you said and wrote"),
    "answers": ("Dine svar, før og efter", "Your answers, before and after"),
    "ties": ("Hvem du har svaret, at du kender", "Whom you said you know"),
    "quotes": ("Citater og iagttagelser", "Quotes and observations"),
    "gatherings": ("Samlinger, du var med til", "Gatherings you came to"),
    "rights": ("Det, du har sagt ja til og bedt om", "What you said yes to and asked for"),
    "rest": ("Andre steder, hvor dit nummer står", "Other places where your number stands"),
}
SEEN_BY: Final = {
    "who": (
        "Navnet ses af facilitatorerne, projektlederen og dig.",
        "Your name is seen by the facilitators, the project manager and you.",
    ),
    "contributions": ("Ses af alle i forløbet, uden dit navn.", "Seen by all in the process, without your name."),
    "answers": (
        "Evaluator ser dem under et mærke. Andre ser gennemsnit af mindst fem.",
        "The evaluator sees them under a mark. Others see means of at least five.",
    ),
    "ties": (
        "Evaluator ser dem under et mærke. Andre ser grupper, ikke personer.",
        "The evaluator sees them under a mark. Others see groups, not persons.",
    ),
    "quotes": (
        "Ses af holdet. Et citat bruges først, når du har godkendt det.",
        "Seen by the team. A quote is used only once you approve it.",
    ),
    "gatherings": (
        "Ses af holdet. Andre ser kun, hvor mange I var.",
        "Seen by the team. Others see only how many you were.",
    ),
    "rights": ("Ses af holdet og dig.", "Seen by the team and you."),
    "rest": ("Lister og beslutninger, hvor dit nummer er nævnt.", "Lists and decisions that mention your number."),
}
READERS: Final = {
    "participant": ("En anden deltager", "Another participant"),
    "facilitator": ("En facilitator", "A facilitator"),
    "project-manager": ("Projektlederen", "The project manager"),
    "evaluator": ("En evaluator", "An evaluator"),
    "researcher": ("En forsker", "A researcher"),
    "funder": ("Den, der gav pengene,", "The funder"),
    "administrator": ("En administrator", "An administrator"),
    "public": ("En, der ikke var logget ind,", "Somebody who was not signed in"),
}
USES: Final = {
    "page": ("på siderne her", "on these pages"),
    "projection": ("i en oversigt", "in an overview"),
    "report": ("i en rapport", "in a report"),
    "export": ("i et udtræk", "in an extract"),
    "coding": ("for at kode dem", "to code them"),
}
FATES: Final = (
    ("actions", ("Den er blevet til en handling.", "It became an action.")),
    ("decisions", ("Den er med i en beslutning.", "It is part of a decision.")),
    ("answers", ("Den er besvaret.", "It was answered.")),
)
WAITING: Final = ("Der er ikke registreret noget om den siden.", "Nothing was recorded about it since.")
CHANNELS: Final = (
    ("rapport", ("i rapporten", "in the report")),
    ("hjemmeside", ("på hjemmesiden", "on the website")),
    ("avis", ("i avisen", "in the newspaper")),
)
VERDICTS: Final = {
    ErasureVerdict.GRANTED: ("Du fik ja.", "It was granted."),
    ErasureVerdict.PARTIAL: ("Du fik delvis ja.", "It was granted in part."),
    ErasureVerdict.REFUSED: ("Du fik nej.", "It was refused."),
}


def channel_words(lang: str) -> list[tuple[str, str]]:
    """Return what a quote may be used for, as its form says it."""
    return [(value, words.Speech(lang)(*said)) for value, said in CHANNELS]


def purpose_words(page: Page) -> dict[ConsentPurpose, str]:
    """Return what each purpose is called on its switch."""
    return {
        purpose: words.capitalised(words.label(purpose.value, page.lang, "ConsentPurpose"))
        for purpose in ConsentPurpose
    }
