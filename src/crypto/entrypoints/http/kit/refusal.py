"""A request that is refused before any use case hears of it, with the code that tells the caller why."""

from crypto.application.errors import BadRequest
from crypto.entrypoints.http.kit.problem_codes import ProblemCode


class Refusal(BadRequest):
    """A request that cannot be taken as it was sent.

    `parameter` is the one to change; None where it is not a parameter that is wrong. `pointer` is the place in the
    body, by RFC 6901.
    """

    def __init__(
        self, code: ProblemCode, message: str, *, parameter: str | None = None, pointer: str | None = None
    ) -> None:
        super().__init__(message, parameter=parameter or "")
        self.code = code
        self.named = parameter
        self.pointer = pointer
