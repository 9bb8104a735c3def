using System.CommandLine;
using Millrace.Runtime;
using Millrace.Storage;

namespace Millrace.Cli;

/// <summary>The command line: parses, runs, and turns every failure into a message and an exit code.</summary>
public static class App
{
    /// <summary>All went well.</summary>
    public const int ExitOk = 0;

    /// <summary>Some rows or jobs failed and were set aside.</summary>
    public const int ExitPartial = 1;

    /// <summary>Nothing, or not the last epoch, was committed.</summary>
    public const int ExitFailed = 2;

    /// <summary>
    /// Whoever read the rows has gone, as `head` does: what a shell shows of a program that SIGPIPE has ended, 128 + 13. Nothing is
    /// said about it.
    /// </summary>
    public const int ExitReaderGone = 141;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        try
        {
            return await InvokeAsync(args, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            // An error that could not be printed either.
            if (IsReaderGone(e))
            {
                return ExitReaderGone;
            }

            ErrorPrinter.Print(e, json: false);
            return ExitFailed;
        }
    }

    /// <summary>Whether an error says that nobody reads standard output any more.</summary>
    internal static bool IsReaderGone(MillraceException error) => error.Code == StorageErrors.ReaderGone && error.Place?.File == LocalPipe.StandardOutput;

    private static async Task<int> InvokeAsync(string[] args, CancellationToken cancellation)
    {
        // The commonest first command has to be instant.
        if (args is ["--version"])
        {
            Console.Out.WriteLine(Build.Version);
            return ExitOk;
        }

        RootCommand root = CreateRoot();
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            return UsageErrors.Report(parsed);
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = SqlCommand.IsShell(parsed) ? null : TimeSpan.FromSeconds(30) },
                cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (!IsReaderGone(e))
        {
            ErrorPrinter.Print(e, parsed.GetValue(CommonOptions.Json));
            return ExitFailed;
        }
        catch (OperationCanceledException)
        {
            ErrorPrinter.Print(RuntimeErrors.Cancelled.Error("Stopped."), parsed.GetValue(CommonOptions.Json));
            return ExitFailed;
        }
        catch (Exception e) when (e is not MillraceException && !parsed.GetValue(CommonOptions.Verbose))
        {
            ErrorPrinter.Print(RuntimeErrors.Unexpected.Error($"{e.GetType().Name}: {e.Message}", inner: e), parsed.GetValue(CommonOptions.Json));
            return ExitFailed;
        }
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand("Millrace moves tables and streams: files, folders and pipes of CSV, JSON, Parquet and Avro.")
        {
            CopyCommand.Create(),
            RunCommand.Create(),
            SqlCommand.Create(),
            TestCommand.Create(),
            PreviewCommand.Create(),
            DiscoverCommand.Create(),
            AssetCommand.Create(),
            CheckCommand.Create(),
            StateCommand.Create(),
            IcebergCommands.Create(),
            ValidateCommand.Create(),
            DeadLetterCommands.Create(),
            ConnectorsCommand.Create(),
            SchemaCommand.Create(),
            CompletionCommand.Create(),
        };
        root.Options.Add(CommonOptions.Json);
        root.Options.Add(CommonOptions.Verbose);
        return root;
    }
}
