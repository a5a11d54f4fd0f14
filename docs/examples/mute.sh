#!/bin/sh
# Runs one command when a call begins and another when it is over: mutes the music, wakes the screen.
#   mute.sh BEGIN END       for example: mute.sh "amixer -q set Music mute" "amixer -q set Music unmute"
# Ends with the daemon; let the service manager start it again (Restart=always).
set -eu
begin=${1:?usage: mute.sh BEGIN END}
end=${2:?usage: mute.sh BEGIN END}
in_call=no

# The first line is the snapshot of now, the others are changes; in every one "phase" stands once.
wmpf-voipctl --json watch | sed -un 's/.*"phase":"\([a-z]*\)".*/\1/p' | while read -r phase; do
    case $phase in
        idle | ended)
            [ $in_call = no ] || sh -c "$end"
            in_call=no ;;
        *)
            [ $in_call = yes ] || sh -c "$begin"
            in_call=yes ;;
    esac
done
