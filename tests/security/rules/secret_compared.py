"""What secret_compared.yaml finds, and what it lets pass. Never run."""

import hmac


def planted(token, expected, request, mac):
    # ruleid: secret-compared
    if token == expected:
        return True
    # ruleid: secret-compared
    if request.csrf_token != expected:
        return False
    # ruleid: secret-compared
    return expected == mac


def fine(token, expected, token_type, digest):
    # ok: secret-compared
    if hmac.compare_digest(token, expected):
        return True
    # ok: secret-compared
    if token_type == "Bearer":
        return True
    # ok: secret-compared
    return len(digest) == 32 or token == ""
