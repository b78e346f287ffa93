# Completes mcpmp in fish. The words of the line are passed on as they are, never evaluated.
function __mcpmp_complete
    set -l before (commandline -opc)
    set -l last (commandline -ct)
    set -l found (mcpmp complete -- $before[2..-1] "$last" 2>/dev/null | string match -v ':*')
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path "$last"
    end
end
complete -c mcpmp -e
complete -c mcpmp -f -a '(__mcpmp_complete)'
