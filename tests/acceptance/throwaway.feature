Feature: A new event type needs no new step
  An event type is declared once; whoever writes features speaks of it at once.

  Scenario: A type declared a moment ago is recorded by the generic step
    Given a process "fabelby"
    And a group traffic
    When "bench-painted" is recorded on 2026-02-01 with:
      | field    | value                                          |
      | bench_id | b1                                             |
      | colour   | red                                            |
      | group_id | traffic                                        |
      | by       | role:citizen; group:traffic                    |
      | coats    | [{"day": "2026-01-30", "litres": "0.75"}]      |
      | note     | it dried quickly                               |
    Then the log holds 3 entries
    And the last of "bench/b1" says:
      | field  | value            |
      | colour | red              |
      | note   | it dried quickly |

  Scenario: The kernel's rules hold for it as well
    Given a process "fabelby"
    When "bench-painted" is recorded on 2026-02-01 with:
      | field    | value     |
      | bench_id | b1        |
      | colour   | red       |
      | group_id | nowhere   |
      | by       | anonymous |
      | note     | it dried  |
    Then it is refused because of "unknown-thing"
    And the log holds 1 entry
