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
