Feature: What passages of text are about
  Coders read the same texts, each on their own; where they differ it is settled, and both readings are kept.

  Background:
    Given a process "fabelby"
    And the codebook book of asks; acts in version 1 on 2026-02-01
    And an idea bench

  Scenario: A passage is of the text that was read
    When "passage-coded" is recorded on 2026-02-02 with:
      | field           | value                                                            |
      | coding_id       | one                                                              |
      | codebook_id     | book                                                             |
      | version         | 1                                                                |
      | target          | entry 3                                                          |
      | field           | text                                                             |
      | text_commitment | 0000000000000000000000000000000000000000000000000000000000000000 |
      | start           | 0                                                                |
      | end             | 4                                                                |
      | code            | asks                                                             |
      | coder           | role:evaluator                                                   |
    Then it is refused because of "span-does-not-match"

  Scenario: A code is in the codebook
    When "passage-coded" is recorded on 2026-02-02 with:
      | field           | value                                                            |
      | coding_id       | one                                                              |
      | codebook_id     | book                                                             |
      | version         | 1                                                                |
      | target          | entry 3                                                          |
      | field           | text                                                             |
      | text_commitment | 0000000000000000000000000000000000000000000000000000000000000000 |
      | start           | 0                                                                |
      | end             | 4                                                                |
      | code            | dances                                                           |
      | coder           | role:evaluator                                                   |
    Then it is refused because of "code-unknown"

  Scenario: A codebook is published once in each version
    When the codebook book of asks in version 1 on 2026-02-03
    Then it is refused because of "version-already-published"

  Scenario: A code appears once
    When the codebook other of asks; asks in version 1 on 2026-02-03
    Then it is refused because of "listed-twice"

  Scenario: Only a coding that is there is retracted
    When the coding one is retracted on 2026-02-03
    Then it is refused because of "unknown-thing"

  Scenario: It takes two readings to settle between
    When between one it is settled that asks stands on 2026-02-03
    Then it is refused because of "unknown-thing"
