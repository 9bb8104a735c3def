using System.Diagnostics;
using System.Globalization;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Statements that run on set bad rows aside; the same statements, mended, replay them. Both are killed at random moments, in
/// turns, while the input grows. At the end each row, whichever way it took, has counted once.
/// </summary>
public sealed class KilledReplayTests : IDisposable
{
    private const string Target = "path = 'lake/', format = 'csv', failure.strategy = 'dead_letter', batch.strategy = 'fixed_size', batch.size = '200', batch.max_wait = '50ms'";

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;
    private readonly RandomKiller _runs;
    private readonly RandomKiller _replays;

    public KilledReplayTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        string Traces() => RandomKiller.Names(_folder["lake/_millrace"], _folder[".millrace"]);
        _runs = new RandomKiller(_random, Traces);
        _replays = new RandomKiller(_random, Traces, longest: 60);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Rows_that_could_not_be_decoded_are_counted_by_the_state_of_the_query_once()
        => ProveAsync(
            "id,day,k",
            id => $"{id},{(IsBad(id) ? Day(id).ToString("dd.MM.yyyy", CultureInfo.InvariantCulture) : Text(id))},{EventInbox.Key(id)}",
            format => Application(
                $"(id BIGINT, day DATE, k VARCHAR) WITH (path = 'inbox/', format = 'csv', {format}follow = 'true', poll = '20ms')",
                "changelog = 'upsert', ",
                "INSERT INTO o SELECT day, k, count(*) AS n, sum(id) AS s FROM a GROUP BY day, k"),
            "date_format = '%d.%m.%Y', ",
            ids => ids.GroupBy(id => (Text(id), EventInbox.Key(id))).Select(g => $"{g.Key.Item1},{g.Key.Item2},{g.Count()},{g.Sum(i => (long)i)}"),
            keyColumns: 2);

    // Many of them are equal.
    [Fact]
    public Task Rows_for_which_an_expression_had_no_value_are_written_once()
        => ProveAsync(
            "id,v",
            id => IsBad(id) ? $"{-1 - (id % 2)},0" : $"{id},{1 + (id % 5)}",
            divisor => Application(
                "(id BIGINT, v INT) WITH (path = 'inbox/', format = 'csv', follow = 'true', poll = '20ms')",
                "",
                $"INSERT INTO o SELECT id, 60 / {divisor} AS q FROM a"),
            "coalesce(nullif(v, 0), 60)",
            ids => ids.Select(id => IsBad(id) ? $"{-1 - (id % 2)},1" : $"{id},{60 / (1 + (id % 5))}"),
            keyColumns: null,
            broken: "v");

    private static string Application(string table, string changelog, string statement) => $"""
        SET threads = 2;
        CREATE STREAM a {table};
        CREATE TABLE o WITH ({changelog}{Target});
        -- @name: job
        {statement};
        """;

    private async Task ProveAsync(string header, Func<int, string> row, Func<string, string> application, string mended, Func<IEnumerable<int>, IEnumerable<string>> answer, int? keyColumns, string broken = "")
    {
        var inbox = new EventInbox(_folder["inbox"], header, row);
        _folder.Write("job.sql", application(broken));
        _folder.Write("mended.sql", application(mended));
        inbox.AddFile(1500);
        while (_runs.Kills + _replays.Kills < KillPlan.Kills || _replays.Writing == 0)
        {
            inbox.AddFile(_random.Next(1, 300));
            using (Process run = _millrace.Start("sql", "job.sql"))
            {
                await _runs.KillAsync(run, () => inbox.AddFile(_random.Next(1, 100)));
            }

            using Process replay = _millrace.Start("dlq", "replay", "mended.sql", "--all");
            await _replays.KillAsync(replay, static () => { });
        }

        await ReadAllAsync();
        MillraceResult last = await _millrace.RunAsync("dlq", "replay", "mended.sql", "--all");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        Assert.Equal(0, await LettersAsync());

        // What it keeps is whole: rows that come later count on.
        inbox.AddFile(100);
        MillraceResult drained = await _millrace.RunAsync("sql", "-c", "SET drain = on", "mended.sql");
        Assert.True(drained.ExitCode == 0, drained.Errors + drained.Output);
        string? fault = ChangelogFold.Fault(answer(Enumerable.Range(0, inbox.Rows)), ChangelogFold.Rows(_folder["lake"], keyColumns));
        _runs.Tell("runs", inbox.Rows, fault);
        _replays.Tell("replays", inbox.Rows, fault);
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {_runs.Kills} and {_replays.Kills} kills: {fault}");
    }

    // Lets the statement read all there is, the bad rows set aside.
    private async Task ReadAllAsync()
    {
        using Process run = _millrace.Start("sql", "job.sql");
        Task<string> errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!(await _millrace.RunAsync("state", "show", "job.sql")).Output.Contains("next: nothing new", StringComparison.Ordinal))
        {
            Assert.False(run.HasExited, run.HasExited ? await errors : "");
        }

        MillraceProcess.Interrupt(run);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private async Task<int> LettersAsync() => (int)(await _millrace.RunAsync("dlq", "list", "mended.sql", "--json")).Json[0]["count"]!;

    private static bool IsBad(int id) => id % 3 == 1;

    private static DateOnly Day(int id) => new(2026, 1, 1 + (id % 4));

    private static string Text(int id) => Day(id).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
