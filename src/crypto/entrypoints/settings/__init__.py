"""What the person who runs the service has decided: environment first, then crypto.toml, then defaults."""

from crypto.entrypoints.settings.load import load_settings
from crypto.entrypoints.settings.model import BadSetting, Settings

__all__ = ["BadSetting", "Settings", "load_settings"]
