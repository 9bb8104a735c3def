using System.Text;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary>
/// Runs statements as a person enters them. A statement may take several lines and ends with a semicolon; Ctrl-C stops what
/// runs, or gives up what is being entered; Ctrl-D leaves.
/// </summary>
internal sealed class SqlShell(SqlSession session, SqlPrinting printing, ITerminal terminal, LineHistory history)
{
    private const string Prompt = "millrace> ";
    private const string MorePrompt = "     ...> ";

    private readonly LineEditor _editor = new(terminal, history, new SqlCompletion(session).Complete);

    // What Ctrl-C stops; null while nothing runs.
    private volatile CancellationTokenSource? _running;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        // From before the first statement to behind the last: in between there is no moment at which Ctrl-C ends the shell.
        Console.CancelKeyPress += OnCancel;
        try
        {
            return await ReadStatementsAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Console.CancelKeyPress -= OnCancel;
        }
    }

    private async Task<int> ReadStatementsAsync(CancellationToken cancellation)
    {
        Console.Out.WriteLine($"millrace {Build.Version}: statements end with ;  \\? lists commands, Ctrl-D leaves.");
        var entered = new StringBuilder();
        while (!cancellation.IsCancellationRequested)
        {
            (LineEnd end, string line) = _editor.Read(entered.Length == 0 ? Prompt : MorePrompt);
            if (end == LineEnd.Closed)
            {
                break;
            }

            if (end == LineEnd.Cancelled)
            {
                entered.Clear();
                continue;
            }

            if (entered.Length == 0 && line.TrimStart().StartsWith('\\'))
            {
                history.Add(line.Trim());
                if (!await CommandAsync(line.Trim(), cancellation).ConfigureAwait(false))
                {
                    break;
                }

                continue;
            }

            entered.Append(entered.Length > 0 ? "\n" : "").Append(line);
            string text = entered.ToString();
            if (text.Trim().Length == 0 || StatementEnd.IsComplete(text))
            {
                entered.Clear();
                history.Add(text.Trim());
                await RunAsync(text, cancellation).ConfigureAwait(false);
            }
        }

        return App.ExitOk;
    }

    // False to leave.
    private async Task<bool> CommandAsync(string line, CancellationToken cancellation)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string argument = words.Length > 1 ? words[1].TrimEnd(';') : "";
        switch (words[0])
        {
            case "\\q":
                return false;
            case "\\?" or "\\h":
                Console.Out.WriteLine(Help);
                break;
            case "\\timing":
                printing.Timing = argument.Length == 0 ? !printing.Timing : argument == "on";
                Console.Out.WriteLine($"timing is {(printing.Timing ? "on" : "off")}");
                break;
            case "\\d" when argument.Length > 0:
                await RunAsync($"DESCRIBE {argument}", cancellation).ConfigureAwait(false);
                break;
            case "\\d" or "\\dt":
                await RunAsync("SHOW TABLES", cancellation).ConfigureAwait(false);
                break;
            case "\\df":
                await RunAsync(argument.Length == 0 ? "SHOW FUNCTIONS" : $"SHOW FUNCTIONS LIKE '%{argument}%'", cancellation).ConfigureAwait(false);
                break;
            case "\\set":
                foreach ((string name, string value, string doc) in session.Settings.All)
                {
                    Console.Out.WriteLine($"{name,-14} {value,-24} {doc}");
                }

                break;
            case "\\i" when argument.Length > 0:
                await GuardAsync(async stop => await new SqlScript(printing).RunAsync(new SourceText(TextFiles.Read(argument, UsageErrors.BadFile), argument), stop).ConfigureAwait(false), cancellation).ConfigureAwait(false);
                break;
            default:
                Console.Error.WriteLine($"There is no command {words[0]}; \\? lists them.");
                break;
        }

        return true;
    }

    private const string Help = """
        \d [NAME]      describe a table, view or 'file'; without a name list what there is
        \df [WORD]     list functions
        \i FILE        run the statements of a file
        \set           list settings; SET name = value changes one
        \timing        switch the time of statements on or off
        \q             leave
        """;

    private Task RunAsync(string text, CancellationToken cancellation)
        => GuardAsync(async stop => await new SqlScript(printing).RunAsync(new SourceText(text), stop).ConfigureAwait(false), cancellation);

    // Ctrl-C stops the statement, and the shell goes on.
    private async Task GuardAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _running = stop;
        try
        {
            await work(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("stopped");
        }
        catch (MillraceException e)
        {
            ErrorPrinter.Print(e, json: false);
        }
        finally
        {
            _running = null;
        }
    }

    private void OnCancel(object? sender, ConsoleCancelEventArgs e)
    {
        e.Cancel = true;
        try
        {
            _running?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile.
        }
    }
}
