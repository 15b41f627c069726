Feature: Observed changes
  Somebody does something else than before; somebody outside says whether it is so.

  Background:
    Given a process "fabelby"
    And a citizen p1
    And a facilitator p2
    And participant:p1 sees the change borrowing-tools on 2026-06-01

  Scenario: The school head, who is not part of the process, confirms the change
    Given an organisation school
    When organisation:school confirms the change borrowing-tools on 2026-06-10
    Then "outcome/borrowing-tools" reads: outcome-harvested, outcome-substantiated

  Scenario Outline: Those inside do not confirm the change
    When <who> confirms the change borrowing-tools on 2026-06-10
    Then it is refused because of "substantiated-from-inside"
    And "outcome/borrowing-tools" has 1 entry

    Examples:
      | who              |
      | participant:p1   |
      | participant:p2   |
      | role:facilitator |

  Scenario: A change that is not so is left alone
    Given the change borrowing-tools is rejected on 2026-06-10
    When role:employee confirms the change borrowing-tools on 2026-06-11
    Then it is refused because of "outcome-rejected"

  Scenario: A change does not spring from itself
    When the change borrowing-tools springs from borrowing-tools on 2026-06-10
    Then it is refused because of "ripple-to-itself"

  Scenario: An entry of the log speaks for a claim
    Given the claim six-projects that "the process gave six projects" on 2026-06-10
    When entry 6 speaks for the claim six-projects on 2026-06-11
    Then "claim/six-projects" reads: claim-made, evidence-linked

  Scenario: An entry of the log speaks against a claim
    Given the claim six-projects that "the process gave six projects" on 2026-06-10
    When entry 6 speaks against the claim six-projects on 2026-06-11
    Then the last of "claim/six-projects" says:
      | field   | value   |
      | bearing | against |

  Scenario: What is not in the log is no evidence
    Given the claim six-projects that "the process gave six projects" on 2026-06-10
    When "evidence-linked" is recorded on 2026-06-11 with:
      | field    | value                                |
      | claim_id | six-projects                         |
      | event    | 7d44a4f6-2c7c-4d0e-9d3b-5f0c3a1b2c3d |
      | bearing  | for                                  |
    Then it is refused because of "unknown-thing"
    And "claim/six-projects" has 1 entry
