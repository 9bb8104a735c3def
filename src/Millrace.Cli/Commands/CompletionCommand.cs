using System.CommandLine;

namespace Millrace.Cli;

/// <summary><c>millrace completion bash</c>: a script that the shell sources. The words come from the program itself.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _millrace() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(${COMP_WORDS[0]} "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")); fi
        }
        complete -o filenames -F _millrace millrace ./millrace
        """;

    private const string Zsh = """
        #compdef millrace
        _millrace() {
            local -a words_found
            words_found=("${(@f)$(${words[1]} "[suggest:${#BUFFER}]" "${BUFFER}" 2>/dev/null)}")
            if [[ -n "${words_found[*]}" ]]; then compadd -- "${words_found[@]}"; fi
            _files
        }
        compdef _millrace millrace ./millrace
        """;

    private const string Fish = """
        function __millrace_complete
            set -l line (commandline -cp)
            millrace "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete -c millrace -a '(__millrace_complete)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script: source <(millrace completion bash)") { shell };
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return App.ExitOk;
        });
        return command;
    }
}
