"""What the use cases need of the outside world, in their own words."""

from crypto.application.ports.clock import Clock
from crypto.application.ports.diagnostics import (
    DatabaseDiagnostics,
    DatabaseFacts,
    Disk,
    Files,
    Hold,
    PathFacts,
    Space,
)
from crypto.application.ports.exports import ExportFacts, FileFormat, FileWriter, QuoteExport, QuoteRows
from crypto.application.ports.ledger import Claim, IngestLedger, PageArchive, PageTransaction, WriteOutcome
from crypto.application.ports.open_sweep import OpenSweep
from crypto.application.ports.queries import (
    ChangeReader,
    CoinReader,
    DataVersionReader,
    HealthProbe,
    MarketDataReader,
    PageReader,
    PriceLookupReader,
    RejectionReader,
    RunReader,
    SchemaDriftReader,
    SourceRecord,
)
from crypto.application.ports.request_budget import BudgetReader, RequestBudget
from crypto.application.ports.run_events import RunEvents
from crypto.application.ports.source import DeclaredSource, Outdated, Source

__all__ = [
    "BudgetReader",
    "ChangeReader",
    "Claim",
    "Clock",
    "CoinReader",
    "DataVersionReader",
    "DatabaseDiagnostics",
    "DatabaseFacts",
    "DeclaredSource",
    "Disk",
    "ExportFacts",
    "FileFormat",
    "FileWriter",
    "Files",
    "HealthProbe",
    "Hold",
    "IngestLedger",
    "MarketDataReader",
    "OpenSweep",
    "Outdated",
    "PageArchive",
    "PageReader",
    "PageTransaction",
    "PathFacts",
    "PriceLookupReader",
    "QuoteExport",
    "QuoteRows",
    "RejectionReader",
    "RequestBudget",
    "RunEvents",
    "RunReader",
    "SchemaDriftReader",
    "Source",
    "SourceRecord",
    "Space",
    "WriteOutcome",
]
