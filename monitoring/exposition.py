"""The text of node_exporter and windows_exporter: how busy a processor, how full a disk. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

#: File systems that hold nothing of anybody.
HOLLOW = frozenset(
    {
        "tmpfs", "devtmpfs", "overlay", "squashfs", "ramfs", "proc", "sysfs", "cgroup", "cgroup2", "autofs",
        "fuse.lxcfs", "iso9660", "nsfs", "tracefs", "debugfs", "mqueue", "hugetlbfs",
    }
)  # fmt: skip
DISKS = 40


@dataclass
class Reading:
    """One page: seconds of all processors (idle, together), and shares in use by quantity, in percent."""

    idle: float = 0.0
    total: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)


def read(text: str) -> Reading:
    """The quantities of one page; ValueError if it is none of an exporter."""
    found, sizes, free, memory = Reading(), dict[str, float](), dict[str, float](), dict[str, float]()
    for name, labels, value in _samples(text):
        if name in ("node_cpu_seconds_total", "windows_cpu_time_total"):
            found.total += value
            found.idle += value if labels.get("mode") == "idle" else 0.0
        elif name in MEMORY:
            memory[MEMORY[name]] = value
        elif name in SIZES and (disk := _disk(labels)):
            sizes[disk] = value
        elif name in FREE and (disk := _disk(labels)):
            free[disk] = value
    _share(found, "memory", memory.get("total"), memory.get("free"))
    for disk in sorted(sizes)[:DISKS]:
        _share(found, f"disk {disk}", sizes[disk], free.get(disk))
    if not found.total and not found.shares:
        raise ValueError("no quantity")
    return found


MEMORY = {
    "node_memory_MemTotal_bytes": "total",
    "node_memory_MemAvailable_bytes": "free",
    "windows_memory_physical_total_bytes": "total",
    "windows_cs_physical_memory_bytes": "total",
    "windows_memory_available_bytes": "free",
    "windows_memory_physical_free_bytes": "free",
    "windows_os_physical_memory_free_bytes": "free",
}
SIZES = frozenset({"node_filesystem_size_bytes", "windows_logical_disk_size_bytes"})
FREE = frozenset({"node_filesystem_avail_bytes", "windows_logical_disk_free_bytes"})


def _samples(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    from prometheus_client.parser import text_string_to_metric_families  # many megabytes, for what is rare

    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                yield sample.name, sample.labels, sample.value
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"not a page of an exporter: {error}") from error


def _disk(labels: dict[str, str]) -> str:
    """The mount point or the volume; "" for what is no disk."""
    if labels.get("fstype") in HOLLOW:
        return ""
    name = labels.get("mountpoint") or labels.get("volume") or ""
    return "" if name.startswith(("HarddiskVolume", "/run", "/snap", "/var/lib/docker")) else name[:60]


def _share(found: Reading, quantity: str, total: float | None, free: float | None) -> None:
    if total and free is not None and 0 <= free <= total:
        found.shares[quantity] = (1 - free / total) * 100


def busy(first: Reading, second: Reading) -> float | None:
    """Percent of the processors' time between two pages that was not idle; None if none passed."""
    passed = second.total - first.total
    if passed <= 0:
        return None
    return min(100.0, max(0.0, (1 - (second.idle - first.idle) / passed) * 100))
