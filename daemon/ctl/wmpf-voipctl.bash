# bash completion for wmpf-voipctl
_wmpf_voipctl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command="" word i
    local commands="answer board bundle call contacts device hangup health history init log media metrics pair press push-token \
raw register relay reload selftest status watch help"
    local common="--socket --json --timeout --help"
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            --socket | --timeout) i=$((i + 1)) ;;
            -*) ;;
            *) command=$word; break ;;
        esac
    done
    case $previous in
        --socket | --config | init) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --reason) mapfile -t COMPREPLY < <(compgen -W "manual unloadCallPage forceFromApp" -- "$current"); return ;;
        --camera | --microphone) mapfile -t COMPREPLY < <(compgen -W "on off" -- "$current"); return ;;
        contacts) mapfile -t COMPREPLY < <(compgen -W "list set remove $common" -- "$current"); return ;;
        help) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current"); return ;;
    esac
    local own=""
    case $command in
        "") own="$commands --version" ;;
        answer) own="--room" ;;
        call)
            own="--voice --video --time-limit --wait"
            [[ $current == -* ]] || own+=" $(wmpf-voipctl --timeout 1 --json contacts 2>/dev/null |
                grep -o '"contact":"[A-Za-z0-9_.-]*"' | cut -d'"' -f4)" ;;
        bundle | selftest) own="--config" ;;
        contacts) own="--name" ;;
        metrics) own="--textfile" ;;
        hangup) own="--room --reason" ;;
        history) own="--limit --before" ;;
        init) own="--wait" ;;
        media) own="--camera --microphone --volume" ;;
        pair) own="--link" ;;
        press) own="--long" ;;
        watch) own="--calling --events" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$own $common" -- "$current")
}
complete -F _wmpf_voipctl wmpf-voipctl
