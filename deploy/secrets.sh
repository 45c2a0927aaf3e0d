#!/bin/sh
# Makes what deploy/compose.yaml mounts from deploy/secrets/: what is there already is left alone.
#
# Each container has a user of its own, and Compose mounts a file as it is. So every file may be
# read by all, and the folder around them by its owner alone: on this machine nobody else gets in.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

random() { openssl rand -hex 24; }
keep() {
    [ -s "$1" ] || printf '%s' "$2" >"$1"
    chmod 444 "$1"
}

keep postgres_password "$(random)"
keep redis_password "$(random)"
keep grafana_password "$(random)"
keep jwt_secret "$(openssl rand -base64 48)"
keep database_url "postgresql://armature:$(cat postgres_password)@postgres:5432/armature"
keep redis_url "redis://:$(cat redis_password)@redis:6379/0"
keep redis_conf "$(printf '%s\n' "requirepass $(cat redis_password)" 'dir /tmp' 'save ""' \
    'appendonly no' 'maxmemory 96mb' 'maxmemory-policy volatile-lru')"
# Yours go in here: where Alertmanager sends to, and how it shows who it is.
keep slack_url 'https://slack.invalid/replace-me'
keep webhook_token 'replace-me'
# For localhost alone. Put your certificate and its key, in this order, into tls_pem.
if [ ! -s tls_pem ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout tls_key.tmp -out tls_pem.tmp 2>/dev/null
    cat tls_pem.tmp tls_key.tmp >tls_pem
    rm tls_pem.tmp tls_key.tmp
fi
chmod 444 tls_pem
