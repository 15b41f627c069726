Feature: A report leaves the house
  It is drafted, commented on and approved; once it is issued it stands, and is replaced, never changed.

  Background:
    Given a process "fabelby"
    And the draft 1 of the report closing on 2026-06-01

  Scenario: A report is drafted, approved, issued and accepted
    Given draft 1 of the report closing is approved on 2026-06-02
    And the report closing is issued to "the fund" on 2026-06-03
    When the report closing is accepted on 2026-06-10
    Then "report/closing" reads: report-drafted, report-approved, report-issued, report-accepted

  Scenario: A version is drafted once
    When the draft 1 of the report closing on 2026-06-02
    Then it is refused because of "version-already-published"

  Scenario: Only what was drafted is approved
    When draft 2 of the report closing is approved on 2026-06-02
    Then it is refused because of "report-not-drafted"

  Scenario: Only what was issued is accepted
    When the report closing is accepted on 2026-06-10
    Then it is refused because of "report-not-issued"

  Scenario: What was issued is neither issued again nor drafted anew
    Given the report closing is issued to "the fund" on 2026-06-03
    When the report closing is issued to "the council" on 2026-06-04
    Then it is refused because of "report-already-issued"
    When the draft 2 of the report closing on 2026-06-04
    Then it is refused because of "report-already-issued"

  Scenario: An issued report is not corrected, nor the draft behind it
    Given the report closing is issued to "the fund" on 2026-06-03
    When entry 3 is corrected on 2026-06-04 because "the wrong number":
      | field    | value |
      | known_by | 9     |
    Then it is refused because of "issued-report"
    When entry 2 is withdrawn because "never mind" on 2026-06-04
    Then it is refused because of "issued-report"

  Scenario: An issued report is replaced by another, once
    Given the report closing is issued to "the fund" on 2026-06-03
    And the draft 1 of the report mended on 2026-06-10
    And the report closing is replaced by mended on 2026-06-11
    When the report closing is replaced by mended on 2026-06-12
    Then it is refused because of "report-superseded"

  Scenario: A report does not replace itself
    Given the report closing is issued to "the fund" on 2026-06-03
    When the report closing is replaced by closing on 2026-06-11
    Then it is refused because of "superseded-by-itself"
