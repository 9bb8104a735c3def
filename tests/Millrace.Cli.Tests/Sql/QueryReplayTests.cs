using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Dead letters of queries that run on, sent through them again.</summary>
public sealed class QueryReplayTests : IDisposable
{
    private const string Totals = "INSERT INTO o SELECT k, sum(100 / v) AS s, count(*) AS n FROM s GROUP BY k";

    private readonly TempFolder _folder = new(inMemory: true);

    public QueryReplayTests() => Directory.CreateDirectory(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_row_that_could_not_be_decoded_is_counted_by_the_query_when_its_letter_was_mended()
    {
        File.WriteAllText(_folder["in/1.csv"], "k,v\na,10\na,x1\nb,5\n");
        await RunAsync(Totals);
        Assert.Equal(["a,10,1", "b,20,1"], Last());
        DeadLetter letter = Assert.Single(await LettersAsync(Totals));

        ReplaySummary still = await ReplayAsync(Totals, new ReplaySelection());
        Assert.Equal((0, 1), (still.Replayed, still.Failed));
        ReplaySummary summary = await ReplayAsync(Totals, new ReplaySelection { Edited = new Dictionary<string, DeadLetter> { [letter.Id] = letter with { Raw = "a,20\n"u8.ToArray(), RawLength = 5 } } });
        Assert.Null(summary.Error);
        Assert.Equal((1, 0, 0), (summary.Replayed, summary.Failed, summary.Waiting));
        Assert.Equal(["a,15,2", "b,20,1"], Last());
        Assert.Empty(await LettersAsync(Totals));

        File.WriteAllText(_folder["in/2.csv"], "k,v\na,50\n");
        await RunAsync(Totals);
        Assert.Equal(["a,17,3", "b,20,1"], Last());
    }

    [Fact]
    public async Task A_row_for_which_an_expression_had_no_value_is_tried_again_as_it_was_read()
    {
        File.WriteAllText(_folder["in/1.csv"], "k,v\na,10\na,0\nb,5\n");
        await RunAsync(Totals);
        Assert.Equal(["a,10,1", "b,20,1"], Last());
        DeadLetter letter = Assert.Single(await LettersAsync(Totals));
        Assert.Equal("s", letter.Place.Stream);

        ReplaySummary still = await ReplayAsync(Totals, new ReplaySelection());
        Assert.Null(still.Error);
        Assert.Equal((0, 1, 1), (still.Replayed, still.Failed, still.Waiting));
        Assert.Equal(letter.Id, Assert.Single(await LettersAsync(Totals)).Id);

        // The query was mended, in a way that leaves its state as it is.
        byte[] mended = """{"k":"a","v":4}"""u8.ToArray();
        ReplaySummary summary = await ReplayAsync(Totals, new ReplaySelection { Edited = new Dictionary<string, DeadLetter> { [letter.Id] = letter with { Raw = mended, RawLength = mended.Length } } });
        Assert.Equal((1, 0, 0), (summary.Replayed, summary.Failed, summary.Waiting));
        Assert.Equal(["a,35,2", "b,20,1"], Last());
    }

    [Fact]
    public async Task Equal_rows_are_letters_each_that_know_where_they_are_from_and_are_all_replayed()
    {
        const string insert = "INSERT INTO o SELECT k, 100 / v AS q FROM s";
        File.WriteAllText(_folder["in/1.csv"], "k,v\na,10\na,0\na,0\nb,5\na,0\n");
        await RunAsync(insert);
        List<DeadLetter> letters = await LettersAsync(insert);
        Assert.Equal([1, 2, 4], letters.Select(l => l.Place.Row).Order());
        Assert.All(letters, l => Assert.Equal(("s", "in/1.csv"), (l.Place.Stream, l.Place.Split)));

        // What is bad again is the same letter.
        ReplaySummary still = await ReplayAsync(insert, new ReplaySelection());
        Assert.Equal((0, 3, 3), (still.Replayed, still.Failed, still.Waiting));
        Assert.Equal(letters.Select(l => l.Id).Order(StringComparer.Ordinal), (await LettersAsync(insert)).Select(l => l.Id).Order(StringComparer.Ordinal));

        ReplaySummary summary = await ReplayAsync("INSERT INTO o SELECT k, 100 / coalesce(nullif(v, 0), 50) AS q FROM s", new ReplaySelection());
        Assert.Null(summary.Error);
        Assert.Equal((3, 0, 0), (summary.Replayed, summary.Failed, summary.Waiting));
        Assert.Equal(["a,10", "a,2", "a,2", "a,2", "b,20"], Directory.EnumerateFiles(_folder["out"], "*.csv").SelectMany(f => File.ReadLines(f).Skip(1)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Equal_rows_that_have_lost_their_place_behind_a_filter_are_letters_each_too()
    {
        const string insert = "INSERT INTO o SELECT k, 100 / v AS q FROM s WHERE k <> 'b'";
        File.WriteAllText(_folder["in/1.csv"], "k,v\na,10\na,0\na,0\nb,5\na,0\n");
        await RunAsync(insert);
        List<DeadLetter> letters = await LettersAsync(insert);
        Assert.Equal(3, letters.Count);

        // Another query that fails for them too leaves them the letters that they are.
        ReplaySummary still = await ReplayAsync("INSERT INTO o SELECT k, 0 + 50 / v AS q FROM s WHERE k <> 'b'", new ReplaySelection());
        Assert.Equal((0, 3, 3), (still.Replayed, still.Failed, still.Waiting));
        Assert.Equal(letters.Select(l => l.Id).Order(StringComparer.Ordinal), (await LettersAsync(insert)).Select(l => l.Id).Order(StringComparer.Ordinal));
        ReplaySummary summary = await ReplayAsync("INSERT INTO o SELECT k, 100 / coalesce(nullif(v, 0), 50) AS q FROM s WHERE k <> 'b'", new ReplaySelection());
        Assert.Null(summary.Error);
        Assert.Equal((3, 0, 0), (summary.Replayed, summary.Failed, summary.Waiting));
        Assert.Equal(["a,10", "a,2", "a,2", "a,2"], Directory.EnumerateFiles(_folder["out"], "*.csv").SelectMany(f => File.ReadLines(f).Skip(1)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_row_is_tried_again_without_the_columns_that_only_the_watermark_reads()
    {
        const string insert = "INSERT INTO o SELECT k, 10 / (length(k) - 1) AS n FROM t";
        File.WriteAllText(_folder["in/1.csv"], "k,ts\nbb,2026-01-01 10:00:00\na,2026-01-01 10:00:01\n");
        await RunAsync(insert);
        DeadLetter letter = Assert.Single(await LettersAsync(insert));
        byte[] mended = """{"k":"ccc"}"""u8.ToArray();
        ReplaySummary summary = await ReplayAsync(insert, new ReplaySelection { Edited = new Dictionary<string, DeadLetter> { [letter.Id] = letter with { Raw = mended, RawLength = mended.Length } } });
        Assert.Null(summary.Error);
        Assert.Equal((1, 0, 0), (summary.Replayed, summary.Failed, summary.Waiting));
        Assert.Equal(["10", "5"], Last());
    }

    [Fact]
    public async Task Late_rows_are_not_replayed_and_a_hint_says_what_to_do()
    {
        const string windows = "INSERT INTO o SELECT window_start, count(*) AS n FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end";
        File.WriteAllText(_folder["in/1.csv"], "k,ts\na,2026-01-01 10:00:00\na,2026-01-01 10:05:00\n");
        await RunAsync(windows);
        File.WriteAllText(_folder["in/2.csv"], "k,ts\na,2026-01-01 10:00:01\nb,2026-01-01 10:06:00\n");
        await RunAsync(windows);
        Assert.Equal("MR4401", Assert.Single(await LettersAsync(windows)).Code);
        ReplaySummary summary = await ReplayAsync(windows, new ReplaySelection());
        Assert.Equal("MR4023", summary.Error?.Code.Id);
        Assert.Contains("millrace state rewind", summary.Error?.Hint, StringComparison.Ordinal);
        Assert.Single(await LettersAsync(windows));
    }

    private async Task RunAsync(string insert)
    {
        using SqlSession session = await SessionAsync();
        Pipeline job = await JobAsync(session, insert);
        using var stop = new CancellationTokenSource();
        job = job with { Sink = job.Sink with { Connector = new WatchedConnector(job.Sink.Connector, false, stop.Cancel) } };
        RunSummary summary = await new PipelineRunner(job).RunAsync(stop.Token).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Null(summary.Error);
    }

    private async Task<ReplaySummary> ReplayAsync(string insert, ReplaySelection selection)
    {
        using SqlSession session = await SessionAsync();
        return await new ReplayRunner(await JobAsync(session, insert), selection).RunAsync(CancellationToken.None);
    }

    private async Task<List<DeadLetter>> LettersAsync(string insert)
    {
        using SqlSession session = await SessionAsync();
        DeadLetterIndex index = await DeadLetterFolder.OfJob(await JobAsync(session, insert)).ReadAsync(CancellationToken.None);
        var letters = new List<DeadLetter>();
        await foreach (DeadLetter letter in index.LettersAsync(CancellationToken.None))
        {
            letters.Add(letter);
        }

        return letters;
    }

    private static async Task<Pipeline> JobAsync(SqlSession session, string insert)
    {
        await using StatementResult made = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText(insert)), CancellationToken.None);
        return made.Job!;
    }

    private async Task<SqlSession> SessionAsync()
    {
        var session = new SqlSession(Composition.Connectors, _folder.Path);
        foreach (string sql in new[]
        {
            "CREATE STREAM s (k VARCHAR, v INT) WITH (path = 'in/', format = 'csv', follow = 'true', poll = '10ms')",
            "CREATE STREAM t (k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (path = 'in/', format = 'csv', follow = 'true', poll = '10ms')",
            "CREATE TABLE o WITH (path = 'out/', format = 'csv', changelog = 'upsert', failure.strategy = 'dead_letter', late.data = 'side output', batch.strategy = 'time_window', batch.window = '20ms')",
        })
        {
            await LogicTests.RowsAsync(session, sql.Replace("changelog = 'upsert', ", "", StringComparison.Ordinal));
        }

        return session;
    }

    // The last row of each key, without the mark of the change.
    private string[] Last() => [.. Directory.EnumerateFiles(_folder["out"], "*.csv").Order(StringComparer.Ordinal).SelectMany(f => File.ReadLines(f).Skip(1))
        .Select(l => l.Split(',', 2)[1]).GroupBy(l => l.Split(',')[0]).Select(g => g.Last()).Order(StringComparer.Ordinal)];
}
