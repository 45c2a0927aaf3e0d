"""What unverified_tls.yaml finds, and what it lets pass. Never run."""

import ssl

import httpx


def planted(context):
    # ruleid: unverified-tls
    httpx.AsyncClient(verify=False)
    # ruleid: unverified-tls
    context.check_hostname = False
    # ruleid: unverified-tls
    context.verify_mode = ssl.CERT_NONE
    # ruleid: unverified-tls
    return ssl._create_unverified_context()


def fine():
    # ok: unverified-tls
    httpx.AsyncClient(verify=ssl.create_default_context())
    # ok: unverified-tls
    httpx.AsyncClient()
