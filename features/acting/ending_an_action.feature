Feature: Ending an action
  An action ends with what came of it and what was learned; stopping is no failure.

  Background:
    Given a process "fabelby"
    And a citizen p1
    And a group traffic
    And an action bench on 2026-02-01

  Scenario: The traffic group stops the action without saying what it learned
    When the action bench is stopped without saying what was learned on 2026-03-01
    Then it is refused because of "abandonment-without-learning"
    And "action/bench" has 1 entry

  Scenario: The traffic group stops the action and says why
    When "action-abandoned" is recorded on 2026-03-01 with:
      | field     | value                         |
      | action_id | bench                         |
      | reason    | the landowner said no         |
      | learning  | next time we ask before we promise |
    Then "action/bench" reads: action-planned, action-abandoned

  Scenario: Three benches stand
    Given the action bench is begun on 2026-02-10
    And the action bench goes on: "two of three stand" on 2026-03-01
    When the action bench is completed on 2026-04-01
    Then "action/bench" has 4 entries

  Scenario: Nothing is added to an action that is over
    Given the action bench is handed over to group:traffic on 2026-04-01
    When the action bench goes on: "the third one stands" on 2026-04-02
    Then it is refused because of "action-over"

  Scenario: The end is remembered as earlier than something that came of it
    Given the action bench goes on: "two of three stand" on 2026-03-01
    When the action bench is completed on 2026-02-20
    Then it is refused because of "contradicts-later"
    And the log holds 6 entries
