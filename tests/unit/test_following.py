"""What is done between the events that are followed: at once, and then only so often."""

from service.log.following import every


def test_a_chore_is_done_at_once_and_again_only_when_its_time_has_come():
    done = []
    seldom, always = every(3600, lambda: done.append("seldom")), every(0, lambda: done.append("always"))
    for _ in range(3):
        seldom()
        always()
    assert done == ["seldom", "always", "always", "always"]


def test_a_chore_that_failed_is_not_tried_again_before_its_time():
    done = []

    def failing():
        done.append("tried")
        raise LookupError

    look = every(3600, failing)
    for _ in range(2):
        try:
            look()
        except LookupError:
            continue
    assert done == ["tried"]
