"""What the most used event types say, in Danish, each with an example; in English it is their docstring."""

from __future__ import annotations

from typing import Final

HINTS: Final[dict[str, tuple[str, str]]] = {
    "objective-defined": ("Et mål for forløbet.", "Alle, det vedrører, skal inddrages bredt."),
    "gathering-planned": (
        "En samling, der er indkaldt til: hvornår, hvor og hvorfor.",
        "Startworkshop i hallen en søndag i januar.",
    ),
    "gathering-held": ("En samling, der blev holdt.", "Startworkshoppen blev holdt i hallen."),
    "attendance-recorded": (
        "Om én deltager kom til en samling, og i hvilken rolle.",
        "p17 kom til startworkshoppen som borger.",
    ),
    "headcount-recorded": ("Hvor mange der kom, når ingen skrev ned hvem.", "50 i alt, talt ved døren."),
    "group-formed": ("En gruppe, der arbejder sammen om noget.", "Gruppen “Stier og natur”."),
    "participant-registered": ("En, der er med i forløbet.", "p17, under et mærke i stedet for et navn."),
    "organisation-registered": ("En forening, et udvalg, en virksomhed eller en kommune.", "Knabstrup Lokalforum."),
    "role-assumed": ("En deltager fik en rolle i forløbet.", "p17 er borger fra januar."),
    "coordinator-named": ("En, der holder sammen på gruppen.", "p17 er tovholder for stierne."),
    "contribution-made": (
        "Det, nogen siger: en drøm, en styrke, en idé, en bekymring.",
        "En bænk ved skovstien, så man kan gå turen, selv om knæene driller.",
    ),
    "contribution-answered": (
        "Et svar på et bidrag.",
        "Kommunen siger, hvornår vejbumpene kommer, eller hvorfor ikke.",
    ),
    "decision-made": (
        "Noget, der blev besluttet: hvad, af hvem og hvorfor.",
        "Gruppen, to medarbejdere og en politiker er enige om tre bænke langs stien.",
    ),
    "case-item-treated": (
        "En sag på et udvalgs eller byråds dagsorden.",
        "Udvalget drøftede opsamlingen fra mødet i byen.",
    ),
    "action-planned": (
        "Noget, I sætter jer for at gøre i de 100 dage.",
        "Trafikgruppen bager boller med et budskab før festen.",
    ),
    "action-started": ("En handling kom i gang.", "Bageren sagde ja, og dejen er sat."),
    "action-progressed": ("Noget nyt om en handling.", "To af tre bænke står der."),
    "action-completed": (
        "En handling, der blev gennemført: hvad kom der ud af den, og hvad lærte I?",
        "300 boller, og halvdelen af byen talte om farten.",
    ),
    "action-abandoned": (
        "En handling, der blev standset. Det er i orden; skriv hvorfor, og hvad I tager med.",
        "Ingen busselskaber bød ind. Næste gang spørger vi, før vi lover noget.",
    ),
    "reflection-recorded": (
        "Et tilbageblik: hvad skete der, hvad betød det, hvad gør vi nu?",
        "Efter festen siger grupperne, hvad de ville gøre igen.",
    ),
    "insight-derived": ("Noget, I har forstået undervejs.", "Folk kommer, når nogen, de kender, spørger dem."),
    "observation-noted": ("Noget, nogen lagde mærke til.", "De unge blev længere end ventet."),
    "quote-captured": (
        "Noget, nogen sagde, ord for ord. Det bruges først, når det er godkendt.",
        "“Vi kendte ikke hinanden før.”",
    ),
    "outcome-harvested": (
        "Nogen gør noget andet end før: hvem, hvad, hvornår og hvorfor det betyder noget.",
        "Siden sommer låner naboerne værktøj af hinanden.",
    ),
    "outcome-substantiated": (
        "Én uden for forløbet siger, om ændringen er rigtig.",
        "Skolelederen, der ikke var med i forløbet, er delvis enig.",
    ),
    "event-corrected": (
        "Retter en registrering. Den første version kan stadig ses.",
        "Mødet var den 14., ikke den 15.",
    ),
    "event-withdrawn": (
        "Trækker en registrering tilbage. Det kan stadig ses, at den var der.",
        "Sedlen blev skrevet to gange.",
    ),
    "grant-awarded": ("Et tilsagn om tilskud.", "En pulje giver 420.000 kr. til forløbet."),
    "success-criterion-agreed": (
        "Det, I er enige om skal vise, at et mål er nået.",
        "Mindst fem projekter lever et år efter.",
    ),
    "project-launched": ("Et projekt, der voksede ud af forløbet.", "Et bofællesskab for familier og ældre."),
    "claim-made": ("Nogen siger, at noget er opnået.", "Forløbet gav seks projekter, siger projektets egen side."),
}
