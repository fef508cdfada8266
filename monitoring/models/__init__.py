"""What is watched, how it stands, who sends events in, and what was found to be wrong."""

from .alert import Alert, AlertEvent
from .check import AllowedNetwork, Check, CheckDay, HourSample, Sample
from .device import Device, DeviceName, MaintenanceWindow
from .heartbeat import Heartbeat
from .source import Source
from .watch import KEYS, RANK, State, Watch

__all__ = [
    "KEYS",
    "RANK",
    "Alert",
    "AlertEvent",
    "AllowedNetwork",
    "Check",
    "CheckDay",
    "Device",
    "DeviceName",
    "Heartbeat",
    "HourSample",
    "MaintenanceWindow",
    "Sample",
    "Source",
    "State",
    "Watch",
]
