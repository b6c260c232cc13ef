"""Find use cases by their types, so that who needs one does not have to be handed it by name."""

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar, get_type_hints

from dependency_injector.providers import Factory, Singleton

from crypto.entrypoints.wiring.container import Container

T = TypeVar("T")

Builder: TypeAlias = Factory[Any] | Singleton[Any]


class ContainerUseCases:
    """The use cases of a container: each is what one of its typed functions returns, built when asked for.

    One of which there is one only, for all who ask, is a Singleton there.
    """

    def __init__(self, container: Container) -> None:
        kinds = (Factory, Singleton)
        factories = [each for each in container.providers.values() if isinstance(each, kinds)]
        self._factories: Mapping[object, Builder] = {_built_by(each): each for each in factories}

    def __call__(self, kind: type[T], /) -> T:
        """The use case of this type.

        :raises KeyError: when the container has none.
        """
        built = self._factories[kind]()
        if not isinstance(built, kind):
            raise TypeError(f"the container builds {built!r} where {kind} was asked for")
        return built


def _built_by(builder: Builder) -> object:
    """What the function of a provider says that it returns; a class is built by itself."""
    return builder.provides if isinstance(builder.provides, type) else get_type_hints(builder.provides)["return"]
