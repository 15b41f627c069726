Feature: Money and goals
  A fund promises money on conditions; the process says what it wants and how it will show.

  Background:
    Given a process "fabelby"

  Scenario: A budget is approved and money is spent on one of its lines
    Given "budget-approved" is recorded on 2026-01-10 with:
      | field   | value                                                       |
      | version | 1                                                           |
      | lines   | [{"id": "food", "title": "Food", "amount_dkk": "20000.00"}] |
    When "expenditure-recorded" is recorded on 2026-02-01 with:
      | field      | value                  |
      | line_id    | food                   |
      | amount_dkk | 1250.50                |
      | voucher    | 14                     |
      | paid_on    | 2026-02-01             |
      | note       | bread for the kick-off |
    Then "budget/fabelby" has 1 entry
    And the log holds 3 entries

  Scenario: Money is spent on something the budget does not know
    Given "budget-approved" is recorded on 2026-01-10 with:
      | field   | value                                                       |
      | version | 1                                                           |
      | lines   | [{"id": "food", "title": "Food", "amount_dkk": "20000.00"}] |
    When "expenditure-recorded" is recorded on 2026-02-01 with:
      | field      | value      |
      | line_id    | fireworks  |
      | amount_dkk | 900        |
      | voucher    | 15         |
      | paid_on    | 2026-02-01 |
    Then it is refused because of "budget-line-unknown"
    And the log holds 2 entries

  Scenario: The fund pays before it has promised anything
    When "instalment-received" is recorded on 2026-03-03 with:
      | field       | value      |
      | title       | first      |
      | amount_dkk  | 336000     |
      | received_on | 2026-03-03 |
    Then it is refused because of "unknown-thing"

  Scenario: A sign of success is agreed for a goal
    Given an objective involvement
    When "success-criterion-agreed" is recorded on 2026-02-01 with:
      | field        | value                                     |
      | criterion_id | projects                                  |
      | objective_id | involvement                               |
      | text         | at least five projects live on a year later |
      | agreed_by    | role:citizen; role:politician             |
    Then "criterion/projects" has 1 entry

  Scenario: A goal is measured by entries that nobody can make
    Given an objective involvement
    When "indicator-defined" is recorded on 2026-02-01 with:
      | field        | value             |
      | indicator_id | buns              |
      | objective_id | involvement       |
      | title        | Buns baked        |
      | unit         | buns              |
      | direction    | up                |
      | formula      | count             |
      | fed_by       | buns-baked        |
    Then it is refused because of "unknown-thing"

  Scenario: Others pay their part
    Given "budget-approved" is recorded on 2026-01-10 with:
      | field   | value                                                              |
      | version | 1                                                                  |
      | lines   | [{"id": "food", "title": "Food", "amount_dkk": "20000.00"}]        |
      | sources | [{"id": "forum", "title": "Local forum", "amount_dkk": "10000"}] |
    When "co-financing-received" is recorded on 2026-02-01 with:
      | field      | value    |
      | source_id  | forum    |
      | amount_dkk | 10000.00 |
    Then the log holds 3 entries

  Scenario: Money comes from somebody the budget does not know
    Given "budget-approved" is recorded on 2026-01-10 with:
      | field   | value                                                              |
      | version | 1                                                                  |
      | lines   | [{"id": "food", "title": "Food", "amount_dkk": "20000.00"}]        |
      | sources | [{"id": "forum", "title": "Local forum", "amount_dkk": "10000"}] |
    When "co-financing-received" is recorded on 2026-02-01 with:
      | field      | value |
      | source_id  | bank  |
      | amount_dkk | 100   |
    Then it is refused because of "budget-line-unknown"

  Scenario: A new budget takes the place of the old one, never the other way
    Given "budget-approved" is recorded on 2026-01-10 with:
      | field   | value                                                       |
      | version | 2                                                           |
      | lines   | [{"id": "food", "title": "Food", "amount_dkk": "20000.00"}] |
    When "budget-approved" is recorded on 2026-02-10 with:
      | field   | value                                                       |
      | version | 1                                                           |
      | lines   | [{"id": "food", "title": "Food", "amount_dkk": "10000.00"}] |
    Then it is refused because of "budget-version-not-newer"
