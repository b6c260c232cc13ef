"""Bodies that are sent piece by piece, so that memory holds one piece of them only."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol, runtime_checkable


@runtime_checkable
class Pieces(Protocol):
    """Bytes that come piece by piece, and must be let go of in any case."""

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """The bytes; whatever this raises cuts the answer, so that the caller sees that it is not whole."""
        ...

    async def aclose(self) -> None:
        """Let go of what stands behind them."""
        ...


class Parts:
    """Pieces behind which nothing stands that must be let go of."""

    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The parts, in their order."""
        async for part in self._parts:
            yield part

    async def aclose(self) -> None:
        """Nothing is held."""
