"""Sources that are no files: layers of services, files on the web and in archives. They are fetched whole first."""

from udsat_geo.services.copies import LocalCopies, local_copies
from udsat_geo.services.limits import Limits, limits_of
from udsat_geo.services.privacy import is_secret_name, without_secrets
from udsat_geo.services.sources import is_remote, shown_name

__all__ = [
    "Limits",
    "LocalCopies",
    "is_remote",
    "is_secret_name",
    "limits_of",
    "local_copies",
    "shown_name",
    "without_secrets",
]
