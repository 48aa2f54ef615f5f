"""Nonces: each is given out once, also across crashes, and workers with different shares never meet."""

from sqlalchemy import Connection, Engine, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from compute.proof.receipt import U32
from services.proof.table import NONCES, create_tables


class NoncesUsedUpError(RuntimeError):
    """All nonces of this share and epoch were given out; a new epoch brings new ones."""


class NonceStore:
    """Counts the nonces of each device, epoch and share up in the database, before they are used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        create_tables(engine)

    def reserve(self, device_did: str, epoch_id: int, index: int = 0, count: int = 1) -> int:
        """Return a nonce that was never given out: index, index + count, ...; NoncesUsedUpError at the end."""
        key = {"device_did": device_did, "epoch_id": str(epoch_id), "share": f"{index}/{count}"}
        try:
            with self._engine.begin() as connection:
                first = _first_of(connection, device_did, str(epoch_id), index, count)
                nonce = connection.execute(_counted(key, first, count)).scalar_one_or_none()
                if nonce is None:
                    connection.execute(insert(NONCES).values(**key, next_nonce=first + count))
                    nonce = first
        except IntegrityError:  # another process made the row between the two statements
            return self.reserve(device_did, epoch_id, index, count)
        if nonce > U32:
            raise NoncesUsedUpError(f"epoch {epoch_id} has no nonce left for worker {index} of {count}; set EPOCH_ID")
        return int(nonce)


def _first_of(connection: Connection, device_did: str, epoch_id: str, index: int, count: int) -> int:
    """Return the first nonce of a share that is above all that were given out when there were other numbers of them."""
    of_epoch = (NONCES.c.device_did == device_did, NONCES.c.epoch_id == epoch_id)
    others = select(func.max(NONCES.c.next_nonce)).where(*of_epoch, ~NONCES.c.share.endswith(f"/{count}"))
    above = connection.execute(others).scalar_one() or 0
    return index + -(-max(0, int(above) - index) // count) * count


def _counted(key: dict[str, str], first: int, count: int):  # type: ignore[no-untyped-def]  # its type has no short name
    is_it = [NONCES.c[name] == value for name, value in key.items()]
    taken = case((NONCES.c.next_nonce < first, first), else_=NONCES.c.next_nonce)
    return update(NONCES).where(*is_it).values(next_nonce=taken + count).returning(NONCES.c.next_nonce - count)
