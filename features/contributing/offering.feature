Feature: Offering something
  Anybody may offer a dream, an idea or a concern; others build on it, tick it, and answer it.

  Background:
    Given a process "fabelby"

  Scenario: A citizen dreams of a path to the school
    Given a citizen p1
    When "contribution-made" is recorded on 2026-02-01 with:
      | field           | value                |
      | contribution_id | path                 |
      | kind            | dream                |
      | text            | a path to the school |
      | author          | participant:p1       |
      | channel         | note on the wall     |
    Then the last of "contribution/path" says:
      | field | value                |
      | text  | a path to the school |

  Scenario: A bench becomes benches along the whole path
    Given an idea bench
    And an idea benches
    When benches refines bench on 2026-02-01
    Then "contribution/bench" reads: contribution-made, contribution-built-upon

  Scenario: Nobody ticks the same contribution twice
    Given a citizen p1
    And an idea bench
    And p1 ticks bench on 2026-02-01
    When p1 ticks bench on 2026-02-02
    Then it is refused because of "already-endorsed"

  Scenario: The municipality says why not
    Given an organisation municipality
    And a concern speed
    When body:municipality answers the contribution speed with "not before the road is widened" on 2026-03-01
    Then "contribution/speed" has 2 entries

  Scenario: The minutes do not say who offered it
    When "contribution-made" is recorded on 2026-02-01 with:
      | field           | value                |
      | contribution_id | path                 |
      | kind            | dream                |
      | text            | a path to the school |
      | notrecorded     | author               |
      | citation        | minutes-2026-02-01   |
    Then "contribution/path" has 1 entry
