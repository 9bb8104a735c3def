using System.Diagnostics;
using System.Globalization;
using Millrace.Sdk;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <summary>Runs the tests of a suite, each in a session of its own, so that none sees what another has made.</summary>
/// <param name="connectors">What files and URLs can be read.</param>
public sealed class SuiteRunner(ConnectorRegistry connectors)
{
    private static readonly DateTimeOffset DefaultNow = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a suite; every fault of its form is told at once.</summary>
    public static SuiteSpec Load(string path)
    {
        var faults = new OptionFaults();
        SuiteSpec spec = OptionBinder.Bind<SuiteSpec>(YamlFile.Read(path, VariableExpander.FromEnvironment), faults);
        faults.ThrowIfAny();
        return spec;
    }

    /// <param name="path">File of the suite.</param>
    /// <param name="filter">Part of the names of the tests to run; null for all.</param>
    /// <param name="cancellation">Stops the run.</param>
    public async Task<SuiteResult> RunAsync(string path, string? filter, CancellationToken cancellation)
    {
        SuiteSpec suite = Load(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var results = new List<TestResult>();
        foreach (CaseSpec test in suite.Tests.Where(t => filter is null || t.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
        {
            long started = Stopwatch.GetTimestamp();
            IReadOnlyList<string> faults = test.Skip is { } reason ? [reason] : await RunAsync(suite, test, folder, cancellation).ConfigureAwait(false);
            TestOutcome outcome = test.Skip is not null ? TestOutcome.Skipped : faults.Count == 0 ? TestOutcome.Passed : TestOutcome.Failed;
            results.Add(new TestResult(test.Name, outcome, Stopwatch.GetElapsedTime(started), faults));
        }

        return new SuiteResult(suite.Name ?? Path.GetFileNameWithoutExtension(path), path, results);
    }

    private async Task<IReadOnlyList<string>> RunAsync(SuiteSpec suite, CaseSpec test, string folder, CancellationToken cancellation)
    {
        var session = new SqlSession(connectors, folder) { Time = new FixedTime(NowOf(suite)) };
        session.Settings.SkipsBadRows = test.Expect.BadRows is not null;
        session.Settings.Seed = 0;
        try
        {
            await PrepareAsync(session, suite, test, folder, cancellation).ConfigureAwait(false);
            return await JudgeAsync(session, test, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            return [e.Describe()];
        }
        finally
        {
            session.Dispose();
        }
    }

    private static async Task PrepareAsync(SqlSession session, SuiteSpec suite, CaseSpec test, string folder, CancellationToken cancellation)
    {
        await AddTablesAsync(session, suite.Tables, cancellation).ConfigureAwait(false);
        await AddTablesAsync(session, test.Tables, cancellation).ConfigureAwait(false);
        foreach (string statement in suite.Setup)
        {
            await RunScriptAsync(session, new SourceText(statement, "setup"), cancellation).ConfigureAwait(false);
        }

        if (suite.Script is { } script)
        {
            await RunScriptAsync(session, new SourceText(TextFiles.Read(Path.Combine(folder, script), SuiteErrors.BadSuite), script), cancellation).ConfigureAwait(false);
        }
    }

    private static async Task AddTablesAsync(SqlSession session, OptionNode? tables, CancellationToken cancellation)
    {
        if (tables is null)
        {
            return;
        }

        if (tables is not OptionMap map)
        {
            throw SuiteErrors.BadSuite.Error("Tables are a group of names with their columns and rows.", tables.Place);
        }

        foreach (OptionEntry entry in map.Entries)
        {
            var faults = new OptionFaults();
            TableSpec spec = OptionBinder.Bind<TableSpec>(entry.Value as OptionMap ?? throw SuiteErrors.BadSuite.Error("A table is a group with `columns` and `rows`, or with `file` or `query`.", entry.Value.Place), faults);
            faults.ThrowIfAny();
            await AddTableAsync(session, entry, spec, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task AddTableAsync(SqlSession session, OptionEntry entry, TableSpec spec, CancellationToken cancellation)
    {
        string? query = spec.Query ?? (spec.File is { } file ? $"SELECT * FROM {SqlNames.Text(file)}" : null);
        if (query is not null)
        {
            string columns = spec is { File: not null, Columns: { } node } ? $" ({string.Join(", ", SuiteRows.Columns(node).Fields.Select(f => $"{SqlNames.Quote(f.Name)} {f.Type}"))})" : "";
            MemoryTable rows = await session.MaterialiseAsync(entry.Name, query + columns, cancellation).ConfigureAwait(false);
            session.Add(new MemoryTable(rows.Name, rows.Schema, rows.Batches) { Watermark = Watermark(entry, spec) });
            return;
        }

        if (spec.Columns is null)
        {
            throw SuiteErrors.BadSuite.Error($"The table '{entry.Name}' has neither `columns`, nor `file`, nor `query`.", entry.Value.Place);
        }

        session.Add(SuiteRows.Table(entry.Name, SuiteRows.Columns(spec.Columns), spec.Rows, Watermark(entry, spec)));
    }

    private static TableWatermark? Watermark(OptionEntry entry, TableSpec spec)
    {
        if (spec.Watermark is not { } text)
        {
            return null;
        }

        var create = (CreateStatement)SqlParser.ParseStatement(new SourceText($"CREATE STREAM t (WATERMARK FOR {text}) WITH (location = '-')", $"watermark of {entry.Name}"));
        return new TableWatermark(create.Watermark!.Column.Text, create.Watermark.Expression);
    }

    private static async Task<IReadOnlyList<string>> JudgeAsync(SqlSession session, CaseSpec test, CancellationToken cancellation)
    {
        MemoryTable result;
        try
        {
            IReadOnlyList<StatementSyntax> statements = SqlParser.ParseScript(new SourceText(test.Sql, test.Name));
            foreach (StatementSyntax statement in statements.SkipLast(1))
            {
                await session.RunAsync(statement, cancellation).ConfigureAwait(false);
            }

            if (statements is not [.., QueryStatement query])
            {
                throw SuiteErrors.BadSuite.Error("The last statement of a test is the query that is looked at.");
            }

            if (test.Stream is { Enabled: true } stream)
            {
                return await StreamTrial.JudgeAsync(session, query.Query, stream, test.Expect, cancellation).ConfigureAwait(false);
            }

            result = await session.MaterialiseAsync(ResultChecks.ResultName, query.Query, StatementAnnotations.Of(query), cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (test.Expect is { Error: not null } or { Message: not null })
        {
            return ErrorFaults(test.Expect, e);
        }

        session.Add(result);
        if (test.Expect.Error is { } expected)
        {
            return [$"the error {expected} was expected, and the query gave {result.RowEstimate} rows"];
        }

        var checks = new ResultChecks(session, result, test.Expect);
        return await checks.RunAsync(cancellation).ConfigureAwait(false);
    }

    private static IReadOnlyList<string> ErrorFaults(ExpectSpec expect, MillraceException found)
        => (expect.Error is null || expect.Error == found.Code.Id) && (expect.Message is null || found.Message.Contains(expect.Message, StringComparison.OrdinalIgnoreCase))
            ? []
            : [$"the error {expect.Error}{(expect.Message is null ? "" : $" with '{expect.Message}'")} was expected, and this came: {found.Describe()}"];

    private static async Task RunScriptAsync(SqlSession session, SourceText text, CancellationToken cancellation)
    {
        foreach (StatementSyntax statement in SqlParser.ParseScript(text))
        {
            await session.RunAsync(statement, cancellation).ConfigureAwait(false);
        }
    }

    private static DateTimeOffset NowOf(SuiteSpec suite) => suite.Now is null
        ? DefaultNow
        : DateTimeOffset.TryParse(suite.Now, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset now)
            ? now
            : throw SuiteErrors.BadSuite.Error($"'{suite.Now}' is no time; write 2024-06-01T12:00:00Z.");

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
