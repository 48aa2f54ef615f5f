"""The tables of worker and verifier. Epochs are text: they count to 2^64, which no database's integer does."""

from sqlalchemy import BigInteger, Boolean, Column, Engine, Float, Index, Integer, String, Table, Text

from services.jobs.table import METADATA

RECEIPTS = Table(  # the worker's outbox: every receipt that was signed, until it is forgotten
    "proof_receipts",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),  # the digest that is signed
    Column("worker", Integer, nullable=False),
    Column("device_did", String(200), nullable=False),
    Column("epoch_id", String(20), nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("kernel_ver", String(40), nullable=False),
    Column("m", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("k", Integer, nullable=False),
    Column("time_ms", Float, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Float, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("error_class", String(16)),
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False),  # the receipt as it is sent
)
Index("proof_receipts_by_turn", RECEIPTS.c.worker, RECEIPTS.c.state, RECEIPTS.c.seq)

NONCES = Table(
    "proof_nonces",
    METADATA,
    Column("device_did", String(200), primary_key=True),
    Column("epoch_id", String(20), primary_key=True),
    Column("share", String(20), primary_key=True),  # index/count of the worker
    Column("next_nonce", BigInteger, nullable=False),
)

TUNINGS = Table(
    "proof_tunings",
    METADATA,
    Column("device", String(200), primary_key=True),
    Column("body", Text, nullable=False),
)

WORKERS = Table(  # what each worker says of itself, for whoever shows it
    "proof_workers",
    METADATA,
    Column("worker", Integer, primary_key=True, autoincrement=False),
    Column("updated_at", Float, nullable=False),
    Column("body", Text, nullable=False),
)

DEVICES = Table(  # the verifier's registry
    "proof_devices",
    METADATA,
    Column("device_did", String(200), primary_key=True),
    Column("public_hex", String(66), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("is_registered", Boolean, nullable=False),  # by somebody here; others came with a did:key
    Column("registered_at", Float, nullable=False),
    Column("seen_at", Float),
    Column("epoch_id", String(20)),  # the newest that a receipt was accepted for
    Column("accepted", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
)

SEEN = Table(  # what the verifier accepted: once for each nonce
    "proof_seen",
    METADATA,
    Column("device_did", String(200), primary_key=True),
    Column("epoch_id", String(20), primary_key=True),
    Column("nonce", BigInteger, primary_key=True, autoincrement=False),
    Column("digest_hex", String(64), nullable=False),
    Column("seen_at", Float, nullable=False),
)


def create_tables(engine: Engine) -> None:
    """Create what is absent."""
    METADATA.create_all(engine, tables=[RECEIPTS, NONCES, TUNINGS, WORKERS, DEVICES, SEEN])
