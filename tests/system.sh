#!/bin/sh
# What the tests need beside Python. Root on Debian gets it installed; everybody else is told the names.
set -eu

calc() { # Calc, not LibreOffice alone
    office=$(command -v soffice) && [ -e "$(dirname "$(readlink -f "$office")")/libsclo.so" ]
}
postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }
syslog() { command -v syslog-ng || [ -x /usr/sbin/syslog-ng ]; }
syslog_http() { ls /usr/lib/*/syslog-ng/*/libhttp.so /usr/lib/syslog-ng/*/libhttp.so 2>/dev/null | grep -q .; }
japanese() { fc-list :lang=ja family | grep -q .; }

missing=
need() { # package, then the test that it is there
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
look() {
    missing=
    need postgresql postgres
    need redis-server command -v redis-server
    need chromium command -v chromium
    need fontconfig command -v fc-list
    need fonts-noto-cjk japanese
    need poppler-utils command -v pdftotext
    need libreoffice-calc-nogui calc
    need prometheus command -v prometheus
    need prometheus-node-exporter command -v prometheus-node-exporter
    need prometheus-alertmanager command -v prometheus-alertmanager
    need syslog-ng-core syslog
    need syslog-ng-mod-http syslog_http
    need dovecot-imapd test -e /usr/lib/dovecot/imap
    need dovecot-lmtpd test -e /usr/lib/dovecot/lmtp
}

look
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "テストに必要なものが足りません:$missing" >&2
    echo "Debian では sudo apt-get install$missing で入ります。" >&2
    exit 1
fi

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then # no service starts while installing: the tests start their own
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
echo "入れます:$missing"
apt-get update -qq
# shellcheck disable=SC2086  (a list of words)
apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null
look
if [ -n "$missing" ]; then
    echo "入れたのに見つかりません:$missing" >&2
    exit 1
fi
