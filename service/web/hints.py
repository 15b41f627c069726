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
    "competence-framework-published": (
        "Hvilke kompetencer I taler om, og hvordan hvert trin ser ud.",
        "At skabe sammen, arbejde ud fra styrker, få andre med og handle: fem trin hver.",
    ),
    "instrument-published": (
        "De spørgsmål, der bliver stillet, ord for ord, og skalaen.",
        "Otte spørgsmål på en skala fra 1 til 5; nu og dengang på hver sin side.",
    ),
    "assessment-round-opened": (
        "En runde, hvor deltagerne bliver spurgt om deres egne kompetencer.",
        "Runden før startworkshoppen, til 48 deltagere.",
    ),
    "assessment-round-closed": (
        "Runden er slut. Det, der er svaret nu, tæller.",
        "Runden før start lukkede den dag, startworkshoppen blev holdt.",
    ),
    "self-assessment-submitted": (
        "En deltagers egen vurdering, nu eller som det var dengang.",
        "p17, borger, før start: 2 til at få andre med, 3 til at handle, ét spørgsmål sprunget over.",
    ),
    "observer-assessment-submitted": (
        "En anden vurderer en deltager på de samme trin.",
        "Facilitatoren sætter p17 til 3 i at få andre med, efter tredje samling.",
    ),
    "assessment-voided": (
        "Et svar tæller ikke. Deltageren kan svare igen.",
        "Arket var udfyldt for en anden.",
    ),
    "relationship-wave-opened": (
        "Dem på en liste bliver spurgt, med de samme ord, om hvem de har at gøre med.",
        "Første gang ved startworkshoppen: Hvem kender du, og hvem arbejder du sammen med?",
    ),
    "relationship-wave-closed": (
        "Der spørges ikke mere. Den, der ikke har svaret, har ikke svaret; det betyder ikke “ingen”.",
        "Første runde lukkede en uge efter startworkshoppen.",
    ),
    "relation-declared": (
        "En deltager siger, hvad en anden er for dem.",
        "p17, borger, arbejder sammen med p3, medarbejder, siden anden samling.",
    ),
    "no-relations-declared": (
        "En deltager har svaret “ingen endnu”. Det er et svar.",
        "p22 er lige flyttet til og kender ingen på listen.",
    ),
    "relation-disputed": (
        "En, der er nævnt i en relation, siger, at det ikke er sådan.",
        "p3 ser det ikke som at arbejde sammen.",
    ),
    "codebook-published": (
        "Hvilke koder der er, og hvornår hver af dem bruges.",
        "“Spørger først” hører til kompetencen at skabe sammen.",
    ),
    "passage-coded": (
        "Nogen læser et stykke af en tekst som eksempel på en kode.",
        "Anden sætning i en refleksion er kodet “spørger først”.",
    ),
    "text-coded": (
        "En koder har læst en tekst til ende. Det, der blev fundet, er kodet; af de andre koder var der intet.",
        "Refleksionen fra tredje samling er læst igennem, og ingen spørger i den.",
    ),
    "privacy-notice-given": (
        "En deltager har fået at vide, hvad I ved om dem, hvorfor, og hvad de kan bede om.",
        "p17 fik oplysningen, tekst 2026-1, ved startworkshoppen.",
    ),
    "processing-basis-declared": (
        "På hvilket grundlag I gemmer noget, og med hvilke ord deltagerne får det at vide.",
        "Evalueringen er en opgave i samfundets interesse, tekst 2026-1.",
    ),
    "consent-given": (
        "Det, en deltager har sagt ja til.",
        "p17 siger ja til at blive spurgt før og efter og til at blive citeret uden navn.",
    ),
    "consent-withdrawn": (
        "En deltager tager sit ja tilbage. Fra nu af holder det op.",
        "p17 vil ikke længere citeres.",
    ),
    "objection-lodged": (
        "En deltager er ikke enig i, at noget gemmes eller bruges.",
        "p17 vil ikke være med i forskningen.",
    ),
    "access-requested": ("En deltager spørger, hvad I ved om dem.", "p17 beder om en kopi af det hele."),
    "access-answered": ("Deltageren har fået svar.", "p17 fik en kopi på papir."),
    "erasure-requested": (
        "En deltager beder om, at det, de har skrevet, bliver slettet.",
        "p17 beder om, at det hele slettes.",
    ),
    "erasure-decided": (
        "Det er besluttet, om der slettes, og på hvilket grundlag.",
        "Imødekommet, undtagen bilagene, som bogføringsloven kræver gemt i fem år.",
    ),
    "erasure-executed": (
        "Det er slettet. Tilbage står, at det var der, og hvornår det blev slettet.",
        "Tekster og nøgle for p17 er væk.",
    ),
    "recipient-notified": (
        "En, der har fået en rapport, har fået at vide, at noget i den ikke må bruges mere.",
        "Puljen har fået besked om, at et citat er trukket tilbage.",
    ),
    "report-drafted": (
        "Et udkast til en rapport, skrevet ud fra det, vi vidste ved et nummer i logbogen.",
        "Andet udkast til slutrapporten, ud fra det, vi vidste ved nr. 871.",
    ),
    "report-commented": ("Det, nogen siger om et udkast.", "Evaluatoren savner ændringerne til det værre."),
    "report-approved": ("Et udkast er godkendt i forløbet.", "Styregruppen godkender andet udkast."),
    "report-issued": (
        "En rapport er sendt: til hvem, hvilke filer, og hvad den bygger på. Den kan ikke rettes bagefter.",
        "Slutrapporten, til puljen, ud fra det, vi vidste ved nr. 871.",
    ),
    "report-superseded": (
        "En rapport er afløst af en senere.",
        "Rapport 2 afløser rapport 1, fordi et citat er trukket tilbage.",
    ),
    "report-accepted": (
        "Modtageren har godtaget rapporten.",
        "Puljen godkender rapporten, og den sidste rate bliver udbetalt.",
    ),
    "process-template-derived": (
        "Det af forløbet, som andre kan bruge igen: trin, øvelser og det, I holder fast i.",
        "Startworkshop, grupper, fem gange aktionslæring og en fest efter 100 dage.",
    ),
    "template-adopted": (
        "Forløbet følger en model fra et andet forløb.",
        "Den næste landsby følger den førstes model, version 1.",
    ),
    "template-adapted": (
        "I gør noget andet, end modellen siger, og skriver hvorfor.",
        "Fire gange i stedet for fem, fordi hallen var lukket.",
    ),
    "template-feedback-given": (
        "Hvordan det gik at bruge modellen.",
        "Sedlerne tog dobbelt så lang tid, som modellen siger.",
    ),
    "import-mapping-confirmed": (
        "Hvad kolonnerne i et regneark med svar betyder. Næste fil af samme form læses på samme måde.",
        "I filen fra spørgeskemaet er kolonne 7 svaret på s1, og en tom celle stod tom.",
    ),
    "event-disputed": (
        "Nogen siger, at en registrering ikke er rigtig. Den bliver stående og er mærket, til det er afgjort.",
        "En gruppe siger, at den aldrig har sagt ja til beslutningen.",
    ),
    "dispute-resolved": (
        "Det er afgjort, om registreringen var rigtig. Skriv nummeret på den, der bestred den.",
        "Referatet viser, at to fra gruppen var med, og registreringen er rettet.",
    ),
    "text-redacted": (
        "Erstatter en personlig tekst for altid. Den gamle bliver slettet og kan ikke hentes frem igen.",
        "En note nævnte en nabo ved navn; nu står der “en nabo”.",
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
