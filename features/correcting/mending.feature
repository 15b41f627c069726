Feature: Mending what was written
  Nothing is deleted; a correction stands beside what it corrects.

  Background:
    Given a process "fabelby"
    And an action bench on 2026-02-01
    And the action bench goes on: "two of tree" on 2026-02-15

  Scenario: A slip of the pen is mended
    When entry 3 is corrected on 2026-02-16 because "a slip of the pen":
      | field | value        |
      | note  | two of three |
    Then the last of "action/bench" says:
      | field | value        |
      | note  | two of three |
    And "action/bench" has 3 entries

  Scenario: The meeting was on the 14th, not the 15th
    When entry 3 is corrected on 2026-02-16 because "the wrong day":
      | field | value                     |
      | time  | 2026-02-14T12:00:00+01:00 |
    Then "action/bench" reads: action-planned, action-progressed

  Scenario: An entry written twice is withdrawn, and the withdrawal taken back
    Given entry 3 is withdrawn because "written twice" on 2026-02-16
    When entry 4 is withdrawn because "it was not" on 2026-02-17
    Then "action/bench" reads: action-planned, action-progressed
    And "action/bench" has 4 entries

  Scenario: What others rest on is not withdrawn
    When entry 2 is withdrawn because "never mind" on 2026-02-16
    Then it is refused because of "contradicts-later"

  Scenario: An entry does not become one about something else
    When entry 3 is corrected on 2026-02-16 because "the wrong action":
      | field     | value |
      | action_id | bus   |
    Then it is refused because of "identity-field"

  Scenario: An entry is disputed, and stands until that is settled
    Given role:citizen disputes entry 3: "it was one of three" on 2026-02-16
    When the dispute entry 4 is dismissed because "we counted again" on 2026-02-17
    Then "action/bench" reads: action-planned, action-progressed
    And "action/bench" has 4 entries

  Scenario: A dispute is settled once
    Given role:citizen disputes entry 3: "it was one of three" on 2026-02-16
    And the dispute entry 4 is dismissed because "we counted again" on 2026-02-17
    When the dispute entry 4 is upheld because "it was one" on 2026-02-18
    Then it is refused because of "dispute-already-resolved"

  Scenario: Only a dispute is settled
    When the dispute entry 3 is upheld because "never mind" on 2026-02-17
    Then it is refused because of "not-a-dispute"

  Scenario: What was withdrawn is not disputed
    Given entry 3 is withdrawn because "written twice" on 2026-02-16
    When role:citizen disputes entry 3: "it was one of three" on 2026-02-17
    Then it is refused because of "already-withdrawn"

  Scenario: A name is redacted, for good
    When note of entry 3 is redacted to "a neighbour brought them" on 2026-02-16
    Then the last of "action/bench" says:
      | field | value                    |
      | note  | a neighbour brought them |

  Scenario: A redaction is not undone
    Given note of entry 3 is redacted to "a neighbour brought them" on 2026-02-16
    When entry 4 is withdrawn because "never mind" on 2026-02-17
    Then it is refused because of "redaction-stands"

  Scenario: Only a personal text is redacted, and only where there is one
    When due of entry 2 is redacted to "never" on 2026-02-16
    Then it is refused because of "not-a-personal-text"
    When evidence of entry 3 is redacted to "a picture" on 2026-02-16
    Then it is refused because of "nothing-to-redact"
