Feature: Before and after
  People say how able they see themselves, once before and once after, in the same words.

  Background:
    Given a process "fabelby"
    And a citizen p1
    And a citizen p2
    And an employee p3
    And the framework four of mobilising; acting in version 1
    And the instrument sheet asks s1 for mobilising; s2 for acting on a scale from 1 to 5 by four in version 1
    And the round start opens before, asking p1; p2 with sheet version 1 on 2026-01-10

  Scenario: A citizen answers, and passes over one question for a reason
    When p1, a citizen, answers s1=3; s2=rather-not-say in the round start on 2026-01-12
    Then "answers/start/p1/now" reads: self-assessment-submitted

  Scenario: Nobody answers twice
    Given p1, a citizen, answers s1=3 in the round start on 2026-01-12
    When p1, a citizen, answers s1=4 in the round start on 2026-01-13
    Then it is refused because of "already-answered"

  Scenario: A sheet filled in for somebody else is voided, and then answered
    Given p1, a citizen, answers s1=3 in the round start on 2026-01-12
    And the answer of p1 in the round start is void on 2026-01-13
    When p1, a citizen, answers s1=4 in the round start on 2026-01-14
    Then "answers/start/p1/now" has 3 entries

  Scenario: A void answer is not voided again
    Given p1, a citizen, answers s1=3 in the round start on 2026-01-12
    And the answer of p1 in the round start is void on 2026-01-13
    When the answer of p1 in the round start is void on 2026-01-14
    Then it is refused because of "nothing-to-void"

  Scenario: Nobody looks back before the start
    When p1, a citizen, answers s1=3 in the round start, of then on 2026-01-12
    Then it is refused because of "then-in-before-round"

  Scenario: Afterwards people say how it is now, and how it was then
    Given the round end opens after, asking p1; p2 with sheet version 1 on 2026-05-01
    And p1, a citizen, answers s1=4 in the round end on 2026-05-02
    When p1, a citizen, answers s1=2 in the round end, of then on 2026-05-02
    Then "answers/end/p1/then" reads: self-assessment-submitted

  Scenario: Six is off a scale that ends at five
    When p1, a citizen, answers s1=6 in the round start on 2026-01-12
    Then it is refused because of "value-off-scale"

  Scenario: A question has a value or a reason
    When p1, a citizen, answers s1 in the round start on 2026-01-12
    Then it is refused because of "answer-or-skip"

  Scenario: An empty sheet is no answer
    When p1, a citizen, answers nothing in the round start on 2026-01-12
    Then it is refused because of "assessment-without-answers"

  Scenario: A question is answered once
    When p1, a citizen, answers s1=3; s1=4 in the round start on 2026-01-12
    Then it is refused because of "listed-twice"

  Scenario: Only what is asked is answered
    When p1, a citizen, answers s9=3 in the round start on 2026-01-12
    Then it is refused because of "item-unknown"

  Scenario: Only those who are asked answer
    When p3, an employee, answers s1=3 in the round start on 2026-01-12
    Then it is refused because of "not-asked-in-round"

  Scenario: People answer in a role they have
    When p1, a politician, answers s1=3 in the round start on 2026-01-12
    Then it is refused because of "role-not-active"

  Scenario: Nobody answers before the round opens
    When p1, a citizen, answers s1=3 in the round start on 2026-01-09
    Then it is refused because of "round-not-open-yet"

  Scenario: Nobody answers once the round is closed
    Given the round start closes on 2026-01-17
    When p1, a citizen, answers s1=3 in the round start on 2026-01-18
    Then it is refused because of "round-closed"

  Scenario: A sheet from before the closing is written down afterwards
    Given the round start closes on 2026-01-17
    When p1, a citizen, answers s1=3 in the round start on 2026-01-16
    Then "answers/start/p1/now" has 1 entry

  Scenario: Somebody else rates a participant, never oneself
    When participant:p1 rates p1, a citizen, s1=3 in the round start on 2026-01-12
    Then it is refused because of "rater-rates-self"

  Scenario: A round asks with a version that is published
    When the round end opens after, asking p1 with sheet version 2 on 2026-05-01
    Then it is refused because of "unknown-version"

  Scenario: A version is published once
    When the framework four of mobilising in version 1 on 2026-02-01
    Then it is refused because of "version-already-published"

  Scenario: A scale rises
    When the instrument short asks s1 for acting on a scale from 5 to 1 by four in version 1 on 2026-02-01
    Then it is refused because of "scale-does-not-rise"

  Scenario: A question asks for a competence of the framework
    When the instrument short asks s1 for juggling on a scale from 1 to 5 by four in version 1 on 2026-02-01
    Then it is refused because of "competence-unknown"
