using System.Text;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sdk;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary>Runs statements and prints what they give, as the options of the command say.</summary>
internal sealed class SqlPrinting(SqlSession session)
{
    private const string TableFormat = "table";

    private readonly List<SqlJob> _jobs = [];

    // The statement that runs, where documents have to say so.
    private JsonObject? _statement;

    public bool Json { get; init; }

    /// <summary>Receives what happens in jobs.</summary>
    public RunLog? Log { get; init; }

    /// <summary>How rows are printed; null for a table, or for JSON lines where JSON is wanted.</summary>
    public string? Format { get; init; }

    /// <summary>Where rows of queries go instead of the screen.</summary>
    public string? Output { get; init; }

    public bool Overwrite { get; init; }

    public int MaxRows { get; init; } = int.MaxValue;

    public bool Timing { get; set; }

    /// <summary>Whether tables that are longer than the screen go to a pager.</summary>
    public bool Pages { get; set; }

    /// <summary>Whether no row was left out.</summary>
    public bool EndedWell { get; private set; } = true;

    /// <param name="statement">The statement.</param>
    /// <param name="script">The text that it is from.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="isOneOfSeveral">Whether documents for programs say which statement they are of. Rows do not: a document of its own goes before them.</param>
    public async Task RunAsync(StatementSyntax statement, SourceText script, CancellationToken cancellation, bool isOneOfSeveral = false)
    {
        _statement = Json && isOneOfSeveral ? SqlJob.ToJson(script, statement) : null;
        if (statement is QueryStatement { Query.Body: not SelectSyntax { Into: not null } } query && (Output is not null || FileFormat is not null))
        {
            await WriteAsync(query.Query, StatementAnnotations.Of(query), cancellation).ConfigureAwait(false);
            return;
        }

        StatementResult result = await session.ExecuteAsync(statement, cancellation).ConfigureAwait(false);
        await using (result.ConfigureAwait(false))
        {
            if (result.Run is { BadRows: > 0 } partial)
            {
                EndedWell = false;
                SummaryPrinter.PrintBadRows(partial);
            }

            if (result.Job is { } job)
            {
                _jobs.Add(new SqlJob(job, script, statement));
            }
            else if (result.Run is { } run && run.Objects.Contains(ConnectorContext.StandardOutput))
            {
                // Standard output has rows on it.
                Console.Error.WriteLine(result.Message);
            }
            else if (result.Rows is null)
            {
                Say(result.Message!);
            }
            else if (result.IsText)
            {
                await PrintTextAsync(result, cancellation).ConfigureAwait(false);
            }
            else if (Json)
            {
                await PrintJsonAsync(result, cancellation).ConfigureAwait(false);
            }
            else if (result.IsLive)
            {
                await PrintLiveAsync(result, cancellation).ConfigureAwait(false);
            }
            else if (Pages)
            {
                await Pager.ShowAsync(() => PrintTableAsync(result, cancellation)).ConfigureAwait(false);
            }
            else
            {
                await PrintTableAsync(result, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs the jobs of the statements so far, until all have ended or are stopped.</summary>
    /// <returns>The exit code of the program.</returns>
    public async Task<int> RunJobsAsync(CancellationToken cancellation)
    {
        SqlJob[] jobs = [.. _jobs];
        _jobs.Clear();
        return await SqlJobs.RunAsync(jobs, Json, Log, cancellation).ConfigureAwait(false);
    }

    /// <summary>Says how a statement ended.</summary>
    public void Report(SourceText script, TimeSpan time)
    {
        IReadOnlyList<RowError> sample = session.BadRows.Sample;
        long bad = session.BadRows.Take();
        if (bad > 0)
        {
            EndedWell = false;
            Console.Error.WriteLine($"{LeftOut(bad)}; the first:");
            foreach (RowError error in sample.Take(3))
            {
                // A row that cannot be computed is known by the expression, and by what it holds.
                string place = error.Place is { File: null, Line: null, Stream: null, Offset: { } offset } ? script.Place(new TextSpan((int)offset, 0)).ToString() : error.Place.ToString();
                Console.Error.WriteLine($"  {error.Code.Id} {place}: {error.Message}{Shown(error)}");
            }
        }

        if (Timing)
        {
            Console.Error.WriteLine($"time: {time.TotalSeconds:0.000} s");
        }
    }

    private string? FileFormat => Format is null or TableFormat ? null : Format;

    private async Task WriteAsync(QuerySyntax query, StatementAnnotations annotations, CancellationToken cancellation)
    {
        OptionMap extra = EndpointArguments.Parse([], FileFormat);
        if (Output is not null && !Overwrite)
        {
            extra.Set("if_exists", new OptionScalar("error", new ErrorPlace { File = "command line" }));
        }

        Endpoint target = Endpoint.OfLocation(Output ?? ConnectorContext.StandardOutput, ConnectorRole.Target, Composition.Connectors, extra);
        StatementResult result = await session.WriteAsync(query, target, Overwrite ? WriteMode.Overwrite : WriteMode.Append, annotations, cancellation).ConfigureAwait(false);
        if (result.Run is { BadRows: > 0 } run)
        {
            EndedWell = false;
            Console.Error.WriteLine($"{LeftOut(run.BadRows)}.");
        }

        if (Output is not null)
        {
            Say(result.Message!);
        }
    }

    private static string LeftOut(long rows) => $"{Figures.Count(rows, "bad row")} {(rows == 1 ? "was" : "were")} left out";

    private static string Shown(RowError error)
    {
        const int most = 200;
        string row = error.Form == RawForm.Json ? Encoding.UTF8.GetString(error.Raw.Span) : "";
        return row.Length == 0 ? "" : row.Length <= most ? $" Row: {row}" : $" Row: {row[..most]}…";
    }

    // Where results are printed in the format of a file, standard output holds nothing else.
    private void Say(string message)
    {
        var document = new JsonObject { ["message"] = message };
        if (_statement is not null)
        {
            document[SqlJob.Member] = _statement.DeepClone();
        }

        JsonOutput.WriteOr(FileFormat is null || Json ? Console.Out : Console.Error, Json, document, message);
    }

    private static async Task PrintTextAsync(StatementResult result, CancellationToken cancellation)
    {
        await foreach (RecordBatch batch in result.Rows!.WithCancellation(cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                var lines = (BinaryColumn)batch[0];
                for (int row = 0; row < batch.Length; row++)
                {
                    Console.Out.WriteLine(lines.GetString(row));
                }
            }
        }
    }

    private async Task PrintJsonAsync(StatementResult result, CancellationToken cancellation)
    {
        if (_statement is not null)
        {
            JsonOutput.Write(new JsonObject { [SqlJob.Member] = _statement.DeepClone() });
        }

        await foreach (RecordBatch batch in result.Rows!.WithCancellation(cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                for (int row = 0; row < batch.Length; row++)
                {
                    Console.Out.WriteLine(Encoding.UTF8.GetString(JsonRow.Of(batch.Schema, [.. batch.Columns], row)));
                }
            }
        }
    }

    // Nobody knows how wide later rows are, so the first ones decide.
    private static async Task PrintLiveAsync(StatementResult result, CancellationToken cancellation)
    {
        string[] names = [.. result.Schema!.Fields.Select(f => f.Name)];
        int[]? widths = null;
        await foreach (RecordBatch batch in result.Rows!.WithCancellation(cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                var cells = new List<string?[]>();
                RowText.Append(batch, cells);
                if (widths is null)
                {
                    widths = [.. names.Select((n, i) => Math.Max(n.Length, cells.Max(c => (c[i] ?? "NULL").Length)))];
                    Print(names, widths);
                }

                cells.ForEach(c => Print(Array.ConvertAll(c, v => v ?? "NULL"), widths));
                await Console.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static void Print(string[] cells, int[] widths) => Console.Out.WriteLine(string.Join("  ", cells.Select((c, i) => c.PadRight(widths[i]))).TrimEnd());

    private async Task PrintTableAsync(StatementResult result, CancellationToken cancellation)
    {
        Schema schema = result.Schema!;
        var cells = new List<string?[]>();
        long count = 0;
        await foreach (RecordBatch batch in result.Rows!.WithCancellation(cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                using RecordBatch shown = batch.Slice(0, (int)Math.Min(batch.Length, MaxRows - (long)cells.Count));
                RowText.Append(shown, cells);
                count += batch.Length;
            }
        }

        string[] types = [.. schema.Fields.Select(f => f.Type.ToString())];
        if (schema.Count > 0)
        {
            TablePrinter.Print([.. schema.Fields.Select(f => f.Name)], types, [.. cells.Select(r => Array.ConvertAll(r, c => c ?? "NULL"))], [.. schema.Fields.Select(f => f.Type.IsNumeric)]);
        }

        Console.Out.WriteLine(cells.Count == count ? Figures.Count(count, "row") : $"{Figures.Count(count)} rows, the first {Figures.Count(cells.Count)} shown");
    }
}
