using System.CommandLine;
using System.Runtime.CompilerServices;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary><c>millrace sql</c>: runs statements from the command line, from files, from standard input, or from a person.</summary>
internal static class SqlCommand
{
    private const string Name = "sql";
    private const string FileName = "file";
    private const string CommandName = "--command";

    public static Command Create()
    {
        var files = new Argument<string[]>(FileName) { Description = "Files of statements; - reads standard input.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Option<string[]>(CommandName, "-c") { Description = "Statements to run; may be repeated.", HelpName = "sql" };
        var format = new Option<string?>("--format", "-f") { Description = "How rows are printed: table (the default), or a format of files such as csv or json.", HelpName = "name", CompletionSources = { "table", _ => FormatNames.All } };
        var output = new Option<string?>("--output", "-o") { Description = "Path or URL that the rows of the query go to, instead of the screen.", HelpName = "target" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace what is at the output." };
        Option<long?> threads = CountOption.Create("--threads", "Threads to keep busy; one a processor by default.", "count", Pipeline.MaxThreads);
        var memory = new Option<string?>("--memory") { Description = "Memory that queries may keep before they use the disk, such as 512MiB.", HelpName = "size" };
        var skip = new Option<bool>("--skip-bad-rows") { Description = "Leave out rows that cannot be read or computed, and count them, instead of stopping at the first." };
        var functions = new Option<string[]>("--functions") { Description = "Assembly (.dll) of functions to load, as LOAD does; may be repeated.", HelpName = "file" };
        var rows = new Option<int>("--rows", "-n") { Description = "Most rows of a result that are printed as a table; 0 for all.", DefaultValueFactory = _ => 1000 };
        var timing = new Option<bool>("--timing") { Description = "Print how long each statement took." };
        Option<bool> takeOver = TakeOverOption.Create();
        var result = new Command(Name, "Run SQL over files and streams: millrace sql -c \"SELECT * FROM 'orders.csv' LIMIT 5\"")
        {
            files, command, format, output, overwrite, threads, memory, skip, functions, rows, timing, takeOver,
        };
        var observing = new ObservationOptions(result);
        result.SetAction(async (parsed, cancellation) =>
        {
            Observation observation = observing.Open(parsed);
            await using ConfiguredAsyncDisposable closing = observation.ConfigureAwait(false);
            bool verbose = parsed.GetValue(CommonOptions.Verbose);
            using var session = new SqlSession(Composition.Connectors, Directory.GetCurrentDirectory())
            {
                Warn = text => Console.Error.WriteLine($"note: {text}"),
                Note = text =>
                {
                    if (verbose)
                    {
                        Console.Error.WriteLine($"note: {text}");
                    }
                },
            };
            Set(session, "threads", parsed.GetValue(threads)?.ToString(System.Globalization.CultureInfo.InvariantCulture), "--threads");
            Set(session, "memory_limit", parsed.GetValue(memory), "--memory");
            session.TakesOver = parsed.GetValue(takeOver);
            session.Settings.SkipsBadRows = parsed.GetValue(skip);
            foreach (string assembly in parsed.GetValue(functions) ?? [])
            {
                session.Load(assembly, new ErrorPlace { File = "--functions" });
            }

            var printer = new SqlPrinting(session)
            {
                Json = parsed.GetValue(CommonOptions.Json),
                Format = parsed.GetValue(format),
                Output = parsed.GetValue(output),
                Overwrite = parsed.GetValue(overwrite),
                MaxRows = parsed.GetValue(rows) is > 0 and int most ? most : int.MaxValue,
                Timing = parsed.GetValue(timing),
                Log = observation.Log,
            };
            string[] given = parsed.GetValue(files) ?? [];
            string[] commands = parsed.GetValue(command) ?? [];
            if (IsShell(parsed))
            {
                printer.Pages = !Console.IsOutputRedirected;
                return await new SqlShell(session, printer, new ConsoleTerminal(), new LineHistory(LineHistory.DefaultPath())).RunAsync(cancellation).ConfigureAwait(false);
            }

            IReadOnlyList<SourceText> scripts = [.. Scripts(given, commands)];
            foreach (SourceText script in scripts)
            {
                session.StateFolder = StateFolderOf(script, given);
                int exit = await new SqlScript(printer).RunAsync(script, cancellation).ConfigureAwait(false);
                if (exit != App.ExitOk)
                {
                    return exit;
                }
            }

            return printer.EndedWell ? App.ExitOk : App.ExitPartial;
        });
        return result;
    }

    /// <summary>Whether statements are asked for on the terminal. The shell takes Ctrl-C itself, to stop a statement and go on.</summary>
    public static bool IsShell(ParseResult parsed)
        => parsed.CommandResult.Command.Name == Name
            && parsed.GetValue<string[]>(FileName) is not { Length: > 0 }
            && parsed.GetValue<string[]>(CommandName) is not { Length: > 0 }
            && !parsed.GetValue(CommonOptions.Json)
            && !Console.IsInputRedirected;

    // State lies beside the file of statements whose state it is.
    private static string? StateFolderOf(SourceText script, string[] files)
        => files.Contains(script.Name) && script.Name is { } file && file != "-" ? SqlJobFile.StateFolder(file) : null;

    private static void Set(SqlSession session, string setting, string? value, string option)
    {
        if (value is not null)
        {
            session.Settings.Set(setting, value, new ErrorPlace { File = option });
        }
    }

    private static IEnumerable<SourceText> Scripts(string[] files, string[] commands)
    {
        foreach (string command in commands)
        {
            yield return new SourceText(command);
        }

        foreach (string file in files)
        {
            yield return file == "-" ? new SourceText(Console.In.ReadToEnd(), "standard input") : new SourceText(TextFiles.Read(file, UsageErrors.BadFile), file);
        }

        if (files.Length == 0 && commands.Length == 0)
        {
            yield return new SourceText(Console.In.ReadToEnd(), "standard input");
        }
    }
}
