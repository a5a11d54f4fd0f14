#!/bin/sh
# Calls a contact until somebody answers; what a script that reports an alarm does.
#   ring.sh CONTACT         the daemon is the one of WMPF_VOIPD_SOCKET, else that of the usual places
# Exit codes are those of wmpf-voipctl: 0 somebody talks, 1 nobody does, 3 no daemon ...
set -eu
contact=${1:?usage: ring.sh CONTACT}

newest() { wmpf-voipctl --json history --limit 1; }
before=$(newest)

# A line for each step; ends when somebody talks, or when the last person of the contact was rung in vain.
status=0
wmpf-voipctl call "$contact" --voice --wait || status=$?
[ "$status" -eq 1 ] || exit "$status"

# The newest record of the history says how it ended: timeout, busy, rejectVoip, cancelVoip, abortVoip. Without a new one
# the call was refused, and wmpf-voipctl has said why.
after=$(newest)
[ "$after" != "$before" ] || exit 1
echo "nobody answered: $(printf '%s\n' "$after" | sed -n 's/.*"eventName":"\([A-Za-z]*\)".*/\1/p')"
exit 1
