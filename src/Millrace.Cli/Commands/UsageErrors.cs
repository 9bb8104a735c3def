using System.CommandLine;
using System.CommandLine.Parsing;

namespace Millrace.Cli;

/// <summary>Messages about a command line that cannot be understood.</summary>
internal static class UsageErrors
{
    public static readonly ErrorCode Usage = new("MR1901", "The command line cannot be understood.", "See `millrace --help`.");

    public static readonly ErrorCode LogFile = new("MR1902", "The log file cannot be written.", "Name another one with --log-file, or leave it out to log to standard error.");

    public static readonly ErrorCode BadFile = new("MR1903", "A file of statements is not text in UTF-8.", "Convert it: iconv -f latin1 -t utf-8.");

    public static int Report(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = string.Join(' ', Path(parsed.CommandResult));
        IEnumerable<string> known = Names(parsed.CommandResult);
        string hint = $"See `millrace {path}{(path.Length > 0 ? " " : "")}--help`.";
        bool json = parsed.GetValue(CommonOptions.Json);
        if (parsed.UnmatchedTokens.Count > 0)
        {
            // A word that fits nowhere explains whatever else seems to be missing.
            string word = parsed.UnmatchedTokens[0];
            string kind = command.Subcommands.Count > 0 ? "command" : word.StartsWith('-') ? "option" : "argument";
            ErrorPrinter.Print(Usage.Error($"There is no {kind} '{word}'{NearestName.Suggest(word, known)}.", hint: hint), json);
            return App.ExitFailed;
        }

        MillraceException[] faults = [.. parsed.Errors.Select(e => Usage.Error($"{e.Message.TrimEnd('.')}.", hint: hint))];
        ErrorPrinter.Print(faults.Length == 1 ? faults[0] : new MillraceException(Usage, $"{faults.Length} faults.", hint: hint) { Related = faults }, json);
        return App.ExitFailed;
    }

    private static IEnumerable<string> Path(CommandResult result)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = result; at is CommandResult { Command: not RootCommand } command; at = at.Parent)
        {
            names.Push(command.Command.Name);
        }

        return names;
    }

    private static IEnumerable<string> Names(CommandResult result)
        => result.Command.Subcommands.Select(c => c.Name)
            .Concat(result.Command.Options.SelectMany(o => o.Aliases.Append(o.Name)))
            .Concat([CommonOptions.Json.Name, CommonOptions.Verbose.Name, "--help"]);
}
