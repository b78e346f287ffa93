#compdef mcpmp
# Completes mcpmp in zsh. The words of the line are passed on as they are, never evaluated.
_mcpmp() {
    local line
    local -a found
    for line in "${(@f)$(mcpmp complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        [[ -z $line || $line == :* ]] || found+=("${${line//:/\\:}/$'\t'/:}")
    done
    if (( $#found )); then _describe mcpmp found; else _files; fi
}
if [[ ${funcstack[1]} == _mcpmp ]]; then _mcpmp; else compdef _mcpmp mcpmp; fi
