using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Windows whose late rows go to a table of their own are killed at random moments while their input grows. Which rows are late
/// depends on the moments; at the end each row is in its window or in the table, and never in both.
/// </summary>
public sealed class KilledLateTableTests : IDisposable
{
    // Every fifth row belongs to a window of an hour ago.
    private const int LateEvery = 5;
    private static readonly TimeSpan Delay = TimeSpan.FromHours(1);

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;
    private readonly EventInbox _inbox;

    public KilledLateTableTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        _inbox = new EventInbox(_folder["inbox"], row: id => EventInbox.Row(id, Time(id)));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Each_row_is_in_its_window_or_in_the_table_of_late_rows()
        => ProveAsync(400, "lake/_millrace", "late/_millrace", ".millrace");

    [Fact]
    public Task So_it_is_when_the_kills_come_right_behind_the_commits_of_late_rows()
        => ProveAsync(15, "late/_millrace");

    private async Task ProveAsync(int longest, params string[] watched)
    {
        _folder.Write("job.sql", $"""
            SET threads = 2;
            CREATE STREAM a {EventInbox.Definition("inbox/")};
            CREATE TABLE late WITH (path = 'late/', format = 'csv');
            CREATE TABLE o WITH (path = 'lake/', format = 'csv', late.data = 'side output', late.table = 'late', batch.strategy = 'fixed_size', batch.size = '500', batch.max_wait = '50ms');
            -- @name: job
            INSERT INTO o SELECT window_start, k, count(*) AS n, sum(id) AS s FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end, k;
            """);
        var killer = new RandomKiller(_random, () => RandomKiller.Names([.. watched.Select(w => _folder[w])]), longest);
        int takenBack = 0;
        _inbox.AddFile(1500);
        await CommitOnceAsync();
        while (killer.Kills < KillPlan.Kills)
        {
            _inbox.AddFile(_random.Next(1, 200));
            using Process process = _millrace.Start("sql", "job.sql");
            void Grow() => _inbox.AddFile(_random.Next(1, 30));
            await killer.KillAsync(process, Grow, Grow);
            takenBack += Last("late", @"""late_of"": ""(\d+)") > LastEpoch() ? 1 : 0;
        }

        MillraceResult last = await _millrace.RunAsync("sql", "-c", "SET drain = on", "job.sql");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        IReadOnlyList<string> late = Late();
        string? fault = Fault(late);
        killer.Tell(string.Create(CultureInfo.InvariantCulture, $"{late.Count} late rows, {takenBack} kills between both commits"), _inbox.Rows, fault);
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {killer.Kills} kills: {fault}");
        Assert.InRange(late.Count, 1, (_inbox.Rows / LateEvery) + 1);
    }

    // A row is late by what was committed before it: on a machine so busy that every kill comes first, the last run would read all
    // of them as one, and none would be late.
    private async Task CommitOnceAsync()
    {
        using Process process = _millrace.Start("sql", "job.sql");
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (LastEpoch() == 0 && !process.HasExited)
        {
            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(LastEpoch() > 0, "the program ended before its first commit");
    }

    private int LastEpoch() => Last("lake", @"""job"": "".*"",\s+""epoch"": (\d+)");

    // The windows without the late rows have to be those that were given, each of them once.
    private string? Fault(IReadOnlyList<string> late)
    {
        HashSet<int> ids = [.. late.Select(Id)];
        return ChangelogFold.Fault(ids.Select(id => EventInbox.Row(id, Time(id))), late)
            ?? ChangelogFold.Fault(EventInbox.Windows(Enumerable.Range(0, _inbox.Rows).Where(id => !ids.Contains(id)), Time), ChangelogFold.Rows(_folder["lake"], null));
    }

    // Late rows as they were sent, whichever the order of the columns is.
    private List<string> Late()
    {
        var rows = new List<string>();
        foreach (string file in Directory.EnumerateFiles(_folder["late"], "*.csv"))
        {
            string[] lines = File.ReadAllLines(file);
            int[] columns = [.. new[] { "id", "ts", "k" }.Select(c => Array.IndexOf(lines[0].Split(','), c))];
            rows.AddRange(lines.Skip(1).Select(l => l.Split(',')).Select(v => string.Join(',', columns.Select(c => v[c]))));
        }

        return rows;
    }

    // A number of the last commit of a table; 0 for none.
    private int Last(string table, [StringSyntax(StringSyntaxAttribute.Regex)] string number)
    {
        string log = _folder[$"{table}/_millrace"];
        string? record = Directory.Exists(log) ? Directory.EnumerateFiles(log, "*.json", SearchOption.AllDirectories).Max(StringComparer.Ordinal) : null;
        return record is not null && Regex.Match(File.ReadAllText(record), number) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static int Id(string line) => int.Parse(line.Split(',')[0], CultureInfo.InvariantCulture);

    private static DateTime Time(int id) => id % LateEvery == LateEvery - 1 ? EventInbox.Time(id) - Delay : EventInbox.Time(id);
}
