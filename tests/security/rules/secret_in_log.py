"""What secret_in_log.yaml finds, and what it lets pass. Never run."""


def planted(log, _log, logger, command, password, access_token, settings):
    # ruleid: secret-in-log
    log.info("log-in with %s", password)
    # ruleid: secret-in-log
    _log.warning("log-in with %s", command.password)
    # ruleid: secret-in-log
    logger.debug(f"refused {access_token}")
    # ruleid: secret-in-log
    _log.error("no connection", extra={"to": settings.conninfo})


def fine(log, reason, user_id, tokens):
    # ok: secret-in-log
    log.info("log-in of %s", user_id)
    # ok: secret-in-log
    log.warning("a token was refused: %s", reason)
    # ok: secret-in-log
    log.info("sessions ended: %d", len(tokens))
