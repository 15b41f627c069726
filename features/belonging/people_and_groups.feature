Feature: People, roles and groups
  Somebody takes part, in one role or several, and gathers with others around a theme.

  Background:
    Given a process "fabelby"

  Scenario: A citizen joins the traffic group
    Given a citizen p1
    And a group traffic
    When p1 joins the group traffic on 2026-02-01
    Then "group/traffic" reads: group-formed, group-joined

  Scenario: A participant is never called by name
    When "participant-registered" is recorded on 2026-02-01 with:
      | field          | value |
      | participant_id | anna  |
    Then it is refused because of "participant-id-is-a-name"

  Scenario: A politician is a citizen again after the election
    Given a politician p2
    And p2 gives up the role politician on 2026-03-01
    When p2 takes on the role citizen on 2026-03-02
    Then "participant/p2" has 4 entries

  Scenario: Nobody has the same role twice at once
    Given a citizen p1
    When p1 takes on the role citizen on 2026-02-01
    Then it is refused because of "role-already-held"

  Scenario: Nobody joins a group that is dissolved
    Given a citizen p1
    And a group traffic
    And the group traffic is dissolved on 2026-03-01
    When p1 joins the group traffic on 2026-03-02
    Then it is refused because of "group-over"
