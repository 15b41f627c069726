Feature: What others can use again
  A process leaves a model behind; the next follows it, and says where it does something else.

  Background:
    Given a process "fabelby"

  Scenario: A model is derived once in each version
    Given the model sail is derived in version 1 on 2026-11-01
    When the model sail is derived in version 1 on 2026-11-02
    Then it is refused because of "version-already-published"
    When the model sail is derived in version 2 on 2026-11-02
    Then "template/sail" has 2 entries

  Scenario: Four sessions instead of five
    Given the process follows the model harbour on 2026-01-03
    When the model harbour is adapted: "four sessions" on 2026-02-01
    Then "adoption/fabelby" reads: template-adopted, template-adapted

  Scenario: Only a model the process follows is adapted
    When the model harbour is adapted: "four sessions" on 2026-02-01
    Then it is refused because of "template-not-adopted"
