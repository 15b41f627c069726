Feature: Looking back
  What happened, what it meant, what now; and what was understood.

  Background:
    Given a process "fabelby"

  Scenario: The groups look back after the party
    Given a gathering party
    When "reflection-recorded" is recorded on 2026-06-01 with:
      | field         | value                                                                                |
      | reflection_id | after-the-party                                                                      |
      | format        | what-so-what-now-what                                                                |
      | steps         | [{"name": "what", "text": "half the village came"}, {"name": "now-what", "text": "again"}] |
      | by            | role:citizen                                                                         |
      | about         | gathering/party                                                                      |
    Then "reflection/after-the-party" has 1 entry

  Scenario: A reflection in which nothing was said
    When "reflection-recorded" is recorded on 2026-06-01 with:
      | field         | value     |
      | reflection_id | silence   |
      | format        | free      |
      | steps         | []        |
      | by            | anonymous |
    Then it is refused because of "reflection-without-steps"

  Scenario: Something is understood from a reflection
    Given a reflection party on 2026-06-01
    When an insight ask-somebody from party on 2026-06-02
    Then "insight/ask-somebody" has 1 entry

  Scenario: Something is understood before anybody looked back
    Given a reflection party on 2026-06-01
    When an insight ask-somebody from party on 2026-05-30
    Then it is refused because of "builds-on-later"

  Scenario: An action takes up what a reflection said comes next
    Given a reflection party on 2026-06-01
    When an action bench building on party on 2026-06-05
    Then "action/bench" has 1 entry

  Scenario: A try-out names the question it is to answer
    When "experiment-tried" is recorded on 2026-06-01 with:
      | field         | value                |
      | experiment_id | station              |
      | hypothesis    | more come            |
      | did           | met at the station   |
      | saw           | twice as many        |
      | next          | again on a Friday    |
      | question_id   | never-posed          |
    Then it is refused because of "unknown-thing"
