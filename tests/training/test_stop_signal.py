from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress

import pytest

from audiogan.training.stop import Interrupted, StopSignal

SIGNALS = [signal.SIGINT, signal.SIGTERM]


def _send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_first_signal_is_a_wish(number: signal.Signals) -> None:
    stop = StopSignal()
    with stop.listening():
        assert not stop.requested
        _send(number)
        assert stop.requested


@pytest.mark.parametrize("second", SIGNALS)
@pytest.mark.parametrize("first", SIGNALS)
def test_a_second_signal_is_immediate(first: signal.Signals, second: signal.Signals) -> None:
    stop = StopSignal()
    with stop.listening():
        _send(first)
        with pytest.raises(Interrupted):
            _send(second)


def _work(stop: StopSignal, number: signal.Signals, reached: list[str]) -> None:
    with stop.interruptible():
        reached.append("before")
        _send(number)
        reached.append("after")


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_during_interruptible_work_is_immediate(number: signal.Signals) -> None:
    stop = StopSignal()
    reached: list[str] = []
    with stop.listening():
        with pytest.raises(Interrupted):
            _work(stop, number, reached)
        assert reached == ["before"]
        with pytest.raises(Interrupted), stop.interruptible():
            reached.append("later")
        assert reached == ["before"]


def test_interruptible_work_nests() -> None:
    stop = StopSignal()

    def leave_the_inner_and_stop() -> None:
        with stop.interruptible():
            pass
        stop.request()

    with pytest.raises(Interrupted), stop.interruptible():
        leave_the_inner_and_stop()
    fresh = StopSignal()
    with fresh.interruptible(), fresh.interruptible():
        pass
    fresh.request()
    assert fresh.requested


def test_an_error_in_interruptible_work_ends_it() -> None:
    stop = StopSignal()
    with pytest.raises(KeyError), stop.interruptible():
        raise KeyError
    stop.request()
    assert stop.requested


@pytest.mark.parametrize("fails", [False, True])
def test_what_comes_of_work_that_hid_the_interruption_counts_for_nothing(fails: bool) -> None:
    stop = StopSignal()

    def import_half() -> None:
        with suppress(Interrupted):
            stop.request(signal.SIGTERM)
        if fails:
            raise RecursionError("maximum recursion depth exceeded")

    with pytest.raises(Interrupted) as caught, stop.interruptible():
        import_half()
    assert caught.value.exit_status == stop.exit_status == 143


def test_no_handler_of_mistakes_takes_a_stop_for_one() -> None:
    assert not issubclass(Interrupted, Exception)
    assert StopSignal().exit_status == Interrupted().exit_status == 130


@pytest.mark.parametrize("fails", [False, True])
def test_the_previous_handlers_come_back(fails: bool) -> None:
    def mine(*_: object) -> None:
        received.append("mine")

    received: list[str] = []
    before = {number: signal.signal(number, mine) for number in SIGNALS}
    try:
        try:
            with StopSignal().listening():
                _send(signal.SIGTERM)
                if fails:
                    raise KeyError
        except KeyError:
            pass
        assert received == []
        for number in SIGNALS:
            assert signal.getsignal(number) is mine
            _send(number)
        assert received == ["mine", "mine"]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_outside_of_listening_ctrl_c_is_pythons_own() -> None:
    with StopSignal().listening():
        pass
    with pytest.raises(KeyboardInterrupt):
        _send(signal.SIGINT)


def test_a_request_from_another_thread_is_seen() -> None:
    stop = StopSignal()
    thread = threading.Thread(target=stop.request)
    thread.start()
    thread.join()
    assert stop.requested
