Feature: Handing a model on
  What one village did, the next may follow, and say where it did something else.

  Background:
    Given a process "fabelby"

  Scenario: A model is drawn from what was run
    When "process-template-derived" is recorded on 2026-06-20 with:
      | field       | value                                                                       |
      | template_id | hundred-days                                                                |
      | version     | 1                                                                           |
      | steps       | [{"title": "Kick-off", "day": 0, "minutes": 300}, {"title": "Party"}] |
      | principles  | [{"text": "all three at one table the whole way"}]                          |
    Then "template/hundred-days" has 1 entry

  Scenario: A version that others may follow already is not drawn again
    Given "process-template-derived" is recorded on 2026-06-20 with:
      | field       | value                   |
      | template_id | hundred-days            |
      | version     | 1                       |
      | steps       | [{"title": "Kick-off"}] |
    When "process-template-derived" is recorded on 2026-06-21 with:
      | field       | value                |
      | template_id | hundred-days         |
      | version     | 1                    |
      | steps       | [{"title": "Party"}] |
    Then it is refused because of "version-already-published"
    And "template/hundred-days" has 1 entry

  Scenario: The next village follows the model, and says what it does another way and why
    Given "template-adopted" is recorded on 2026-08-01 with:
      | field    | value        |
      | process  | ladby        |
      | template | hundred-days |
      | version  | 1            |
    When "template-adapted" is recorded on 2026-08-02 with:
      | field    | value                         |
      | template | hundred-days                  |
      | what     | four sessions instead of five |
      | why      | the hall was closed           |
    Then "adoption/fabelby" reads: template-adopted, template-adapted

  Scenario: A model nobody follows is not adapted
    When "template-adapted" is recorded on 2026-08-02 with:
      | field    | value         |
      | template | hundred-days  |
      | what     | four sessions |
      | why      | no hall       |
    Then it is refused because of "template-not-adopted"
