Feature: What people said yes to, and what they ask for
  A yes is to something, and can be taken back; whoever asks gets an answer.

  Background:
    Given a process "fabelby"
    And a citizen p1

  Scenario: A citizen may be asked before and after, and quoted without a name
    When p1 says yes to assess; quote-anonymous on 2026-02-01
    Then "consent/p1" reads: consent-given

  Scenario: A yes is taken back
    Given p1 says yes to assess; photo on 2026-02-01
    When p1 takes back the yes to photo on 2026-03-01
    Then "consent/p1" reads: consent-given, consent-withdrawn

  Scenario: A yes that was never given is not taken back
    When p1 takes back the yes to photo on 2026-03-01
    Then it is refused because of "consent-not-given"

  Scenario: A yes is taken back once, and may be given again
    Given p1 says yes to photo on 2026-02-01
    And p1 takes back the yes to photo on 2026-03-01
    When p1 takes back the yes to photo on 2026-03-02
    Then it is refused because of "consent-not-given"
    When p1 says yes to photo on 2026-03-03
    Then "consent/p1" has 3 entries

  Scenario: A yes is to something
    When p1 says yes to nothing on 2026-02-01
    Then it is refused because of "consent-without-purpose"

  Scenario: Whoever asks what is held gets one answer
    Given p1 asks what is held about them, as copy on 2026-02-01
    And the request copy is answered on 2026-02-05
    When the request copy is answered on 2026-02-06
    Then it is refused because of "request-already-answered"

  Scenario: What was granted is deleted, once
    Given p1 asks that everything be deleted, as gone on 2026-02-01
    And the request gone is granted on 2026-02-05
    And the request gone is carried out on 2026-02-06
    When the request gone is carried out on 2026-02-07
    Then it is refused because of "erasure-executed"

  Scenario: Nothing is deleted that was not granted
    Given p1 asks that everything be deleted, as gone on 2026-02-01
    When the request gone is carried out on 2026-02-02
    Then it is refused because of "erasure-not-granted"
    When the request gone is refused on 2026-02-05
    And the request gone is carried out on 2026-02-06
    Then it is refused because of "erasure-not-granted"
