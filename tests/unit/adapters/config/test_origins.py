from ipaddress import ip_network

import pytest

from adapters.config.hosts import networks, origins


def test_proxies_are_addresses_and_networks() -> None:
    assert networks(" 10.0.0.0/8, 192.0.2.7 ,,2001:db8::/32,::1") == tuple(
        ip_network(each) for each in ("10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::1/128")
    )
    assert networks(" , ") == ()


@pytest.mark.parametrize(
    "text",
    [
        *("10.0.0.1/8", "10.0.0.0/33", "10.0.0", "010.0.0.1", "proxy.example.org", "10.0.0.1:80"),
        *("0.0.0.0/0", "::/0", "*", "[::1]", "fe80::1%eth0", "::ffff:10.0.0.0/104", "10.0.0.1 ::1"),
    ],
)
def test_what_is_no_network_of_proxies_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        networks(text)


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0/1,128.0.0.0/1",
        "128.0.0.0/1",
        ",".join(f"{first}.0.0.0/8" for first in range(20, 40)),
        ",".join(f"{first}.0.0.0/12" for first in range(256)) + ",64.0.0.0/3",
        "::/1,8000::/1",
        "2000::/3",
        "::/8",
        "2600::/16",
        ",".join(f"2{number:03x}::/17,2{number:03x}:8000::/17" for number in range(16)),
        "10.0.0.0/8,::/1",
    ],
)
def test_networks_that_together_are_much_of_the_internet_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="callers could choose their own"):
        networks(text)


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,127.0.0.0/8,fc00::/7,fe80::/10",
        # Those of a large content delivery network.
        "104.16.0.0/13,172.64.0.0/13,162.158.0.0/15,2400:cb00::/32,2606:4700::/32",
        "13.0.0.0/8,52.0.0.0/8,54.0.0.0/8",
    ],
)
def test_private_networks_and_those_of_a_provider_will_do(text: str) -> None:
    assert len(networks(text)) == text.count(",") + 1


def test_origins_are_written_as_browsers_write_them() -> None:
    text = (
        "HTTPS://App.Example.org:443, http://localhost:5173,http://a.b:80,https://[2001:db8::1]:8"
    )

    assert origins(text) == (
        "https://app.example.org",
        "http://localhost:5173",
        "http://a.b",
        "https://[2001:db8::1]:8",
    )
    assert origins("") == ()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "*",
            "null",
            "https://*",
            "https://*.example.org",
            "app.example.org",
            "//app.example.org",
        ),
        *("https://app.example.org/", "https://app.example.org/x", "https://app.example.org?x"),
        *(
            "https://ann@app.example.org",
            "https://app.example.org:0",
            "https://app.example.org:99999",
        ),
        *("ftp://app.example.org", "https://äpp.example.org", "https://a..b", "https://-a.b"),
        *("https://", "https://a b", "https://a;https://b", "https://[::1", "https://[1::0::2]"),
        "https://[0:0::1]",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        origins(text)
