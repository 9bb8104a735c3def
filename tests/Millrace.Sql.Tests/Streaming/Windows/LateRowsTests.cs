using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Rows that come after the watermark has passed their windows, against windows that are counted by hand.</summary>
[Trait("speed", "slow")]
public sealed class LateRowsTests
{
    private const int Delay = 3;

    private static readonly DateTime Start = new(2026, 1, 1);

    public static TheoryData<string, int, int, int> Variants
    {
        get
        {
            var data = new TheoryData<string, int, int, int>();
            foreach (string kind in (string[])["tumble", "hop", "cumulate"])
            {
                data.Add(kind, 1, 1, 1);
                data.Add(kind, 5, 2, 2);
                data.Add(kind, 17, 3, 3);
                data.Add(kind, 64, 1, 4);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Each_row_is_in_its_windows_or_is_counted_as_late(string kind, int batchRows, int lanes, int seed)
    {
        foreach ((LateRows late, int lateness, EmitMode? emit) in new (LateRows, int, EmitMode?)[]
        {
            (LateRows.Drop, 0, null), (LateRows.Drop, 0, EmitMode.Changes), (LateRows.SideOutput, 0, null),
            (LateRows.Update, 6, null), (LateRows.Update, 6, EmitMode.Final), (LateRows.Update, 6, EmitMode.Changes),
        })
        {
            await LeakCheck.RunAsync(() => CheckAsync(kind, batchRows, lanes, seed, late, lateness, emit));
        }
    }

    private static async Task CheckAsync(string kind, int batchRows, int lanes, int seed, LateRows late, int lateness, EmitMode? emit)
    {
        Row[] rows = Rows(seed);
        string values = string.Join(", ", rows.Select((r, i) => $"({i}, {r.Key}, {r.Time})"));
        using StreamTable table = await StreamTable.OfAsync(
            "t",
            $"SELECT i, k, TIMESTAMP '2026-01-01 00:00:00' + s * INTERVAL '1' SECOND AS ts FROM (VALUES {values}) v(i, k, s) ORDER BY i",
            ("ts", $"ts - INTERVAL '{Delay}' SECOND"));
        string window = kind switch
        {
            "tumble" => "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)",
            "hop" => "HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND)",
            _ => "CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '12' SECOND)",
        };
        int sideRows = 0;
        var settings = new StreamSettings
        {
            Emit = emit,
            Late = late,
            AllowedLateness = TimeSpan.FromSeconds(lateness),
            OnLateRows = batch => Interlocked.Add(ref sideRows, batch.Length),
        };
        StreamPlan plan = await StreamKit.PlanAsync($"SELECT window_start, window_end, k, count(*), sum(i) FROM {window} w GROUP BY window_start, window_end, k", [table], settings);
        Expectation expected = Expect(rows, kind, batchRows, lateness, emit is null && late == LateRows.Update ? 0 : lateness);

        (List<(int Round, string Row, long Weight)> given, long lateRows) = await WindowRuns.RunAsync(plan, table, batchRows, lanes, seed, settings);

        Assert.Equal(expected.Late, lateRows);
        Assert.Equal(late == LateRows.SideOutput ? expected.LateOnce : 0, sideRows);
        Assert.Equal(expected.Rows.Keys.Order(StringComparer.Ordinal), StreamKit.Fold(given.Select(g => (g.Row, g.Weight))));
        Assert.Equal(emit == EmitMode.Changes || (emit is null && late == LateRows.Update), plan.IsChanges);
        if (!plan.IsChanges)
        {
            Assert.All(given, g => Assert.Equal(expected.Rows[g.Row], g.Round));
            Assert.Equal(given.Count, given.Select(g => g.Row).Distinct().Count());
        }
    }

    private static Row[] Rows(int seed)
    {
        var random = new Random(seed);

        // Mostly within the watermark's delay, some far behind it.
        return [.. Enumerable.Range(0, 200).Select(i => new Row(random.Next(3), Math.Max(0, (i / 2) - random.Next(random.Next(8) == 0 ? 30 : 4))))];
    }

    private static Expectation Expect(Row[] rows, string kind, int batchRows, int lateness, int emitAfter)
    {
        var windows = new Dictionary<(int Start, int End, int Key), (int Count, int Sum)>();
        var watermarks = new List<int>();
        (int late, int lateOnce, int watermark) = (0, 0, int.MinValue);
        for (int i = 0; i < rows.Length; i++)
        {
            if (i > 0 && i % batchRows == 0)
            {
                watermark = rows[..i].Max(r => r.Time) - Delay;
                watermarks.Add(watermark);
            }

            int missed = 0;
            foreach ((int start, int end) in Windows(rows[i].Time, kind))
            {
                if (end + lateness <= watermark)
                {
                    missed++;
                    continue;
                }

                (int count, int sum) = windows.GetValueOrDefault((start, end, rows[i].Key));
                windows[(start, end, rows[i].Key)] = (count + 1, sum + i);
            }

            late += missed;
            lateOnce += missed > 0 ? 1 : 0;
        }

        var given = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (((int start, int end, int key), (int count, int sum)) in windows)
        {
            int round = watermarks.FindIndex(w => end + emitAfter <= w);
            given.Add($"{Text(start)}|{Text(end)}|{key}|{count}|{sum}", round < 0 ? watermarks.Count : round);
        }

        return new Expectation(given, late, lateOnce);
    }

    private static IEnumerable<(int Start, int End)> Windows(int time, string kind)
    {
        // Midnight is a multiple of all sizes.
        for (int start = time - 12; start <= time; start++)
        {
            if (kind == "tumble" && Multiple(start, 10) && time < start + 10)
            {
                yield return (start, start + 10);
            }
            else if (kind == "hop" && Multiple(start, 4) && time < start + 10)
            {
                yield return (start, start + 10);
            }
            else if (kind == "cumulate" && Multiple(start, 12) && time < start + 12)
            {
                for (int end = start + 4; end <= start + 12; end += 4)
                {
                    if (time < end)
                    {
                        yield return (start, end);
                    }
                }
            }
        }
    }

    private static string Text(int seconds) => Start.AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture);

    private static bool Multiple(int value, int of) => value % of == 0;

    private sealed record Row(int Key, int Time);

    /// <summary>The rows that remain, each with the round in which it is final; late rows by window, and each once.</summary>
    private sealed record Expectation(Dictionary<string, int> Rows, int Late, int LateOnce);
}
