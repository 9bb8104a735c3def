using System.Diagnostics;
using System.Globalization;
using System.Text;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Statements that run on are killed at random moments and started again, while their input grows; at the end their changelog,
/// put together, is what the rows add up to. <c>MILLRACE_KILLS=n</c> sets how often each is killed, <c>MILLRACE_SEED=n</c>
/// another seed.
/// </summary>
public sealed class KilledStreamTests : IDisposable
{
    private const int DefaultKills = 30;
    private const int Keys = 7;
    private const int SecondsPerRow = 3;

    private static readonly DateTime Begin = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly int Kills = Number("MILLRACE_KILLS") ?? DefaultKills;
    private static readonly int Seed = Number("MILLRACE_SEED") ?? 1;

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(Seed);
    private readonly MillraceProcess _millrace;
    private readonly RandomKiller _killer;
    private int _rows;
    private int _files;

    public KilledStreamTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        _killer = new RandomKiller(_random, Traces);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_windowed_aggregate_counts_every_row_once()
    {
        await ProveAsync(
            "window",
            "INSERT INTO o SELECT window_start, k, count(*) AS n, sum(id) AS s FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end, k",
            "",
            rows => rows.GroupBy(id => (Start: Time(id).Ticks / TimeSpan.TicksPerMinute, K: KeyOf(id)))
                .Select(g => $"{new DateTime(g.Key.Start * TimeSpan.TicksPerMinute, DateTimeKind.Utc):yyyy-MM-ddTHH:mm:ss},{g.Key.K},{g.Count()},{g.Sum(i => (long)i)}"));
    }

    [Fact]
    public async Task A_join_has_every_pair_once()
    {
        await ProveAsync(
            "join",
            "INSERT INTO o SELECT a.id AS x, b.id AS y, b.k AS k FROM a JOIN b ON b.id = a.id + 1",
            "",
            rows => rows.Where(id => id + 1 < rows.Count).Select(id => $"{id},{id + 1},{KeyOf(id + 1)}"));
    }

    [Fact]
    public async Task The_last_row_of_every_key_is_the_aggregate()
    {
        await ProveAsync(
            "upsert",
            "INSERT INTO o SELECT k, count(*) AS n, sum(id) AS s FROM a GROUP BY k",
            ", changelog = 'upsert'",
            rows => rows.GroupBy(KeyOf).Select(g => $"{g.Key},{g.Count()},{g.Sum(i => (long)i)}"));
    }

    [Fact]
    public async Task The_first_of_each_key_are_those_of_the_batch_answer()
    {
        await ProveAsync(
            "top",
            "INSERT INTO o SELECT k, id FROM (SELECT k, id, row_number() OVER (PARTITION BY k ORDER BY id DESC) AS r FROM a) AS t WHERE r <= 2",
            ", changelog = 'retract'",
            rows => rows.GroupBy(KeyOf).SelectMany(g => g.OrderDescending().Take(2).Select(id => $"{g.Key},{id}")));
    }

    private async Task ProveAsync(string kind, string statement, string options, Func<IReadOnlyList<int>, IEnumerable<string>> answer)
    {
        const string table = "(id BIGINT, ts TIMESTAMP, k VARCHAR, WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH (path = 'inbox/', format = 'csv', follow = 'true', poll = '20ms', watermark.idle.timeout = '10ms')";
        _folder.Write("job.sql", $"""
            SET threads = 2;
            CREATE STREAM a {table};
            CREATE STREAM b {table};
            CREATE TABLE o WITH (path = 'lake/', format = 'csv', batch.strategy = 'fixed_size', batch.size = '200', batch.max_wait = '50ms'{options});
            -- @name: job
            {statement};
            """);
        AddFile(1500);
        while (_killer.Kills < Kills)
        {
            AddFile(_random.Next(1, 300));
            using Process process = _millrace.Start("sql", "job.sql");
            await _killer.KillAsync(process, () => AddFile(_random.Next(1, 100)));
        }

        MillraceResult last = await _millrace.RunAsync("sql", "-c", "SET drain = on", "job.sql");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        string[] expected = [.. answer([.. Enumerable.Range(0, _rows)]).Order(StringComparer.Ordinal)];
        string[] actual = [.. Fold(kind == "upsert" ? 1 : null).Order(StringComparer.Ordinal)];
        string[] lost = [.. Minus(expected, actual)];
        string[] extra = [.. Minus(actual, expected)];
        string fault = $"{lost.Length} lost {string.Join(' ', lost.Take(3))}, {extra.Length} doubled or wrong {string.Join(' ', extra.Take(3))}";
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {_killer.Kills} kills in {_killer.Runs} runs, {_killer.Writing} of them while it wrote, {_rows} rows, {expected.Length} rows of the answer: {fault}");
        Assert.True(lost.Length + extra.Length == 0, $"seed {Seed}, {kind}, {_killer.Kills} kills: {fault}");
    }

    // The rows that the changes in the lake add up to. With a key the last row of each counts, without one all that were not taken back.
    private IEnumerable<string> Fold(int? keyColumns)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(_folder["lake"], "*.csv").Order(StringComparer.Ordinal))
        {
            string[] lines = File.ReadAllLines(file);
            bool hasOperation = lines[0].StartsWith("_op,", StringComparison.Ordinal);
            foreach (string line in lines.Skip(1))
            {
                string operation = hasOperation ? line[..line.IndexOf(',', StringComparison.Ordinal)] : "+I";
                string row = hasOperation ? line[(operation.Length + 1)..] : line;
                if (keyColumns is { } columns)
                {
                    string key = string.Join(',', row.Split(',').Take(columns));
                    last[key] = operation == "D" ? "" : row;
                }
                else
                {
                    counts[row] = counts.GetValueOrDefault(row) + (operation[0] == '-' ? -1 : 1);
                }
            }
        }

        return keyColumns is null ? counts.SelectMany(c => Enumerable.Repeat(c.Value < 0 ? "negative " + c.Key : c.Key, Math.Abs(c.Value))) : last.Values.Where(r => r.Length > 0);
    }

    private static IEnumerable<string> Minus(string[] left, string[] right)
    {
        var counts = right.GroupBy(r => r, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        foreach (string row in left)
        {
            if (counts.GetValueOrDefault(row) is > 0 and var count)
            {
                counts[row] = count - 1;
            }
            else
            {
                yield return row;
            }
        }
    }

    // Rows of later files have later times, within a file they are a little out of order.
    private void AddFile(int rows)
    {
        var text = new StringBuilder("id,ts,k\n");
        int first = _rows;
        for (; _rows < first + rows; _rows++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{_rows},{Time(_rows):yyyy-MM-ddTHH:mm:ss},{KeyOf(_rows)}\n");
        }

        Directory.CreateDirectory(_folder["inbox"]);
        string name = string.Create(CultureInfo.InvariantCulture, $"{_files++:D5}.csv");
        File.WriteAllText(_folder["inbox/." + name], text.ToString());
        File.Move(_folder["inbox/." + name], _folder["inbox/" + name]);
    }

    // Files end at multiples of nothing, so that out of order stays within the delay of the watermark.
    private static DateTime Time(int id) => Begin.AddSeconds((id * SecondsPerRow) - (id * 7919 % 3));

    private static string KeyOf(int id) => string.Create(CultureInfo.InvariantCulture, $"k{id * 31 % Keys}");

    private string Traces()
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        IEnumerable<string> Names(string folder) => Directory.Exists(_folder[folder]) ? Directory.EnumerateFiles(_folder[folder], "*", all) : [];
        return string.Join('\n', Names("lake/_millrace").Concat(Names(".millrace")).Order(StringComparer.Ordinal));
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
