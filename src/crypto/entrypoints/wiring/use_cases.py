"""Find use cases by their types, so that who needs one does not have to be handed it by name."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

from dependency_injector.providers import Factory

from crypto.entrypoints.wiring.container import Container

T = TypeVar("T")


class ContainerUseCases:
    """The use cases of a container: each is what one of its typed functions returns, built when asked for."""

    def __init__(self, container: Container) -> None:
        factories = [each for each in container.providers.values() if isinstance(each, Factory)]
        self._factories: Mapping[object, Factory[Any]] = {_built_by(each): each for each in factories}

    def __call__(self, kind: type[T], /) -> T:
        """The use case of this type.

        :raises KeyError: when the container has none.
        """
        built = self._factories[kind]()
        if not isinstance(built, kind):
            raise TypeError(f"the container builds {built!r} where {kind} was asked for")
        return built


def _built_by(factory: Factory[Any]) -> object:
    """What the function of a factory says that it returns."""
    return get_type_hints(factory.provides)["return"]
