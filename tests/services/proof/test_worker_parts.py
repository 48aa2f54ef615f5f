"""The parts of a worker, each on its own: configuration, bucket, tuning, health, nonces, keys."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from compute.proof.receipt import U32, Sizes
from compute.proof.signatures import TEST_SECRET
from services.proof.autotune import MIB, has_drifted, memory_of, tune
from services.proof.bucket import TokenBucket
from services.proof.configuration import ConfigError, WorkerConfig, read_config, reloaded
from services.proof.keys import make_key_file, open_signer
from services.proof.nonces import NonceStore, NoncesUsedUpError
from services.proof.outbox import Outbox, ReceiptState
from services.proof.posting import Reply
from services.proof.replies import ErrorClass, read_reply
from services.proof.statistics import Health, Statistics, judge
from services.workspace import Workspace
from tests.services.proof.faults import Clock, config_for, make_worker

CUBES = tuple(Sizes(m=edge, n=edge, k=edge) for edge in (512, 768, 1024, 1280, 1536))


def test_the_bucket_keeps_ten_a_second_for_a_minute_of_attempts_of_thirty_milliseconds() -> None:
    clock = Clock(0.0)
    bucket = TokenBucket(10, 5, clock)
    done = []
    while clock.at < 60:
        wait_s = bucket.take()
        clock.at += wait_s
        if wait_s == 0:
            done.append(clock.at)
            clock.at += 0.03
    assert len(done) == pytest.approx(600, abs=6)
    assert all(sum(at <= moment < at + 1 for moment in done) <= 10 + 5 for at in range(60))


@given(steps=st.lists(st.floats(0, 3), max_size=60), rate=st.floats(0.1, 50), burst=st.integers(1, 9))
@examples(max_examples=30)
def test_no_more_is_taken_than_rate_and_burst_allow(steps: list[float], rate: float, burst: int) -> None:
    clock = Clock(0.0)
    bucket = TokenBucket(rate, burst, clock)
    taken = 0
    for step in steps:
        clock.at += step
        taken += bucket.take() == 0
        assert taken <= burst + rate * clock.at + 1e-6


def test_attempts_wait_for_the_bucket(workspace: Workspace) -> None:
    clock = Clock()
    worker = make_worker(workspace, clock, config_for("http://x", rate_limit_per_second=10, rate_limit_burst=2))
    assert [worker.attempt(), worker.attempt()] == [0, 0]
    assert worker.attempt() == pytest.approx(0.1)
    clock.at += 0.101
    assert worker.attempt() == 0


def test_attempts_wait_for_the_backlog_while_the_verifier_answers_and_go_on_while_it_is_away(
    workspace: Workspace,
) -> None:
    worker = make_worker(workspace, Clock(), config_for("http://x", rate_limit_burst=6))
    for _ in range(20):
        worker._attempt_bucket.give_back()
        worker.attempt()
    assert worker.statistics.figures().attempts == 12
    for _ in range(5):
        worker.breaker.fail()
    worker._attempt_bucket.give_back()
    assert worker.attempt() == 0


def test_autotune_finds_the_size_between_two_presets() -> None:
    tuning = tune(lambda sizes: sizes.multiplications / 1e7, CUBES, 300, 4096)
    assert 1024 <= tuning.chosen.m < 1280
    assert tuning.chosen.m == tuning.chosen.n == tuning.chosen.k
    assert tuning.expected_ms == pytest.approx(tuning.chosen.multiplications / 1e7)
    assert 280 < tuning.expected_ms <= 300
    assert len(tune(lambda sizes: sizes.multiplications / 1e7, CUBES, 50, 4096).curve) == 3, "the others take too long"


@pytest.mark.parametrize(("target_ms", "edge"), [(1, 512), (10_000, 1536)])
def test_autotune_stays_among_its_presets(target_ms: float, edge: int) -> None:
    assert tune(lambda sizes: sizes.multiplications / 1e7, CUBES, target_ms, 4096).chosen.m == edge


def test_autotune_keeps_within_the_memory() -> None:
    limit = memory_of(CUBES[2]) / MIB
    tuning = tune(lambda sizes: 1.0, CUBES, 300, limit)
    assert {each.sizes.m for each in tuning.curve} == {512, 768, 1024}
    assert tune(lambda sizes: 1.0, CUBES, 300, 0.001).chosen == CUBES[0]


def test_a_size_is_chosen_again_when_attempts_take_thirty_percent_longer() -> None:
    tuning = tune(lambda sizes: 100.0, CUBES[:1], 300, 4096)
    assert not has_drifted(tuning, [129.0] * 15)
    assert not has_drifted(tuning, [131.0] * 14)
    assert has_drifted(tuning, [131.0] * 15)
    assert has_drifted(tuning, [500.0] * 5 + [69.0] * 15)


@pytest.mark.parametrize(
    ("consecutive", "share", "health"),
    [
        (0, None, Health.HEALTHY), (1, 0.19, Health.HEALTHY), (2, None, Health.DEGRADED), (0, 0.2, Health.DEGRADED),
        (5, None, Health.UNHEALTHY), (0, 0.5, Health.UNHEALTHY), (10, 0.0, Health.CRITICAL), (9, 1.0, Health.UNHEALTHY),
    ],
)  # fmt: skip
def test_health_follows_failures_in_a_row_and_their_share(
    consecutive: int, share: float | None, health: Health
) -> None:
    assert judge(consecutive, share) is health
    assert health.is_serving == (health in (Health.HEALTHY, Health.DEGRADED))


def test_failures_of_the_device_count_and_rates_are_of_the_last_minute() -> None:
    clock = Clock(0.0)
    statistics = Statistics(clock)
    clock.at = 100.0
    for _ in range(30):
        statistics.attempted(20.0)
        statistics.accepted()
    statistics.failed(ErrorClass.GPU)
    statistics.failed(ErrorClass.GPU)
    figures = statistics.figures()
    assert (figures.failures["gpu"], figures.health, figures.failed_share) == (2, Health.DEGRADED, 2 / 32)
    assert (figures.attempts_per_second, figures.mean_ms, figures.p95_ms) == (0.5, 20.0, 20.0)
    clock.at = 161.0
    assert statistics.figures().receipts_per_second == 0


def test_nonces_are_never_given_twice_and_shares_never_meet(workspace: Workspace) -> None:
    store = NonceStore(workspace.jobs.engine)
    given_out = [store.reserve("d", 1, index, 3) for index in (0, 1, 2) for _ in range(4)]
    again = NonceStore(workspace.jobs.engine).reserve("d", 1, 0, 3)
    assert sorted(given_out) == list(range(12))
    assert again == 12
    assert store.reserve("d", 2) == 0
    store.reserve("last", 1, U32, 2**32)
    with pytest.raises(NoncesUsedUpError, match="EPOCH_ID"):
        store.reserve("last", 1, U32, 2**32)


def test_another_number_of_workers_gives_no_nonce_out_again(workspace: Workspace) -> None:
    store = NonceStore(workspace.jobs.engine)
    given_out = [store.reserve("d", 1) for _ in range(5)]
    given_out += [store.reserve("d", 1, index, 2) for index in (1, 0, 1, 0, 1)]
    given_out += [store.reserve("d", 1) for _ in range(3)]
    given_out += [store.reserve("d", 1, 0, 2) for _ in range(2)]
    assert len(set(given_out)) == len(given_out)


def test_old_receipts_are_forgotten_and_those_that_did_not_arrive_are_kept(workspace: Workspace) -> None:
    clock = Clock()
    worker = make_worker(workspace, clock, config_for("http://x"))
    outbox = Outbox(workspace.jobs.engine, clock)
    for _ in range(6):
        worker.attempt()
    for receipt in outbox.page()[:4]:
        outbox.accept(receipt.id, "accepted")
    assert outbox.forget(60, most=3) == 1
    clock.at += 61
    assert outbox.forget(60) == 3
    assert outbox.counts()[ReceiptState.PENDING] == 2


@pytest.mark.parametrize(
    ("given", "wait_s"),
    [
        ("20", 20.0),
        ("9" * 400, 3600.0),
        ("-5", 0.0),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("", None),
    ],
)
def test_the_pause_that_a_server_asks_for_is_read(given: str, wait_s: float | None) -> None:
    assert read_reply(Reply(429, b"", given), "00").wait_s == wait_s


def test_a_tuning_is_used_again_for_what_it_was_measured_for_only(workspace: Workspace) -> None:
    changes: list[dict[str, Any]] = [
        {}, {"autotune_memory_mib": 64}, {"kernel_ver": "gemm_int8_relu_q_v1"}, {"autotune_presets": "16,16,16"},
        {"autotune_target_ms": 5},
    ]  # fmt: skip
    asked = set()
    for change in changes:
        config = config_for("http://x", **({"autotune_disable": False, "autotune_presets": "8,8,8;16,16,16"} | change))
        worker = make_worker(workspace, Clock(), config)
        worker.attempt()
        assert worker.tuning is not None
        asked.add(worker.tuning.asked)
        again = make_worker(workspace, Clock(), config)
        again.attempt()
        assert again.tuning == worker.tuning
    assert len(asked) == len(changes)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("AGGREGATOR_URL=ftp://x", "AGGREGATOR_URL=ftp://x: is no address"),
        ("AGGREGATOR_URL=http://x:99999", "is no address"),
        ("AGGREGATOR_URL=http://u:secret@x", "AGGREGATOR_URL: has a user"),
        ("AGGREGATOR_URL=http://x/?a=b", "a query"),
        ("EPOCH_ID=9007199254740992", "use gemm_int8_relu_q_v1"),
        ("RATE_LIMIT_PER_SECOND=0", "RATE_LIMIT_PER_SECOND=0"),
        ("AUTOTUNE_PRESETS=512,512", "'512,512' is no preset"),
        ("AUTOTUNE_PRESETS=512,512,9000", "is no preset"),
        ("PREV_HASH_HEX=AA", "PREV_HASH_HEX=AA"),
        ("WORKER_INDEX=3", "WORKER_INDEX=3 is not below WORKER_COUNT=1"),
        ("WORKER_SPEED=1", "WORKER_SPEED: no such setting"),
    ],
)
def test_each_fault_of_the_configuration_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "worker.env"
    path.write_text(f"WORKER_SK_HEX={TEST_SECRET}\nAGGREGATOR_URL=http://x\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert said in str(caught.value)
    assert TEST_SECRET not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read_is_a_fault_of_the_configuration(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "worker.env"
    path.write_bytes(content or b"LOG_LEVEL=info")
    if content is None:
        path.chmod(0)
        if os.access(path, os.R_OK):  # the superuser reads everything
            return
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(path)


def test_without_a_key_or_an_address_nothing_can_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="AGGREGATOR_URL: is needed"):
        read_config(tmp_path / "none.env")
    with pytest.raises(ConfigError, match="WORKER_KEY_FILE"):
        read_config(tmp_path / "none.env", aggregator_url="http://x")


def test_presets_are_read_and_secrets_are_masked() -> None:
    config = config_for("https://verify.example/verify/", autotune_presets="512,512,512; 768,512,256")
    assert config.presets == (Sizes(m=512, n=512, k=512), Sizes(m=768, n=512, k=256))
    assert config.submit_url == "https://verify.example/verify"
    shown = config.shown()
    assert (shown["WORKER_SK_HEX"], shown["AUTOTUNE_PRESETS"]) == ("********", "512,512,512;768,512,256")
    assert TEST_SECRET not in f"{shown} {config!r}"


def test_a_running_worker_takes_what_may_change_and_tells_what_may_not(workspace: Workspace) -> None:
    old = config_for("http://x")
    new, said = reloaded(old, config_for("http://y", rate_limit_per_second=3, worker_count=2))
    assert (new.aggregator_url, new.rate_limit_per_second, new.worker_count) == ("http://y", 3, 1)
    assert said == ["WORKER_COUNT changed; it takes effect when the worker is started again"]
    worker = make_worker(workspace, Clock(), old)
    worker.attempt()
    worker.change(config_for("http://x", autotune_presets="40,16,16"))
    worker.attempt()
    assert worker.sizes == Sizes(m=40, n=16, k=16)


def test_keys_are_for_their_owner_only_and_the_published_one_for_tests(tmp_path: Path) -> None:
    path = tmp_path / "worker.key"
    make_key_file(path)
    config = config_for("http://x", worker_sk_hex=None, worker_key_file=path, worker_allow_test_key=False)
    public = open_signer(config).public_hex
    make_key_file(path)
    assert open_signer(config).public_hex == public, "a key that is there stays"
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        open_signer(config)
    with pytest.raises(ConfigError, match="published test key"):
        open_signer(config_for("http://x", worker_allow_test_key=False))


def test_pauses_double_up_to_the_longest(workspace: Workspace) -> None:
    worker = make_worker(workspace, Clock(), config_for("http://x", retry_delay_ms=1000, max_retries=6))
    worker._around.jitter.seed(1)
    pauses = [worker._delay_s(tries) for tries in range(9)]
    whole = [1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert all(full / 2 <= pause <= full for pause, full in zip(pauses, whole, strict=True))


def test_the_configuration_has_a_description_for_every_variable() -> None:
    assert all(field.description for field in WorkerConfig.model_fields.values())
