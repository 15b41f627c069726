"""Why something is refused: one sentence a rule, in Danish and English, saying what to do now.

Every sentence may use the facts the rule was raised with (``{field}``, ``{id}`` …). No personal text is ever a fact.
"""

from __future__ import annotations

from typing import Final

from domain.vocabulary import Record


class Rule(Record):
    """A rule's sentence in both languages; a *clash* means that something else is already there (HTTP 409)."""

    da: str
    en: str
    clash: bool = False


class Refused(Exception):  # noqa: N818 - the domain's word; an error suffix would say less
    """An event that the log does not take, and the rule that says so.

    Tree: `Refused` is the domain's only error. Its ``rule`` is a key of `RULES`; ``field`` names the field at fault.
    """

    def __init__(self, rule: str, *, field: str | None = None, **facts: object) -> None:
        self.rule = rule
        self.field = field
        self.facts = {"field": field or "", **facts}
        super().__init__(self.sentence("en"))

    @property
    def clash(self) -> bool:
        """Whether something else already stands in its place."""
        return RULES[self.rule].clash

    def sentence(self, language: str) -> str:
        """Return the rule's sentence in ``da`` or ``en``, with the facts of this case."""
        rule = RULES[self.rule]
        facts = {
            name: fact.sentence(language) if isinstance(fact, Refused) else fact for name, fact in self.facts.items()
        }
        return (rule.da if language == "da" else rule.en).format(**facts)


RULES: Final[dict[str, Rule]] = {
    # the envelope
    "time-in-future": Rule(
        "Dagen er ikke kommet endnu. Skriv en dag til og med i dag.",
        "That day has not come yet. Give a day up to today.",
    ),
    "time-ends-before-it-begins": Rule(
        "Slutningen ligger før begyndelsen. Byt dem om, eller ret den ene.",
        "The end lies before the beginning. Swap them or mend one.",
    ),
    "span-without-end": Rule(
        "En periode skal have en slutning. Skriv timeend, eller vælg dag, måned eller år.",
        "A span needs an end. Give timeend, or choose day, month or year.",
    ),
    "learned-outside-import": Rule(
        "learnedat kan kun angives ved import. Lad feltet stå tomt; tidspunktet er nu.",
        "learnedat can only be stated on import. Leave it out; the moment is now.",
    ),
    "value-out-of-bounds": Rule(
        "{field} er for stor, for lang eller har tegn, der ikke kan gemmes. Ret feltet.",
        "{field} is too large, too long, or holds characters that cannot be kept. Mend the field.",
    ),
    "field-missing": Rule(
        "{field} mangler. Skriv feltet, eller sig under notrecorded, hvorfor kilden tier.",
        "{field} is missing. Fill it in, or say under notrecorded why the source is silent.",
    ),
    "not-recordable-as-unknown": Rule(
        "{field} kan ikke stå som ikke registreret. Kun andre felter end numre og slags kan udelades.",
        "{field} cannot be left as not recorded. Only fields other than ids and kinds can.",
    ),
    "not-recorded-without-source": Rule(
        "Kun en offentlig kilde kan lade felter stå åbne. Skriv kilden i citation, eller udfyld felterne.",
        "Only a public source may leave fields open. Name it in citation, or fill the fields in.",
    ),
    "not-recorded-but-given": Rule(
        "{field} står både som udfyldt og som ikke registreret. Vælg ét.",
        "{field} is both given and marked as not recorded. Choose one.",
    ),
    # things referred to
    "unknown-process": Rule(
        "Forløbet findes ikke, eller du har ikke adgang til det.", "The process does not exist, or you have no access."
    ),
    "unknown-thing": Rule(
        "{kind} {id} findes ikke i forløbet. Registrér den først, eller ret nummeret i {field}.",
        "There is no {kind} {id} in this process. Record it first, or mend the id in {field}.",
    ),
    "ambiguous-id": Rule(
        "{id} er nummer på flere ting. Giv den nye et andet nummer.",
        "{id} names several things. Give the new one another id.",
    ),
    "builds-on-later": Rule(
        "{id} kom til bagefter og kan ikke være grundlag. Ret tiden, eller fjern {id} fra {field}.",
        "{id} came later and cannot be what this builds on. Mend the time, or take {id} out of {field}.",
    ),
    "already-exists": Rule(
        "{id} findes med et andet indhold. Intet er overskrevet. Vælg et nyt nummer, eller ret den, der er.",
        "{id} exists with other content. Nothing was overwritten. Choose a new id, or correct the one there is.",
        clash=True,
    ),
    "same-id-other-content": Rule(
        "Registreringen {id} findes med et andet indhold. Intet er overskrevet. Brug et nyt id, eller ret den med event-corrected.",
        "The entry {id} exists with other content. Nothing was overwritten. Use a new id, or correct it with event-corrected.",
        clash=True,
    ),
    "contradicts-later": Rule(
        "Det kan ikke skydes ind her: en senere registrering (nr. {position}) ville ikke længere passe. Ret tiden, eller ret den senere først.",
        "It cannot be put in here: a later entry (no. {position}) would no longer fit. Mend the time, or correct the later one first.",
        clash=True,
    ),
    "role-not-active": Rule(
        "Deltageren {id} var ikke {role} den dag. Vælg den rolle, det skete i, eller registrér rollen først.",
        "Participant {id} was not a {role} that day. Choose the role it was done in, or record the role first.",
    ),
    "actor-without-ref": Rule(
        "{field} siger {kind}, men ikke hvem. Skriv nummeret i ref.",
        "{field} says {kind} but not which. Give the id in ref.",
    ),
    "anonymous-with-ref": Rule(
        "{field} er uden navn og kan ikke have ref. Fjern ref, eller vælg en anden slags.",
        "{field} is anonymous and cannot have a ref. Remove it, or choose another kind.",
    ),
    "unknown-role": Rule("{id} er ikke en rolle. Vælg {choices}.", "{id} is not a role. Choose {choices}."),
    "participant-id-is-a-name": Rule(
        "Et deltagernummer er p og cifre eller et UUID, aldrig et navn.",
        "A participant id is p and digits, or a UUID; never a name.",
    ),
    # organising
    "period-ends-before-it-begins": Rule(
        "Perioden slutter, før den begynder. Ret datoerne.", "The period ends before it begins. Mend the dates."
    ),
    "budget-line-unknown": Rule(
        "Posten {id} står ikke i det sidst godkendte budget. Vælg en post, eller godkend et nyt budget.",
        "Line {id} is not in the last approved budget. Choose a line, or approve a new budget.",
    ),
    "budget-line-twice": Rule(
        "Posten {id} står to gange. Giv hver post sit nummer.", "Line {id} appears twice. Give each its own id."
    ),
    "budget-version-not-newer": Rule(
        "Budgettets version skal være højere end {version}.", "The budget's version must be higher than {version}."
    ),
    "change-never-requested": Rule(
        "Ændringen {id} er ikke ansøgt eller er allerede afgjort.",
        "The change {id} was not requested, or is already settled.",
    ),
    "amount-negative": Rule(
        "{field} kan ikke være under nul. Ret en fejl med en rettelse.",
        "{field} cannot be below zero. Mend a mistake with a correction.",
    ),
    "hours-without-person-or-role": Rule(
        "Skriv, hvem der brugte timerne: en deltager eller en rolle.",
        "Say who spent the hours: a participant or a role.",
    ),
    "baseline-without-measure": Rule(
        "Skriv et målepunkt eller en tekst om, hvordan det var før.",
        "Give an indicator or a text saying how it was before.",
    ),
    # belonging
    "participant-already-left": Rule("Deltageren er allerede gået ud.", "The participant has already left."),
    "role-already-held": Rule(
        "Deltageren har allerede den rolle den dag. Afslut den først.",
        "The participant already has that role that day. End it first.",
    ),
    "role-never-held": Rule(
        "Deltageren havde ikke den rolle den dag. Ret dagen, eller registrér rollen.",
        "The participant did not have that role that day. Mend the day, or record the role.",
    ),
    "merged-with-itself": Rule("{id} kan ikke lægges sammen med sig selv.", "{id} cannot be merged with itself."),
    "already-merged": Rule("{id} er allerede lagt sammen med en anden.", "{id} is already merged with another."),
    "already-member": Rule("Deltageren er allerede med i gruppen.", "The participant is already in the group."),
    "not-a-member": Rule("Deltageren er ikke med i gruppen den dag.", "The participant is not in the group that day."),
    "group-over": Rule(
        "Gruppen er opløst eller lagt sammen med en anden.", "The group is dissolved or merged with another."
    ),
    # gathering
    "gathering-cancelled": Rule("Samlingen er aflyst. Planlæg en ny.", "The gathering was cancelled. Plan a new one."),
    "gathering-already-held": Rule("Samlingen er allerede holdt.", "The gathering has already been held."),
    "headcount-does-not-add-up": Rule(
        "Rollerne giver {sum}, men der står {total} i alt. Ret det ene.",
        "The roles add up to {sum}, but the total says {total}. Mend one.",
    ),
    # contributing
    "builds-on-itself": Rule("{id} kan ikke bygge på sig selv.", "{id} cannot build on itself."),
    "already-endorsed": Rule(
        "Deltageren har allerede sat et hak ved bidraget.", "The participant has already ticked this contribution."
    ),
    # deciding
    "decision-without-participants": Rule(
        "Skriv mindst én, der var med til at beslutte. En rolle er nok.",
        "Name at least one who took part. A role is enough.",
    ),
    "choice-outside-options": Rule(
        "Der blev valgt {id}, som ikke er en af mulighederne. Tilføj muligheden, eller ret valget.",
        "{id} was chosen but is not among the options. Add the option, or mend the choice.",
    ),
    "option-twice": Rule("Muligheden {id} står to gange.", "Option {id} appears twice."),
    "already-decided": Rule(
        "Det er allerede besluttet. Skriv en ny beslutning, og lad den afløse denne.",
        "It has already been decided. Record a new decision and let it replace this one.",
        clash=True,
    ),
    "not-decided-yet": Rule("Det er ikke besluttet endnu.", "It has not been decided yet."),
    "never-referred": Rule(
        "Beslutningen blev ikke sendt til {body}. Registrér det først.",
        "The decision was not sent to {body}. Record that first.",
    ),
    "superseded-by-itself": Rule("{id} kan ikke afløse sig selv.", "{id} cannot replace itself."),
    "already-superseded": Rule("Beslutningen er allerede afløst.", "The decision has already been replaced."),
    # acting
    "action-already-started": Rule("Handlingen er allerede i gang.", "The action is already under way."),
    "action-over": Rule(
        "Handlingen er slut ({status}). Planlæg en ny, hvis I går videre.",
        "The action is over ({status}). Plan a new one if you go on.",
    ),
    "completion-without-result": Rule(
        "Skriv, hvad der kom ud af handlingen, og hvad I lærte. Én linje er nok.",
        "Say what came of the action and what you learned. One line will do.",
    ),
    "abandonment-without-learning": Rule(
        "Skriv, hvorfor handlingen blev standset, og hvad I tager med. Én linje er nok.",
        "Say why it was stopped and what you learned. One line will do.",
    ),
    "due-before-start": Rule(
        "Fristen ligger før starten. Ret datoerne.", "It is due before it starts. Mend the dates."
    ),
    "project-over": Rule("Projektet er givet videre eller standset.", "The project has been handed over or stopped."),
    "milestone-unknown": Rule(
        "Milepælen {id} er ikke sat. Sæt den først.", "Milestone {id} was not set. Set it first."
    ),
    "milestone-twice": Rule("Milepælen {id} er der allerede.", "Milestone {id} is already there."),
    # reflecting
    "reflection-without-steps": Rule(
        "En refleksion skal have mindst ét trin.", "A reflection needs at least one step."
    ),
    # shared by frameworks, instruments, codebooks, rounds and waves
    "version-already-published": Rule(
        "Version {version} er allerede udgivet. Giv den et højere nummer.",
        "Version {version} is already published. Give it a higher number.",
        clash=True,
    ),
    "unknown-version": Rule(
        "{id} er ikke udgivet i version {version}. Vælg en version, der findes.",
        "{id} has no version {version}. Choose one that exists.",
    ),
    "listed-twice": Rule("{id} står to gange i {field}.", "{id} appears twice in {field}."),
    "scale-does-not-rise": Rule(
        "Skalaens højeste trin skal være større end det laveste.", "The scale must end higher than it begins."
    ),
    "value-off-scale": Rule(
        "Skalaen går fra {min} til {max}. Du kan også springe over.",
        "The scale runs from {min} to {max}. You may also skip it.",
    ),
    # assessing
    "competence-unknown": Rule(
        "Kompetencen {id} står ikke i rammen. Vælg en, der gør, eller udgiv rammen i en ny version.",
        "Competence {id} is not in the framework. Choose one that is, or publish a new version.",
    ),
    "round-closed": Rule(
        "Runden {id} er lukket. Træk lukningen tilbage, eller skriv det som en observation.",
        "Round {id} is closed. Withdraw its closing, or record an observation.",
    ),
    "round-not-open-yet": Rule(
        "Runden {id} var ikke åben den dag. Ret dagen.", "Round {id} was not open that day. Mend the day."
    ),
    "not-asked-in-round": Rule(
        "Deltageren {id} er ikke med på rundens liste. Vælg en, der er.",
        "Participant {id} is not on the round's list. Choose one who is.",
    ),
    "already-answered": Rule(
        "Deltageren har allerede svaret i runden. Ret svaret, eller gør det ugyldigt først.",
        "The participant has already answered in this round. Correct the answer, or void it first.",
        clash=True,
    ),
    "then-in-before-round": Rule(
        "Før forløbet er der intet dengang at se tilbage på. Vælg nu.",
        "Before the process there is no then to look back on. Choose now.",
    ),
    "assessment-without-answers": Rule(
        "Der er ingen svar. Svar på mindst ét spørgsmål, eller spring det over med en grund.",
        "There are no answers. Answer at least one item, or skip it with a reason.",
    ),
    "answer-or-skip": Rule(
        "Spørgsmålet {id} skal have enten et tal eller en grund til at springe over.",
        "Item {id} needs either a value or a reason for skipping it, not both.",
    ),
    "item-unknown": Rule(
        "Spørgsmålet {id} står ikke i den version, runden spørger med.",
        "Item {id} is not in the version this round asks with.",
    ),
    "nothing-to-void": Rule(
        "Der er intet gyldigt svar i runden {id} at gøre ugyldigt.", "There is no valid answer in round {id} to void."
    ),
    "rater-rates-self": Rule(
        "Den, der vurderer udefra, kan ikke vurdere sig selv.", "An observer cannot rate themselves."
    ),
    # relating
    "wave-closed": Rule(
        "Relationsrunden {id} er lukket. Træk lukningen tilbage, hvis den lukkede for tidligt.",
        "Wave {id} is closed. Withdraw its closing if it closed too early.",
    ),
    "wave-not-open-yet": Rule(
        "Relationsrunden {id} var ikke åben den dag. Ret dagen.", "Wave {id} was not open that day. Mend the day."
    ),
    "tie-to-oneself": Rule(
        "Man kan ikke have en relation til sig selv. Vælg en anden.", "A tie joins two people. Choose somebody else."
    ),
    "off-the-roster": Rule(
        "Deltageren {id} står ikke på rundens liste. Vælg en, der gør.",
        "Participant {id} is not on the wave's list. Choose one who is.",
    ),
    "none-beside-relations": Rule(
        "“Ingen endnu” kan ikke stå ved siden af en relation. Træk det ene svar tilbage.",
        "“None yet” cannot stand beside a tie. Withdraw one of the answers.",
        clash=True,
    ),
    "none-already-declared": Rule(
        "Deltageren har allerede svaret “ingen endnu” i denne runde.",
        "The participant has already answered “none yet” in this wave.",
        clash=True,
    ),
    "strength-not-asked": Rule(
        "Runden spørger ikke, hvor stærk relationen er. Lad feltet stå tomt.",
        "The wave does not ask how strong a tie is. Leave the field empty.",
    ),
    "relation-already-declared": Rule(
        "Relationen til {id} er allerede skrevet ned i denne runde.",
        "The tie to {id} is already recorded in this wave.",
        clash=True,
    ),
    "kind-not-asked": Rule(
        "Runden spørger ikke om den slags relation. Vælg {choices}.",
        "The wave does not ask for that kind of tie. Choose {choices}.",
    ),
    "more-ties-than-asked": Rule(
        "Runden beder om højst {cap} af hver slags. Træk en tilbage først.",
        "The wave asks for {cap} of each kind at most. Withdraw one first.",
    ),
    "relation-unknown": Rule(
        "Den relation står der ikke. Vælg en, der er skrevet ned.", "That tie is not recorded. Choose one that is."
    ),
    # coding
    "code-unknown": Rule(
        "Koden {id} står ikke i den version af kodebogen. Vælg en, der gør.",
        "Code {id} is not in that version of the codebook. Choose one that is.",
    ),
    "span-does-not-match": Rule(
        "Uddraget passer ikke til teksten. Markér det igen i teksten, som den står nu.",
        "The passage does not match its text. Mark it again in the text as it stands now.",
    ),
    "coding-retracted": Rule("Kodningen er allerede trukket tilbage.", "The coding has already been retracted."),
    "adjudication-without-codings": Rule(
        "Nævn de kodninger, der afgøres imellem: mindst to.", "Name the codings it decides between: two at least."
    ),
    # consenting
    "consent-without-purpose": Rule("Skriv, hvad der siges ja til.", "Say what is agreed to."),
    "consent-not-given": Rule(
        "Deltageren har ikke sagt ja til {purpose}. Der er intet at trække tilbage.",
        "The participant has not said yes to {purpose}. There is nothing to take back.",
    ),
    "guardian-required": Rule(
        "Deltageren er et barn. Et ja gives af en forælder eller værge: vælg det under “sagt af”.",
        "The participant is a child. A parent or guardian says yes: choose that under “said by”.",
    ),
    "request-already-answered": Rule("Der er allerede svaret.", "It has already been answered."),
    "erasure-not-granted": Rule(
        "Sletning udføres først, når den er besluttet og imødekommet.",
        "Erasure is carried out once it has been decided and granted.",
    ),
    "erasure-executed": Rule("Sletningen er allerede udført.", "The erasure has already been carried out."),
    # reporting
    "report-not-drafted": Rule(
        "Rapporten har intet udkast i version {version}. Skriv udkastet først.",
        "The report has no draft of version {version}. Draft it first.",
    ),
    "report-not-issued": Rule("Rapporten er ikke udstedt endnu.", "The report has not been issued yet."),
    "report-already-issued": Rule(
        "Rapporten er allerede udstedt. Udsted en ny, der afløser den.",
        "The report has already been issued. Issue a new one that replaces it.",
        clash=True,
    ),
    "report-superseded": Rule("Rapporten er allerede afløst.", "The report has already been replaced."),
    # modelling
    "template-not-adopted": Rule(
        "Forløbet følger ikke skabelonen {id}. Registrér det først.",
        "The process does not follow template {id}. Record that first.",
    ),
    # observing
    "quote-not-approved": Rule("Citatet er ikke godkendt.", "The quote has not been approved."),
    # harvesting
    "substantiated-from-inside": Rule(
        "Den, der bekræfter, skal stå uden for forløbet: ikke den, der høstede, ikke holdet og ikke den, ændringen tilskrives.",
        "Whoever substantiates must stand outside: not the harvester, not the team, not the claimed contributor.",
    ),
    "outcome-rejected": Rule("Ændringen er afvist.", "The observed change has been rejected."),
    "ripple-to-itself": Rule("{id} kan ikke udspringe af sig selv.", "{id} cannot spring from itself."),
    # correcting
    "unknown-event": Rule("Registreringen {id} findes ikke i forløbet.", "There is no entry {id} in this process."),
    "already-withdrawn": Rule("Registreringen er allerede trukket tilbage.", "The entry has already been withdrawn."),
    "access-stands": Rule(
        "Adgang rettes ikke bagefter. Tag den, og giv den rigtige.",
        "Access is not mended afterwards. Revoke it, and grant the right one.",
    ),
    "registration-stands": Rule(
        "Oprettelsen af forløbet kan ikke trækkes tilbage. Ret den i stedet.",
        "The registration of a process cannot be withdrawn. Correct it instead.",
    ),
    "nothing-to-correct": Rule("Skriv mindst ét felt, der skal rettes.", "Name at least one field to correct."),
    "identity-field": Rule(
        "{field} kan ikke rettes, for det siger, hvad registreringen er. Træk den tilbage, og skriv en ny.",
        "{field} cannot be corrected, since it says what the entry is. Withdraw it and record a new one.",
    ),
    "unknown-field": Rule("{field} findes ikke på registreringen.", "The entry has no field {field}."),
    "value-does-not-fit": Rule("Værdien passer ikke i {field}: {why}", "The value does not fit {field}: {why}"),
    "personal-text-in-public": Rule(
        "{field} er personlig tekst. Skriv den under text i stedet for value.",
        "{field} is personal text. Give it under text, not value.",
    ),
    "not-a-personal-text": Rule(
        "{field} er ikke én personlig tekst. Nævn tekstens felt, i en liste med plads: steps.0.text. Andet indhold rettes under value.",
        "{field} is not one personal text. Name the text’s field, in a list with its place: steps.0.text. Other content is corrected under value.",
    ),
    "issued-report": Rule(
        "En udstedt rapport rettes ikke. Udsted en ny, der afløser den.",
        "An issued report is not corrected. Issue a new one that replaces it.",
    ),
    "nothing-to-redact": Rule(
        "Der står ingen tekst i {field}. Nævn et felt, der har en, i en liste med plads: steps.0.text.",
        "There is no text in {field}. Name a field that has one, in a list with its place: steps.0.text.",
    ),
    "redaction-stands": Rule(
        "En overstregning kan ikke fortrydes: den gamle tekst findes ikke mere. Streg teksten over igen med den, der skal stå.",
        "A redaction cannot be undone: the old text is gone. Redact the text again with the one that shall stand.",
    ),
    "not-a-dispute": Rule(
        "Registreringen bestrider ingen anden. Skriv nummeret på den, der siger, at noget ikke passer.",
        "The entry disputes no other. Give the number of the one that says something is not right.",
    ),
    "dispute-already-resolved": Rule(
        "Der er allerede taget stilling. Træk afgørelsen tilbage først, hvis den skal være en anden.",
        "It has already been settled. Withdraw the settlement first if it is to be another.",
        clash=True,
    ),
    "correction-does-not-fit": Rule(
        "Den rettede registrering ville være blevet afvist: {why}", "The corrected entry would have been refused: {why}"
    ),
    # the vault
    "text-erased": Rule(
        "Teksterne her er slettet, og der kan ikke skrives nye under samme navn.",
        "The texts here have been deleted; no new ones can be written in the same name.",
    ),
}
