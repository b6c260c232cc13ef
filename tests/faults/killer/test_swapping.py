"""What was broken on purpose is whole again afterwards, and what can no longer be broken is said."""

import pytest

from tests.faults.killer.house import House
from tests.faults.killer.mutants import MUTANTS, broken
from tests.faults.killer.swapping import SeamGone, edited, put, swapped


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_gone_after_its_block(name: str) -> None:
    from crypto.adapters.postgres.ingest import ledger, page_transaction
    from crypto.adapters.postgres.ingest.claim import PostgresClaim
    from crypto.adapters.postgres.ingest.quote_writer import QuoteWriter
    from crypto.adapters.postgres.ingest.source_lock import SourceLock
    from crypto.application.ingest.write_page import PageWriter

    owners = (ledger, page_transaction, PostgresClaim, QuoteWriter, SourceLock, PageWriter)
    before = [dict(vars(owner)) for owner in owners]
    with broken(name):
        assert [dict(vars(owner)) for owner in owners] != before
    assert [dict(vars(owner)) for owner in owners] == before


def test_a_seam_that_is_gone_is_said_and_not_passed_over() -> None:
    with pytest.raises(SeamGone), swapped("fence", object(), object()):
        pass
    with pytest.raises(SeamGone), put(House, "no_such_method", object()):
        pass
    with pytest.raises(SeamGone):
        edited("SELECT 1", "AND epoch", "")
