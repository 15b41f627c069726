Feature: Quotes and observations
  People's words are used only as they approved them.

  Background:
    Given a process "fabelby"

  Scenario: What was seen stands apart from what it may mean
    When "observation-noted" is recorded on 2026-02-01 with:
      | field          | value                              |
      | observation_id | table-3                            |
      | observer       | role:evaluator                     |
      | description    | the politician wrote the notes     |
      | interpretation | the roles shifted                  |
    Then "observation/table-3" has 1 entry

  Scenario: A citizen approves her words and thinks again
    Given a quote neighbours on 2026-02-01
    And the speaker approves the quote neighbours on 2026-02-02
    When the speaker takes the quote neighbours back on 2026-02-03
    Then "quote/neighbours" reads: quote-captured, quote-approved, quote-approval-withdrawn

  Scenario: An approval nobody gave is not taken back
    Given a quote neighbours on 2026-02-01
    When the speaker takes the quote neighbours back on 2026-02-03
    Then it is refused because of "quote-not-approved"

  Scenario: An observer in a role that does not exist
    When "observation-noted" is recorded on 2026-02-01 with:
      | field          | value       |
      | observation_id | table-3     |
      | observer       | role:mayor  |
      | description    | he was late |
    Then it is refused because of "unknown-role"
