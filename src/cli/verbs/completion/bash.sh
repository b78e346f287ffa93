# Completes mcpmp in bash. The words of the line are passed on as they are, never evaluated.
_mcpmp() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        [[ $line == :* ]] || COMPREPLY+=("${line%%$'\t'*}")
    done < <(mcpmp complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _mcpmp mcpmp
