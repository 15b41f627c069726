Feature: Who has to do with whom
  The same people are asked, in the same words, once and again.

  Background:
    Given a process "fabelby"
    And a citizen p1
    And a citizen p2
    And an employee p3
    And a politician p4
    And a citizen p5
    And the wave first opens, asking p1; p2; p3; p4 whom they works-with on 2026-01-10

  Scenario: A citizen works with an employee
    When p1 works-with p3 in the wave first, as strongly as 2 on 2026-01-12
    Then "ties/first/p1" reads: relation-declared

  Scenario: Each says how they see it themselves
    Given p1 works-with p3 in the wave first on 2026-01-12
    When p3 works-with p1 in the wave first on 2026-01-12
    Then "ties/first/p3" reads: relation-declared

  Scenario: Nobody has a tie to themselves
    When p1 works-with p1 in the wave first on 2026-01-12
    Then it is refused because of "tie-to-oneself"

  Scenario: Only those on the list are named
    When p1 works-with p5 in the wave first on 2026-01-12
    Then it is refused because of "off-the-roster"

  Scenario: A tie is written down once
    Given p1 works-with p3 in the wave first on 2026-01-12
    When p1 works-with p3 in the wave first on 2026-01-13
    Then it is refused because of "relation-already-declared"

  Scenario: The wave asks for one kind of tie
    When p1 trusts p3 in the wave first on 2026-01-12
    Then it is refused because of "kind-not-asked"

  Scenario: No more than the wave asks for
    Given p1 works-with p2 in the wave first on 2026-01-12
    And p1 works-with p3 in the wave first on 2026-01-12
    When p1 works-with p4 in the wave first on 2026-01-12
    Then it is refused because of "more-ties-than-asked"

  Scenario: A strength lies on the scale
    When p1 works-with p3 in the wave first, as strongly as 4 on 2026-01-12
    Then it is refused because of "value-off-scale"

  Scenario: A strength is given where it is asked for
    Given "relationship-wave-opened" is recorded on 2026-02-01 with:
      | field   | value                                |
      | wave_id | plain                                |
      | wording | {"da": "Hvem?", "en": "Who is it?"}  |
      | kinds   | works-with                           |
      | roster  | p1; p2                               |
    When p1 works-with p2 in the wave plain, as strongly as 2 on 2026-02-02
    Then it is refused because of "strength-not-asked"

  Scenario: “None yet” is an answer, and stands alone
    Given p2 has no ties yet in the wave first on 2026-01-12
    When p2 works-with p3 in the wave first on 2026-01-13
    Then it is refused because of "none-beside-relations"

  Scenario: “None yet” is said once
    Given p2 has no ties yet in the wave first on 2026-01-12
    When p2 has no ties yet in the wave first on 2026-01-13
    Then it is refused because of "none-already-declared"

  Scenario: Nobody is asked before the wave opens, or after it closes
    Given the wave first closes on 2026-01-17
    When p1 works-with p3 in the wave first on 2026-01-18
    Then it is refused because of "wave-closed"
    When p1 works-with p3 in the wave first on 2026-01-09
    Then it is refused because of "wave-not-open-yet"

  Scenario: Somebody who is named does not see it so
    Given p1 works-with p3 in the wave first on 2026-01-12
    When participant:p3 says it is not so that p1 works-with p3 in the wave first on 2026-01-13
    Then "ties/first/p1" reads: relation-declared, relation-disputed

  Scenario: Only a tie that was written down is disputed
    When participant:p3 says it is not so that p1 works-with p3 in the wave first on 2026-01-13
    Then it is refused because of "relation-unknown"

  Scenario: A tie that was disputed is withdrawn by the one who said it
    Given p1 works-with p3 in the wave first on 2026-01-12
    And participant:p3 says it is not so that p1 works-with p3 in the wave first on 2026-01-13
    When entry 13 is withdrawn because "p3 is right" on 2026-01-14
    Then "ties/first/p1" reads: relation-disputed

  Scenario: The list names each person once
    When the wave second opens, asking p1; p1 whom they works-with on 2026-05-01
    Then it is refused because of "listed-twice"
