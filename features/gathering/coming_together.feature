Feature: Coming together
  A gathering is planned, held or cancelled; who came is known, or is said to be unknown.

  Background:
    Given a process "fabelby"
    And a gathering kick-off on 2026-01-04

  Scenario: A citizen comes to the kick-off
    Given a citizen p1
    And the gathering kick-off is held on 2026-02-01
    When p1 is present at kick-off as a citizen on 2026-02-01
    Then "attendance/kick-off/p1" has 1 entry

  Scenario: Whether somebody came is not known
    Given a citizen p1
    When p1 is unknown at kick-off on 2026-02-01
    Then "attendance/kick-off/p1" has 1 entry

  Scenario: Somebody came after all
    Given a citizen p1
    And p1 is absent at kick-off on 2026-02-01
    When entry 5 is corrected on 2026-02-02 because "p1 came late":
      | field  | value   |
      | status | present |
    Then "attendance/kick-off/p1" reads: attendance-recorded
    And the last of "attendance/kick-off/p1" says:
      | field  | value   |
      | status | present |
    And "attendance/kick-off/p1" has 2 entries

  Scenario: An answer written by mistake is taken back
    Given a citizen p1
    And p1 is absent at kick-off on 2026-02-01
    And entry 5 is withdrawn because "the wrong list" on 2026-02-02
    When p1 is excused at kick-off on 2026-02-01
    Then "attendance/kick-off/p1" reads: attendance-recorded
    And the last of "attendance/kick-off/p1" says:
      | field  | value   |
      | status | excused |

  Scenario: Nobody comes in a role they do not have
    Given a citizen p1
    When p1 is present at kick-off as a politician on 2026-02-01
    Then it is refused because of "role-not-active"

  Scenario: A cancelled gathering is not held
    Given the gathering kick-off is cancelled on 2026-01-30
    When the gathering kick-off is held on 2026-02-01
    Then it is refused because of "gathering-cancelled"

  Scenario: People are counted at the door
    When "headcount-recorded" is recorded on 2026-02-01 with:
      | field        | value                                                                   |
      | gathering_id | kick-off                                                                |
      | total        | 50                                                                      |
      | basis        | counted at the door                                                     |
      | by_role      | [{"role": "citizen", "count": 48}, {"role": "politician", "count": 4}] |
    Then it is refused because of "headcount-does-not-add-up"
