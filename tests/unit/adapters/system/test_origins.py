from ipaddress import ip_network

import pytest

from adapters.system.origins import networks, origins


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
