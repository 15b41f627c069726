"""What is said of tables and rows that cannot be taken in. Columns are named, never what stands in them."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # the file as a whole
    "table-empty": ("Filen er tom. Vælg en anden.", "The file is empty. Choose another."),
    "table-not-text": (
        "Filen kan ikke læses som tekst. Gem den som CSV (UTF-8) eller XLSX, og prøv igen.",
        "The file cannot be read as text. Save it as CSV (UTF-8) or XLSX, and try again.",
    ),
    "table-old-or-locked": (
        "Filen er et gammelt regneark (.xls) eller låst med en kode. Gem den som XLSX uden kode, og prøv igen.",
        "The file is an old workbook (.xls) or locked with a password. Save it as XLSX without one, and try again.",
    ),
    "table-damaged": (
        "Regnearket kunne ikke læses; måske er filen ikke hel. Gem det igen, og prøv igen.",
        "The workbook could not be read; perhaps the file is not whole. Save it again, and try again.",
    ),
    "table-unpacks-too-large": (
        "Regnearket fylder mere end {most} MB pakket ud. Del det op, eller gem det som CSV.",
        "The workbook is more than {most} MB unpacked. Split it, or save it as CSV.",
    ),
    "table-too-long": (
        "Filen har mere end {most} rækker. Del den op, og læs delene ind én for én.",
        "The file has more than {most} rows. Split it, and read the parts in one by one.",
    ),
    "table-too-long-here": (
        "Filen har mere end {most} rækker. Del den op, eller læs den ind med kommandoen kurslog import.",
        "The file has more than {most} rows. Split it, or read it in with the command kurslog import.",
    ),
    "table-broken-quotes": (
        "Fra linje {line} hænger et anførselstegn åbent, eller en celle er alt for lang. Ret det, og prøv igen.",
        "From line {line} on a quotation mark stays open, or a cell is far too long. Mend it, and try again.",
    ),
    "table-without-known-headers": (
        "Ingen af overskrifterne er kendt her. Skriv fx navn og rolle, eller tekst og slags, i første række.",
        "None of the headers is known here. Write name and role, say, or text and kind, in the first row.",
    ),
    "table-kind-unknown": (
        "Overskrifterne passer ikke til deltagere, fremmøde, bidrag, timer eller udgifter. Vælg, hvad det er.",
        "The headers fit neither people, attendance, contributions, hours nor expenditure. Choose what it is.",
    ),
    "table-kind-ambiguous": (
        "Overskrifterne passer til mere end én slags. Vælg, hvad det er, og prøv igen.",
        "The headers fit more than one kind. Choose what it is, and try again.",
    ),
    "table-column-twice": (
        "Kolonnerne “{first}” og “{second}” siger det samme. Slet den ene, og prøv igen.",
        "The columns “{first}” and “{second}” say the same. Delete one of them, and try again.",
    ),
    "table-column-missing": (
        "Kolonnen “{da}” mangler. Tilføj den, og prøv igen.",
        "The column “{en}” is missing. Add it, and try again.",
    ),
    "gathering-unknown": (
        "Samlingen findes ikke i forløbet. Vælg en, der gør.",
        "There is no such gathering in the process. Choose one that there is.",
    ),
    "round-unknown": (
        "Runden findes ikke i forløbet. Vælg en, der gør.",
        "There is no such round. Choose one that there is.",
    ),
    "round-without-questions": (
        "Det er ikke registreret, hvad runden spørger om. Udgiv spørgeskemaet først.",
        "It is not recorded what the round asks. Publish the instrument first.",
    ),
    "answers-unconfirmed": (
        "Ingen har sagt endnu, hvad kolonnerne betyder. Se vores bud igennem, og bekræft det.",
        "Nobody has said yet what the columns mean. Look at our guess, and confirm it.",
    ),
    "answers-column-twice": (
        "“{first}” og “{second}” siger det samme. Lad den ene være ulæst.",
        "“{first}” and “{second}” say the same. Leave one of them unread.",
    ),
    "answers-of-nobody": (
        "Ingen kolonne siger, hvem der svarer. Vælg den med nummer, mærke, navn eller mail.",
        "No column says who answers. Choose the one with the number, tag, name or mail.",
    ),
    "answers-to-nothing": (
        "Ingen kolonne er svar på et spørgsmål. Vælg mindst én.",
        "No column answers a question. Choose one at least.",
    ),
    # a row
    "row-there-already": ("Fandtes i forvejen.", "Was there already."),
    "row-unreadable": (
        "En celle er længere, end der er plads til, eller har en form, der ikke tages. Ret den.",
        "A cell is longer than there is room for, or of a form that is not taken. Mend it.",
    ),
    "cell-is-a-formula": (
        "“{column}” er en formel eller en fejl. Sæt værdien ind i stedet (Indsæt speciel → Værdier).",
        "“{column}” is a formula or an error. Put the value in its place (Paste special → Values).",
    ),
    "cell-unreadable": (
        "“{column}” holder et tegn, der ikke kan gemmes. Skriv det om.",
        "“{column}” holds a character that cannot be kept. Write it anew.",
    ),
    "cell-empty": ("“{column}” er tom. Udfyld den.", "“{column}” is empty. Fill it in."),
    "day-unreadable": (
        "“{column}” er ikke en dag, der kan læses. Skriv 24.5.2019 eller 2019-05-24.",
        "“{column}” is no day that can be read. Write 24.5.2019 or 2019-05-24.",
    ),
    "day-missing": (
        "Rækken siger ikke, hvornår det var. Tilføj en dato, eller vælg en dag eller en samling for hele filen.",
        "The row does not say when it was. Add a date, or choose a day or a gathering for the whole file.",
    ),
    "number-unreadable": (
        "“{column}” er ikke et tal. Skriv fx 1.250,50.",
        "“{column}” is no number. Write 1,250.50, say.",
    ),
    "choice-unknown": (
        "“{column}” er et ord, der ikke er kendt her. Skriv et af disse: {choices_da}.",
        "“{column}” is a word not known here. Write one of these: {choices_en}.",
    ),
    "person-unknown": (
        "Ingen deltager i forløbet passer. Skriv nummeret, mærket eller hele navnet, eller læs deltageren ind først.",
        "No participant of the process fits. Write the number, the tag or the whole name, or read the person in first.",
    ),
    "person-ambiguous": (
        "Mere end én deltager passer. Skriv nummeret eller mærket, så der kun er én.",
        "More than one participant fits. Write the number or the tag, so that there is only one.",
    ),
    "person-missing": (
        "Rækken siger ikke, hvem det er. Skriv navn, nummer eller mærke.",
        "The row does not say who it is. Write a name, a number or a tag.",
    ),
    "person-without-name": ("Skriv et navn eller et nummer.", "Write a name or a number."),
    "person-known-already": (
        "Der er allerede en deltager med det navn. Er det en anden, så giv rækken et nummer, fx p18; ellers slet den.",
        "There is a participant with that name already. If it is another, give the row a number, p18; else delete it.",
    ),
    "number-known-already": (
        "Nummeret er givet til en deltager før. Giv rækken et andet, eller slet den.",
        "The number was given to a participant before. Give the row another, or delete it.",
    ),
    "person-twice": (
        "Navnet står også i linje {line}. Er det en anden, så giv rækken et nummer, fx p18; ellers slet den.",
        "The name stands in line {line}, too. If it is another, give the row a number, p18; else delete it.",
    ),
    "answer-off-scale": (
        "“{column}” ligger uden for skalaen. Skriv et trin fra {low} til {high}.",
        "“{column}” is off the scale. Write a step from {low} to {high}.",
    ),
    "answer-between-steps": (
        "“{column}” ligger mellem to trin. Skriv et helt tal.",
        "“{column}” lies between two steps. Write a whole number.",
    ),
    "answer-unknown": (
        "“{column}” er hverken et trin fra {low} til {high} eller et ord, I har sagt betydningen af. Skriv trinnet.",
        "“{column}” is neither a step from {low} to {high} nor a word whose meaning was said. Write the step.",
    ),
    "answer-missing": (
        "“{column}” er tom. Sig, hvorfor der ikke er svaret: do-not-know, not-relevant, rather-not-say, left-blank.",
        "“{column}” is empty. Say why it was skipped: do-not-know, not-relevant, rather-not-say, left-blank.",
    ),
    "answer-not-asked": (
        "“{column}” er et spørgsmål til en anden rolle end deltagerens. Ret rollen, eller lad feltet stå tomt.",
        "“{column}” is a question for another role than the participant’s. Mend the role, or leave the cell empty.",
    ),
    "answers-none": ("Rækken har ingen svar.", "The row has no answers."),
    "answers-to-another-round": (
        "Rækken er svar på en anden runde. Læs den ind der.",
        "The row answers another round. Read it in there.",
    ),
    "answers-to-another-instrument": (
        "Rækken er svar på et andet spørgeskema eller en anden version end rundens.",
        "The row answers other questions, or another version, than the round’s.",
    ),
    "role-missing": (
        "Deltageren havde ingen rolle den dag. Registrér rollen, eller tilføj en kolonne med den.",
        "The participant had no role that day. Record the role, or add a column with it.",
    ),
    "role-unclear": (
        "Deltageren havde flere roller den dag. Tilføj en kolonne, der siger, hvilken der svares i.",
        "The participant had several roles that day. Add a column that says in which of them the answer is given.",
    ),
    "mode-unknown": (
        "“{column}” siger ikke, hvordan der blev svaret. Skriv online, paper eller interview.",
        "“{column}” does not say how it was answered. Write online, paper or interview.",
    ),
    "gathering-missing": (
        "Rækken siger ikke, hvilken samling det var. Skriv dens titel, eller vælg samlingen for hele filen.",
        "The row does not say which gathering it was. Write its title, or choose the gathering for the whole file.",
    ),
    "thing-unknown": (
        "Det, der står i “{column}”, findes ikke i forløbet. Skriv titlen, som den står der, eller opret det først.",
        "What stands in “{column}” is not in the process. Write the title as it stands there, or record it first.",
    ),
    "thing-ambiguous": (
        "Det, der står i “{column}”, passer på mere end én. Skriv nummeret i stedet.",
        "What stands in “{column}” fits more than one. Write the id instead.",
    ),
}


def sentence(rule: str, language: str, **facts: object) -> str:
    """Return what is said of a file or a row."""
    return SENTENCES[rule][0 if language == "da" else 1].format(**facts)
