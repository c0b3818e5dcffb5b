"""Where a request comes from: the visitor's address behind proxies we trust, the page a form was sent from, the address we are known by."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks ("127.0.0.1", "10.0.0.0/8"). Raises ValueError naming the one that is neither."""
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError:
            raise ValueError(f"trusted proxy {text!r}: write an address or a network, e.g. 10.0.0.0/8") from None
    return tuple(found)


def _trusted(address: str, proxies: Iterable[Network]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in network for network in proxies)


def client_address(request: web.Request, proxies: Iterable[Network]) -> str:
    """The visitor's address: the peer's, or, where the peer is a trusted proxy, the last one in X-Forwarded-For that is none of ours.

    Whatever stands further left was written by the visitor and counts for nothing.
    """
    address = request.remote or "unknown"
    hops = [hop.strip() for line in request.headers.getall("X-Forwarded-For", []) for hop in line.split(",")]
    while hops and _trusted(address, proxies):
        address = hops.pop()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        # A proxy of ours passed something on that is no address: count it under the proxy itself.
        return request.remote or "unknown"


def scheme(request: web.Request, proxies: Iterable[Network]) -> str:
    """ "https" or "http", as the visitor sees it; a trusted proxy says so in X-Forwarded-Proto."""
    said = request.headers.get("X-Forwarded-Proto", "").lower()
    if said in ("http", "https") and _trusted(request.remote or "", proxies):
        return said
    return request.scheme


def same_origin(request: web.Request, known: Iterable[str]) -> bool:
    """Whether a form was sent from a page of ours: its Origin names our host, or one of the addresses we are `known` by.

    Browsers send Origin with every POST; where it is absent, Sec-Fetch-Site and Referer are asked, and a client that sends none of them
    is no browser and carries no visitor's cookie.
    """
    hosts = {request.host.lower(), *(urlsplit(address).netloc.lower() for address in known if address)}
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() in hosts
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    referer = request.headers.get("Referer")
    return referer is None or urlsplit(referer).netloc.lower() in hosts
