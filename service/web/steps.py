"""The formats of a reflection, and what each step of them asks."""

from __future__ import annotations

from typing import Final

STEPS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "what-so-what-now-what": {
        "what": ("Hvad skete der?", "What happened?"),
        "so-what": ("Hvad betød det?", "So what?"),
        "now-what": ("Hvad gør vi nu?", "Now what?"),
    },
    "gibbs": {
        "description": ("Hvad skete der?", "What happened?"),
        "feelings": ("Hvordan var det?", "How was it?"),
        "evaluation": ("Hvad var godt, og hvad var ikke?", "What was good, and what was not?"),
        "analysis": ("Hvorfor gik det sådan?", "Why did it go that way?"),
        "conclusion": ("Hvad kunne vi ellers have gjort?", "What else could we have done?"),
        "action-plan": ("Hvad gør vi næste gang?", "What do we do next time?"),
    },
    "kolb": {
        "experience": ("Hvad oplevede vi?", "What did we experience?"),
        "observation": ("Hvad lagde vi mærke til?", "What did we notice?"),
        "concept": ("Hvad tror vi, det betyder?", "What do we think it means?"),
        "experiment": ("Hvad prøver vi nu?", "What do we try now?"),
    },
    "free": {"free": ("Det, vi vil huske", "What we want to remember")},
}
"""The steps of each format of a reflection: the name that is kept, and the question that is asked."""
