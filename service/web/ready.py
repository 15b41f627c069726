"""Ready words to begin with: goals with a sign of success, and what people are told about what is kept."""

from __future__ import annotations

from typing import Final

Pair = tuple[str, str]

GOALS: Final[tuple[tuple[Pair, Pair], ...]] = (
    (
        (
            "Borgere, politikere og medarbejdere sætter retningen sammen.",
            "Citizens, politicians and employees set the direction together.",
        ),
        (
            "Hver af de tre roller har været med i mindst to beslutninger.",
            "Each of the three roles has taken part in at least two decisions.",
        ),
    ),
    (
        ("Idéer bliver til handling, også små.", "Ideas become actions, small ones too."),
        ("Mindst fem handlinger er gennemført på 100 dage.", "At least five actions are done within 100 days."),
    ),
    (
        ("Flere arbejder sammen på tværs af roller.", "More people work together across roles."),
        (
            "Anden gang vi spørger, er der flere forbindelser på tværs af roller end første gang.",
            "The second time we ask there are more ties across roles than the first.",
        ),
    ),
    (
        (
            "Deltagerne får mere erfaring med at skabe noget sammen.",
            "The participants gain experience in creating together.",
        ),
        (
            "I hver rolle svarer flere højere efter end før, på de samme spørgsmål.",
            "In each role more answer higher after than before, to the same questions.",
        ),
    ),
)
"""Goals with the sign that would show them, in Danish and English."""

READY_VERSION: Final = "oplysning-1"
BASES: Final[dict[str, Pair]] = {
    "public-task": (
        "opgave i samfundets interesse (kommuner vælger som regel denne)",
        "a task in the public interest (what municipalities mostly choose)",
    ),
    "consent": ("samtykke", "consent"),
    "legitimate-interests": ("legitim interesse (foreninger og fonde)", "legitimate interests (associations, funds)"),
}
NOTICES: Final[dict[str, tuple[Pair, Pair]]] = {
    "facilitation": (
        ("At køre forløbet", "Running the process"),
        (
            (
                "Vi er projektlederen og facilitatorerne. Vi skriver ned, hvad der bliver sagt, besluttet og gjort i forløbet, så "
                "alle kan se, hvad der blev af det. Dit navn står kun på holdets liste; alle andre steder står et mærke. Du kan se, "
                "rette og få slettet det, du har skrevet, og du kan gøre indsigelse. Spørg os, eller klag til Datatilsynet."
            ),
            (
                "We are the project manager and the facilitators. We write down what is said, decided and done, so that everybody "
                "can see what became of it. Your name stands on the team’s list only; everywhere else there is a mark. You may see, "
                "correct and have deleted what you wrote, and you may object. Ask us, or complain to the Danish Data Protection Agency."
            ),
        ),
    ),
    "evaluation": (
        ("At lære af forløbet", "Learning from the process"),
        (
            (
                "Vi spørger før og efter, hvordan du selv ser det, og hvem du arbejder sammen med. Det er frivilligt, og du kan "
                "springe over. Evaluatoren ser dine svar under et mærke. Andre ser kun gennemsnit af mindst fem. Vi gemmer svarene, "
                "til evalueringen er færdig. Siger du nej, koster det dig ikke noget."
            ),
            (
                "We ask before and after how you see it yourself, and whom you work with. It is voluntary, and you may skip. The "
                "evaluator sees your answers under a mark. Others see only means of at least five. We keep the answers until the "
                "evaluation is done. Saying no costs you nothing."
            ),
        ),
    ),
}
"""For each purpose what it is called, and the text, in Danish and English."""
