Feature: Reading in a spreadsheet
  The list from the door and the accounts from the town hall are read in as they are. What cannot be placed without guessing
  waits for somebody who knows; the rest goes in, and all of it can be taken out again at once.

  Background:
    Given a process that began on 2026-01-01

  Scenario: The list of participants is read in
    When this spreadsheet is read in:
      | Navn         | Rolle                    |
      | Ægir Opdigt  | borger                   |
      | Bodil Opfund | politiker og medarbejder |
    Then 2 rows are taken in and none wait
    And "participant-registered" stands 2 times
    And "role-assumed" stands 3 times

  Scenario: One looks first, and nothing is saved
    When it is only shown what this spreadsheet would become:
      | Navn        | Rolle    |
      | Ægir Opdigt | borger   |
      | Carl Påfund | vagabond |
    Then line 2 would become "Ny deltager: Ægir Opdigt, borger, med fra 1. januar 2026."
    And line 3 waits because of "choice-unknown"
    And "participant-registered" stands 0 times

  Scenario: Two people have the same name
    Given this spreadsheet was read in:
      | Nummer | Navn        |
      | p1     | Ægir Opdigt |
      | p2     | Ægir Opdigt |
    When this spreadsheet is read in:
      | Navn        | Nummer | Timer | Lønnet/frivillig | Dato     |
      | Ægir Opdigt |        | 2     | frivilligt       | 1.2.2026 |
      | Ægir Opdigt | p2     | 3,5   | frivilligt       | 1.2.2026 |
    Then 1 row is taken in and 1 waits
    And line 2 waits because of "person-ambiguous"

  Scenario: The same file is read in twice
    Given this spreadsheet was read in:
      | Tekst   | Slags | Dato     |
      | En bænk | idé   | 1.2.2026 |
    When the same spreadsheet is read in again
    Then none is taken in and none wait
    And "contribution-made" stands 1 time

  Scenario: What waited is mended and read in
    Given this spreadsheet was read in:
      | Tekst   | Slags | Dato     |
      | En bænk | idé   | 1.2.2026 |
      | Et bål  | ønske | 1.2.2026 |
    When the rows that wait are mended, "ønske" becoming "drøm", and read in
    Then 1 row is taken in and none wait
    And no rows wait any more
    And "contribution-made" stands 2 times

  Scenario: The wrong file was read in
    Given this spreadsheet was read in:
      | Navn         | Rolle     |
      | Ægir Opdigt  | borger    |
      | Bodil Opfund | politiker |
    When the whole import is undone
    Then "participant-registered" stands 0 times
    And "import-completed" stands 0 times

  Scenario: Somebody has built on what was read in
    Given this spreadsheet was read in:
      | Nummer | Navn        | Rolle  |
      | p1     | Ægir Opdigt | borger |
    And this spreadsheet was read in:
      | Nummer | Timer | Lønnet/frivillig | Dato     |
      | p1     | 2     | frivilligt       | 1.2.2026 |
    When the first import is undone
    Then it is refused, naming 1 entry
    And "participant-registered" stands 1 time
