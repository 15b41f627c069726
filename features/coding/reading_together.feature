Feature: Two read the same texts
  Each reads alone. Who finds nothing says so, and is not taken for somebody who never read it.

  Background:
    Given a process "fabelby"
    And the codebook book of asks; acts in version 1 on 2026-02-01
    And an idea bench

  Scenario: Who finds nothing in a text has read it
    When role:evaluator reads entry 3 to the end as ann, finding nothing on 2026-02-02
    Then "reading/ann" reads: text-coded

  Scenario: Where two differ it is settled, and both readings are kept
    Given role:evaluator reads entry 3 to the end as ann, finding asks on 2026-02-02
    And anonymous reads entry 3 to the end as bo, finding acts on 2026-02-02
    When between ann-asks; bo-acts it is settled that asks stands on 2026-02-03
    Then "coding/ann-asks" reads: passage-coded
    And "coding/bo-acts" reads: passage-coded
    And "adjudication/settled" reads: coding-adjudicated

  Scenario: What one no longer reads so is taken back, once
    Given role:evaluator reads entry 3 to the end as ann, finding asks; acts on 2026-02-02
    And the coding ann-asks is retracted on 2026-02-03
    When the coding ann-asks is retracted on 2026-02-04
    Then it is refused because of "coding-retracted"

  Scenario: A text that was withdrawn is read no more
    Given entry 3 is withdrawn because "a wish of its author" on 2026-02-02
    When role:evaluator reads entry 3 to the end as ann, finding nothing on 2026-02-03
    Then it is refused because of "span-does-not-match"
