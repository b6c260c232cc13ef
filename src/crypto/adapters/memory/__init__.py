"""The ports in memory: for tests and trials, and passing the same contract tests as PostgreSQL."""

from crypto.adapters.memory.diagnostics import MemoryDiagnostics
from crypto.adapters.memory.request_budget import MemoryRequestBudget
from crypto.adapters.memory.store import MemoryStore

__all__ = ["MemoryDiagnostics", "MemoryRequestBudget", "MemoryStore"]
