using Millrace.Columnar;
using Millrace.Runtime.Sql;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Streaming;

/// <summary>Several tables as one source.</summary>
public sealed class StreamSourceTests
{
    private const string Both = "SELECT id FROM a UNION ALL SELECT id FROM b";

    [Fact]
    public async Task Splits_of_all_tables_are_dealt_in_turn_under_their_names()
    {
        await using StreamSource source = Source(Both, ("a", Input(40)), ("b", Input(20)));
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Assert.Equal(["a:key000", "a:key000", "b:key000"], ((TablesPlan)plan).Announced.Select(s => s.Key));
        Assert.Equal(["a:key000", "b:key000", "a:key000"], await KeysAsync(plan));
    }

    [Fact]
    public async Task Positions_of_a_checkpoint_come_to_their_own_tables()
    {
        await using StreamSource source = Source(Both, ("a", Input(5)), ("b", Input(5)));
        var since = new Checkpoint
        {
            Job = "job",
            Epoch = 1,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Splits = new Dictionary<string, SplitProgress> { ["a:key000"] = new(null, Done: true) },
        };
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Since = since }, default);
        Assert.Equal(["b:key000"], await KeysAsync(plan));
    }

    [Fact]
    public async Task Only_the_columns_that_the_query_wants_are_read()
    {
        using var leaks = new LeakCheck();
        await using StreamSource source = Source("SELECT name FROM a", ("a", Input(3)));
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        await foreach (Split split in plan.SplitsAsync(default))
        {
            await using ISplitReader reader = await plan.OpenAsync(split, null, FailOnRowError.Instance, default);
            using RecordBatch batch = (await reader.ReadAsync(default))!.Value.Batch;
            Assert.Equal(["name"], batch.Schema.Fields.Select(f => f.Name));
        }
    }

    [Fact]
    public async Task Names_of_tables_cannot_be_taken_for_each_other()
    {
        await using StreamSource source = Source("SELECT x.id FROM a AS x JOIN \"a:b\" AS y ON x.id = y.id", ("a", Input(5)), ("a:b", Input(5)));
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Assert.Equal(["a%3Ab:key000", "a:key000"], (await KeysAsync(plan)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_passes_by_once_is_known_when_the_tables_are()
    {
        await using StreamSource source = Source(Both, ("a", Input(5)), ("b", Input(5)));
        Endpoint replay = source.Query.Objects.All.First(o => o.Name == "b").Input!.Endpoint;
        SqlObject b = source.Query.Objects.All.First(o => o.Name == "b");
        await source.CheckAsync(default);
        Assert.True(source.CanReplay);

        var pipe = new Endpoint("pipe", new PassingConnector(replay.Connector), replay.Options);
        source.Query.Objects.Set(b with { Input = b.Input! with { Endpoint = pipe } });
        await using var second = new StreamSource(source.Query, new ConnectorContext { Job = "job" });
        await second.CheckAsync(default);
        Assert.False(second.CanReplay);
    }

    private sealed class PassingConnector(Connector inner) : Connector
    {
        public override string Summary => "Rows that pass by once.";

        public override ConnectorCapabilities Capabilities => inner.Capabilities;

        public override Type SourceOptions => inner.SourceOptions!;

        public override ISource OpenSource(object options, ConnectorContext context) => new PassingSource(inner.OpenSource(options, context));
    }

    private sealed class PassingSource(ISource inner) : ISource
    {
        public bool CanReplay => false;

        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => inner.CheckAsync(cancellation);

        public IAsyncEnumerable<StreamDescription> DiscoverAsync(CancellationToken cancellation) => inner.DiscoverAsync(cancellation);

        public ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation) => inner.PlanAsync(request, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private static ReplayInput Input(int rows) => new ReplayInput(1).AddKey(rows);

    private static StreamSource Source(string text, params (string Name, ReplayInput Input)[] tables)
    {
        var session = new SqlSession(new ConnectorRegistry(), Path.GetTempPath());
        foreach ((string name, ReplayInput input) in tables)
        {
            session.Objects.Set(new SqlObject(name, ObjectKind.Stream)
            {
                Input = new TableInput
                {
                    Name = name,
                    Endpoint = ReplayConnector.Endpoint(input, FaultPlan.None()),
                    Context = new ConnectorContext { Job = name },
                    Errors = FailOnRowError.Instance,
                    Widened = new WidenedTypes(),
                },
            });
        }

        var query = new StreamingQuery { Session = session, Objects = session.Objects, Query = ((QueryStatement)SqlParser.ParseStatement(new SourceText(text))).Query };
        return new StreamSource(query, new ConnectorContext { Job = "job" });
    }

    private static async Task<string[]> KeysAsync(IReadPlan plan)
    {
        var keys = new List<string>();
        await foreach (Split split in plan.SplitsAsync(default))
        {
            keys.Add(split.Key);
        }

        return [.. keys];
    }
}
