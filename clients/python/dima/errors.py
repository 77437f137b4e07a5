"""The one exception of this package."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence


class DimaError(Exception):
    """What went wrong, in words.

    code    stable: compare this, not the texts. The server's own codes, or one of the client's:
            ``connection_failed``, ``connection_lost``, ``timeout``, ``not_a_dima_server``,
            ``not_reset``, ``closed``, ``invalid_reply``
    detail  what exactly, with the names and numbers of this case
    hint    what to do about it
    errors  of the fields that are wrong: dictionaries with field, message, expected, given
    problem the server's whole answer (RFC 9457); None when the client itself refused
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        hint: str = "",
        errors: Sequence[Mapping[str, Any]] = (),
        problem: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.hint = hint
        self.errors = list(errors)
        self.problem = problem

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint and self.hint != self.detail else ""
        return f"{self.code}: {self.detail}{hint}"

    @classmethod
    def from_problem(cls, problem: Mapping[str, Any]) -> "DimaError":
        """Of problem details as the server sends them."""
        return cls(
            str(problem.get("code", "internal")),
            str(problem.get("detail", "")),
            hint=str(problem.get("hint", "")),
            errors=problem.get("errors") or (),
            problem=problem,
        )


def wrong_field(code: str, field: str, message: str, expected: Any, given: Any) -> DimaError:
    """An argument that is refused before anything is sent, told as the server would."""
    error = {"field": field, "message": message, "expected": expected, "given": given}
    return DimaError(code, message, errors=[error])
