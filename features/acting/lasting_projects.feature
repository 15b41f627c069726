Feature: Lasting projects
  Some actions grow into projects that live on.

  Background:
    Given a process "fabelby"

  Scenario: An action builds on a dream
    Given a dream path on 2026-01-15
    When an action gravel building on path on 2026-02-01
    Then "action/gravel" has 1 entry

  Scenario: An action cannot build on a dream of later
    Given a dream path on 2026-02-15
    When an action gravel building on path on 2026-02-01
    Then it is refused because of "builds-on-later"

  Scenario: A project reaches the milestone it set
    Given a project homes
    And the project homes sets the milestone local-plan on 2026-02-01
    When the project homes reaches the milestone local-plan on 2026-06-01
    Then "project/homes" has 3 entries

  Scenario: A milestone nobody set is not reached
    Given a project homes
    When the project homes reaches the milestone local-plan on 2026-06-01
    Then it is refused because of "milestone-unknown"
