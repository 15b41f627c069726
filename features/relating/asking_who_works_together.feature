Feature: Asking who works together
  The same people are asked in the same words, more than once. None yet is an answer; silence is not.

  Background:
    Given a process "fabelby"
    And a citizen p1
    And a citizen p2
    And a politician p3
    And a citizen p4
    And the wave spring asks p1; p2; p3 for 1 each on 2026-02-10

  Scenario: A citizen works with a politician
    When p1 works-with p3 during the process, asked in spring on 2026-02-12
    Then "ties/spring/p1" reads: relation-declared

  Scenario: None yet is an answer
    When p2 has nobody yet, asked in spring on 2026-02-12
    Then "ties/spring/p2" reads: no-relations-declared

  Scenario: None yet does not stand beside a tie
    Given p1 works-with p3, asked in spring on 2026-02-12
    When p1 has nobody yet, asked in spring on 2026-02-12
    Then it is refused because of "none-beside-relations"

  Scenario: Nobody is named twice
    Given p1 works-with p3, asked in spring on 2026-02-12
    When p1 works-with p3, asked in spring on 2026-02-13
    Then it is refused because of "relation-already-declared"

  Scenario: No more than were asked for
    Given p1 works-with p3, asked in spring on 2026-02-12
    When p1 works-with p2, asked in spring on 2026-02-12
    Then it is refused because of "more-ties-than-asked"

  Scenario Outline: Whom one cannot name, and what one cannot say
    When p1 <tie>, asked in spring on <day>
    Then it is refused because of "<rule>"

    Examples:
      | tie           | day        | rule              |
      | works-with p1 | 2026-02-12 | tie-to-oneself    |
      | works-with p4 | 2026-02-12 | off-the-roster    |
      | trusts p2     | 2026-02-12 | kind-not-asked    |
      | works-with p2 | 2026-02-01 | wave-not-open-yet |

  Scenario: After the wave is closed nobody answers any more
    Given the wave spring is closed on 2026-02-20
    When p1 works-with p3, asked in spring on 2026-02-21
    Then it is refused because of "wave-closed"

  Scenario: An answer is taken back and given anew
    Given p1 works-with p3, asked in spring on 2026-02-12
    And entry 11 is withdrawn because "it was another" on 2026-02-13
    When p1 works-with p2, asked in spring on 2026-02-13
    Then "ties/spring/p1" reads: relation-declared

  Scenario: Somebody named does not see it so
    Given p1 works-with p3, asked in spring on 2026-02-12
    When participant:p3 denies that p1 works-with p3, asked in spring on 2026-02-13
    Then "ties/spring/p1" reads: relation-declared, relation-disputed

  Scenario: A tie that was never named cannot be denied
    When participant:p3 denies that p2 works-with p3, asked in spring on 2026-02-13
    Then it is refused because of "relation-unknown"
