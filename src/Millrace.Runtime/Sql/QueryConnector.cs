using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <summary>
/// A query as a source, so that what writes its rows is the same pipeline as any other. It is read as one split, whose rows
/// come in the order in which the engine gives them.
/// </summary>
internal sealed class QueryConnector : Connector
{
    public override string Summary => "Rows of a query.";

    public override ConnectorCapabilities Capabilities { get; } = new() { ReadModes = [ReadMode.Full] };

    public override Type SourceOptions => typeof(QueryOptions);

    public static Endpoint Endpoint(SqlSession session, QuerySyntax query) => new("sql", new QueryConnector(), new QueryOptions(session, query));

    public override ISource OpenSource(object options, ConnectorContext context) => new QuerySource((QueryOptions)options);
}

/// <summary>The query and where it runs.</summary>
internal sealed record QueryOptions(SqlSession Session, QuerySyntax Query);

/// <summary>Plans a query anew for each attempt, with the types that earlier ones found too narrow.</summary>
internal sealed class QuerySource(QueryOptions options) : ISource
{
    private readonly WidenedTypes _widened = new();

    // Whether a query gives the same rows again in the same order nobody promises, so nothing of it is taken up half-way.
    public bool CanReplay => true;

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => ValueTask.FromResult(CheckReport.Of(CheckFinding.Pass("query", "parsed")));

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        RunningQuery query = await options.Session.StartAsync(options.Query, FailOnRowError.Instance, _widened, cancellation).ConfigureAwait(false);
        await using (query.ConfigureAwait(false))
        {
            yield return new StreamDescription { Name = "query", Schema = query.Schema };
        }
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        var errors = new Relay();
        return new Plan(await options.Session.StartAsync(options.Query, errors, _widened, cancellation).ConfigureAwait(false), errors);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Hands rows that tables could not decode to the lane that reads the query, once there is one.</summary>
    private sealed class Relay : IRowErrorHandler
    {
        private readonly Lock _lock = new();

        public IRowErrorHandler Target { get; set; } = FailOnRowError.Instance;

        public void OnRowError(RowError error)
        {
            // Lanes of the query call at once; the lane of the pipeline expects one at a time.
            lock (_lock)
            {
                Target.OnRowError(error);
            }
        }
    }

    private sealed class Plan(RunningQuery query, Relay errors) : IReadPlan
    {
        public Schema Schema => query.Schema;

        public Pushdown Pushdown { get; } = new();

        public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            yield return new Split { Id = "query" };
        }

        public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler handler, CancellationToken cancellation)
        {
            errors.Target = handler;
            return ValueTask.FromResult<ISplitReader>(new Reader(query, cancellation));
        }

        public ValueTask DisposeAsync() => query.DisposeAsync();
    }

    private sealed class Reader(RunningQuery query, CancellationToken cancellation) : ISplitReader
    {
        private readonly IAsyncEnumerator<RecordBatch> _rows = query.Rows.GetAsyncEnumerator(cancellation);
        private long _read;

        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken stop)
        {
            try
            {
                if (!await _rows.MoveNextAsync().ConfigureAwait(false))
                {
                    return null;
                }
            }
            catch (InputWidenedException e)
            {
                throw e.Widening;
            }

            RecordBatch batch = _rows.Current;
            _read += batch.Length;
            return new SplitBatch(batch, new Position(new JsonObject { ["rows"] = _read }));
        }

        public ValueTask DisposeAsync() => _rows.DisposeAsync();
    }
}
