Feature: Reading answers to a round in
  People answered in another form, and the file comes back with its own headers. Somebody says once what its columns mean;
  who it was that answered is matched exactly or waits, and the answers are the participant's own.

  Background:
    Given a process that began on 2026-01-01
    And this spreadsheet was read in:
      | Nummer | Navn         | Kontakt              | Rolle     | Dato     |
      | p1     | Ægir Opdigt  | aegir@eksempel.dk    | borger    | 2.1.2026 |
      | p2     | Bodil Opfund | bodil@eksempel.dk    | politiker | 2.1.2026 |
    And p1 and p2 are asked before the start, from 2026-01-08

  Scenario: The columns are not what anybody said they are
    When these answers are read in:
      | Mail              | Dato      | Jeg får andre med. |
      | aegir@eksempel.dk | 10.1.2026 | 4                  |
    Then the file is refused because of "answers-unconfirmed"
    And "self-assessment-submitted" stands 0 times

  Scenario: Our guess is confirmed, and the next file goes straight in
    Given our guess is confirmed for:
      | Mail              | Dato      | Jeg får andre med. |
      | aegir@eksempel.dk | 10.1.2026 | i høj grad         |
    When these answers are read in:
      | Mail              | Dato      | Jeg får andre med. |
      | aegir@eksempel.dk | 10.1.2026 | i høj grad         |
      | bodil@eksempel.dk | 10.1.2026 | 3                  |
      | eva@eksempel.dk   | 10.1.2026 | 3                  |
    Then 2 rows are taken in and 1 waits
    And line 4 waits because of "person-unknown"
    And the answers of p1 are p1's own

  Scenario: An empty cell is no answer
    Given our guess is confirmed for:
      | Mail | Dato | Jeg får andre med. | Jeg gør noget ved det. |
    When these answers are read in:
      | Mail              | Dato      | Jeg får andre med. | Jeg gør noget ved det. |
      | aegir@eksempel.dk | 10.1.2026 | 4                  |                        |
    Then none is taken in and 1 waits
    And line 2 waits because of "answer-missing"

  Scenario: The wrong file was read in
    Given our guess is confirmed for:
      | Mail | Dato | Jeg får andre med. |
    When these answers are read in:
      | Mail              | Dato      | Jeg får andre med. |
      | aegir@eksempel.dk | 10.1.2026 | 4                  |
    And the whole import is undone
    Then "self-assessment-submitted" stands 0 times
