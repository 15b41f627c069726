Feature: Deciding together
  It stands what was asked, what could be chosen, what was chosen, by whom and why.

  Background:
    Given a process "fabelby"

  Scenario: Citizens and politicians choose where the benches stand
    Given "decision-proposed" is recorded on 2026-01-20 with:
      | field       | value                                                                           |
      | decision_id | benches                                                                         |
      | question    | where should the benches stand?                                                 |
      | options     | [{"id": "path", "text": "by the path"}, {"id": "hall", "text": "at the hall"}] |
    When "decision-made" is recorded on 2026-02-01 with:
      | field       | value                                                  |
      | decision_id | benches                                                |
      | chosen      | path                                                   |
      | method      | consent                                                |
      | taken_by    | [{"actor": "role:citizen"}, {"actor": "role:politician"}] |
      | rationale   | most people pass there                                 |
    Then "decision/benches" reads: decision-proposed, decision-made

  Scenario: Something is chosen that was not among the options
    Given "decision-proposed" is recorded on 2026-01-20 with:
      | field       | value                                                                           |
      | decision_id | benches                                                                         |
      | question    | where should the benches stand?                                                 |
      | options     | [{"id": "path", "text": "by the path"}, {"id": "hall", "text": "at the hall"}] |
    When "decision-made" is recorded on 2026-02-01 with:
      | field       | value                         |
      | decision_id | benches                       |
      | chosen      | station                       |
      | taken_by    | [{"actor": "role:citizen"}]   |
    Then it is refused because of "choice-outside-options"

  Scenario: A decision that nobody took
    When "decision-made" is recorded on 2026-02-01 with:
      | field       | value                           |
      | decision_id | benches                         |
      | question    | where should the benches stand? |
      | taken_by    | []                              |
    Then it is refused because of "decision-without-participants"

  Scenario: The council answers what it was never sent
    Given an organisation council
    And a decision humps
    When council answers on the decision humps on 2026-03-01
    Then it is refused because of "never-referred"

  Scenario: The benches go to the hall after all
    Given a decision path on 2026-01-20
    And a decision hall on 2026-02-20
    When the decision path is replaced by hall on 2026-02-20
    Then "decision/path" reads: decision-made, decision-superseded
