"""Which addresses count as one."""

import pytest

from matchmaking.access.throttle import address_bucket


@pytest.mark.parametrize(
    ("address", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unix socket", "", True),
        ("192.0.2.1", "unix socket", False),
    ],
)
def test_address_bucket(address: str, other: str, same: bool) -> None:
    assert (address_bucket(address) == address_bucket(other)) is same
