using System.Text.Json.Nodes;
using Millrace.Sdk;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// What every source has to do. An author derives a test class, says how to open the source and which rows it holds, and
/// inherits the tests; those of capabilities that the connector does not claim pass by being left out.
/// </summary>
public abstract class SourceConformance
{
    /// <summary>The connector under test.</summary>
    protected abstract Connector Connector { get; }

    /// <summary>
    /// Every row of the stream as <see cref="ColumnText.Row"/> gives it, in any order. To be of use there should be some
    /// hundred rows of at least two columns, in at least two splits if the source reads in parallel.
    /// </summary>
    protected abstract IReadOnlyList<string> ExpectedRows { get; }

    /// <summary>A bound instance of <see cref="Connector.SourceOptions"/> that leads to those rows.</summary>
    protected abstract object CreateOptions();

    protected virtual ConnectorContext Context { get; } = new() { Job = "conformance" };

    /// <summary>What a full read asks for; small batches and splits make for more places to go wrong.</summary>
    protected virtual ReadRequest Request { get; } = new() { BatchRows = 7, SplitBytes = 1024 };

    [Fact]
    public void Every_option_of_the_source_has_a_description()
    {
        Assert.NotNull(Connector.SourceOptions);
        Assert.NotEmpty(Connector.Capabilities.ReadModes);
        ConnectorClaims.AssertDocumented(Connector, Connector.SourceOptions);
    }

    [Fact]
    public async Task A_check_finds_that_it_can_be_read()
    {
        await using ISource source = Open();
        CheckReport report = await source.CheckAsync(default);
        Assert.True(report.Ok, string.Join("\n", report.Findings.Select(f => $"{f.Subject}: {f.Detail}")));
        Assert.NotEmpty(report.Findings);
    }

    [Fact]
    public async Task The_stream_is_discovered_with_the_schema_that_it_is_read_with()
    {
        await using ISource source = Open();
        var streams = new List<StreamDescription>();
        await foreach (StreamDescription found in source.DiscoverAsync(default))
        {
            streams.Add(found);
        }

        StreamDescription stream = Request.Stream is null ? Assert.Single(streams) : Assert.Single(streams, s => s.Name == Request.Stream);
        await using IReadPlan plan = await source.PlanAsync(Request, default);
        Assert.Equal(stream.Schema, plan.Schema);
        if (stream.RowsExact)
        {
            Assert.Equal(ExpectedRows.Count, stream.Rows);
        }
    }

    [Fact]
    public Task The_splits_hold_every_row_once() => LeakCheck.RunAsync(async () =>
    {
        await using ISource source = Open();
        await using IReadPlan plan = await source.PlanAsync(Request, default);
        PlanReading.AssertSameRows(ExpectedRows, await PlanReading.ReadAllAsync(plan));
    });

    [Fact]
    public async Task Splits_have_names_of_their_own_that_are_the_same_in_every_plan()
    {
        IReadOnlyList<string> first = await SplitIdsAsync();
        Assert.Equal(first, await SplitIdsAsync());
        Assert.Equal(first.Count, first.Distinct(StringComparer.Ordinal).Count());
        if (Connector.Capabilities.ReadsInParallel)
        {
            Assert.True(first.Count > 1, "A source that reads in parallel has several splits.");
        }
    }

    [Fact]
    public Task Splits_that_are_read_at_once_hold_the_same_rows() => LeakCheck.RunAsync(async () =>
    {
        if (!Connector.Capabilities.ReadsInParallel)
        {
            return;
        }

        await using ISource source = Open();
        await using IReadPlan plan = await source.PlanAsync(Request, default);
        IReadOnlyList<BatchText>[] read = await Task.WhenAll((await PlanReading.SplitsAsync(plan)).Select(s => Task.Run(() => PlanReading.ReadAsync(plan, s))));
        PlanReading.AssertSameRows(ExpectedRows, read.SelectMany(b => b).SelectMany(b => b.Rows));
    });

    [Fact]
    public Task Columns_come_in_the_order_asked_for_and_no_others() => LeakCheck.RunAsync(async () =>
    {
        await using ISource source = Open();
        string[] names;
        await using (IReadPlan all = await source.PlanAsync(Request, default))
        {
            names = [.. all.Schema.Fields.Select(f => f.Name).Reverse().Skip(1)];
        }

        Assert.True(names.Length > 0, "The stream has at least two columns.");
        await using IReadPlan plan = await source.PlanAsync(Request with { Columns = [.. names.Select(n => new RequestedColumn(n))] }, default);
        Assert.Equal(Connector.Capabilities.PushesProjection, plan.Pushdown.Projection);
        if (plan.Pushdown.Projection)
        {
            Assert.Equal(names, plan.Schema.Fields.Select(f => f.Name));
            PlanReading.AssertSameRows(ExpectedRows.Select(r => Project(r, names)), (await PlanReading.ReadAllAsync(plan)).Select(r => Project(r, names)));
        }
    });

    [Fact]
    public Task Reading_goes_on_exactly_behind_every_position() => LeakCheck.RunAsync(async () =>
    {
        await using ISource source = Open();
        if (!await source.ResumesFullReadsAsync(null, default))
        {
            return;
        }

        await using IReadPlan plan = await source.PlanAsync(Request, default);
        foreach (Split split in (await PlanReading.SplitsAsync(plan)).Take(5))
        {
            IReadOnlyList<BatchText> batches = await PlanReading.ReadAsync(plan, split);
            for (int i = 0; i < batches.Count; i++)
            {
                IReadOnlyList<BatchText> rest = await PlanReading.ReadAsync(plan, split, PlanReading.Stored(batches[i].Position));
                Assert.Equal(batches.Skip(i + 1).SelectMany(b => b.Rows), rest.SelectMany(b => b.Rows));
            }
        }
    });

    [Fact]
    public async Task Finished_splits_are_left_out_and_half_read_ones_go_on()
    {
        await using ISource source = Open();
        if (!await source.ResumesFullReadsAsync(null, default))
        {
            return;
        }

        var progress = new Dictionary<string, SplitProgress>(StringComparer.Ordinal);
        var rows = new List<string>();
        await using (IReadPlan plan = await source.PlanAsync(Request, default))
        {
            // Reads the first key to its end, and of the next one a single batch.
            string? key = null;
            foreach (Split split in await PlanReading.SplitsAsync(plan))
            {
                key ??= split.Key;
                bool whole = split.Key == key;
                IReadOnlyList<BatchText> read = await PlanReading.ReadAsync(plan, split, most: whole ? int.MaxValue : 1);
                rows.AddRange(read.SelectMany(b => b.Rows));
                Position? position = whole && split.EndPosition is not null ? split.EndPosition : read.Count > 0 ? read[^1].Position : null;
                progress[split.Key] = new SplitProgress(position is null ? null : PlanReading.Stored(position), whole && split.EndsKey);
                if (!whole)
                {
                    break;
                }
            }
        }

        await using IReadPlan rest = await source.PlanAsync(Request with { Since = CheckpointOf(progress) }, default);
        foreach (Split split in await PlanReading.SplitsAsync(rest))
        {
            progress.TryGetValue(split.Key, out SplitProgress? done);
            rows.AddRange((await PlanReading.ReadAsync(rest, split, done?.Position)).SelectMany(b => b.Rows));
        }

        PlanReading.AssertSameRows(ExpectedRows, rows);
    }

    [Fact]
    public async Task An_incremental_read_after_a_finished_one_finds_nothing_new()
    {
        if (!Connector.Capabilities.ReadModes.Contains(ReadMode.Incremental))
        {
            return;
        }

        ReadRequest request = Request with { Mode = ReadMode.Incremental };
        await using ISource source = Open();
        var progress = new Dictionary<string, SplitProgress>(StringComparer.Ordinal);
        await using (IReadPlan plan = await source.PlanAsync(request, default))
        {
            foreach (Split split in await PlanReading.SplitsAsync(plan))
            {
                IReadOnlyList<BatchText> read = await PlanReading.ReadAsync(plan, split);
                Position? position = split.EndPosition ?? (read.Count > 0 ? read[^1].Position : null);
                progress[split.Key] = new SplitProgress(position is null ? null : PlanReading.Stored(position), split.EndsKey);
            }
        }

        await using IReadPlan again = await source.PlanAsync(request with { Since = CheckpointOf(progress) }, default);
        Assert.Empty(await PlanReading.ReadAllAsync(again));
    }

    [Fact]
    public async Task A_limit_that_the_source_took_over_is_kept()
    {
        const int limit = 5;
        await using ISource source = Open();
        await using IReadPlan plan = await source.PlanAsync(Request with { Limit = limit }, default);
        Assert.True(Connector.Capabilities.PushesLimit || !plan.Pushdown.Limit, "A limit is taken over only by a connector that claims it.");
        IReadOnlyList<string> rows = await PlanReading.ReadAllAsync(plan);
        Assert.True(plan.Pushdown.Limit ? rows.Count == Math.Min(limit, ExpectedRows.Count) : rows.Count >= Math.Min(limit, ExpectedRows.Count));
    }

    [Fact]
    public Task A_predicate_rules_out_only_rows_that_fail_it() => LeakCheck.RunAsync(async () =>
    {
        await using ISource source = Open();
        Schema schema;
        await using (IReadPlan all = await source.PlanAsync(Request, default))
        {
            schema = all.Schema;
        }

        foreach (Field field in schema.Fields)
        {
            foreach (PredicateOperator test in new[] { PredicateOperator.IsNull, PredicateOperator.IsNotNull })
            {
                await using IReadPlan plan = await source.PlanAsync(Request with { Predicates = [new ColumnPredicate(field.Name, test, null)] }, default);
                IReadOnlyList<string> rows = await PlanReading.ReadAllAsync(plan);
                string[] wanted = [.. ExpectedRows.Where(r => (JsonNode.Parse(r)![field.Name] is null) == (test == PredicateOperator.IsNull))];
                PlanReading.AssertSameRows(wanted, plan.Pushdown.Predicates ? rows : rows.Where(wanted.Contains));
            }
        }
    });

    [Fact]
    public Task A_reader_that_is_given_up_half_way_leaks_nothing() => LeakCheck.RunAsync(async () =>
    {
        await using ISource source = Open();
        await using IReadPlan plan = await source.PlanAsync(Request, default);
        foreach (Split split in (await PlanReading.SplitsAsync(plan)).Take(3))
        {
            await (await plan.OpenAsync(split, null, FailOnRowError.Instance, default)).DisposeAsync();
            await PlanReading.ReadAsync(plan, split, most: 1);
        }
    });

    [Fact]
    public Task A_cancelled_read_stops_and_leaks_nothing() => LeakCheck.RunAsync(async () =>
    {
        await using ISource source = Open();
        await using IReadPlan plan = await source.PlanAsync(Request, default);
        Split split = (await PlanReading.SplitsAsync(plan))[0];
        using var stop = new CancellationTokenSource();
        await using ISplitReader reader = await plan.OpenAsync(split, null, FailOnRowError.Instance, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await reader.ReadAsync(stop.Token) is { } read)
            {
                read.Batch.Dispose();
            }
        });
    });

    private ISource Open() => Connector.OpenSource(CreateOptions(), Context);

    private async Task<IReadOnlyList<string>> SplitIdsAsync()
    {
        await using ISource source = Open();
        await using IReadPlan plan = await source.PlanAsync(Request, default);
        return [.. (await PlanReading.SplitsAsync(plan)).Select(s => s.Id)];
    }

    private Checkpoint CheckpointOf(Dictionary<string, SplitProgress> progress)
        => new() { Job = Context.Job, Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, Splits = progress };

    private static string Project(string row, string[] names)
    {
        JsonObject all = JsonNode.Parse(row)!.AsObject();
        var some = new JsonObject();
        foreach (string name in names)
        {
            some[name] = all[name]?.DeepClone();
        }

        return some.ToJsonString();
    }
}
