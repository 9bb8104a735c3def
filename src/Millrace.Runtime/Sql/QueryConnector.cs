using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Binding;
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

    public static Endpoint Endpoint(SqlSession session, QuerySyntax query, int? lanes, InsertTarget? target) => new("sql", new QueryConnector(), new QueryOptions(session, query, lanes, target));

    public override ISource OpenSource(object options, ConnectorContext context) => new QuerySource((QueryOptions)options);
}

/// <summary>The query and where it runs; lanes are those of the session where they are null.</summary>
internal sealed record QueryOptions(SqlSession Session, QuerySyntax Query, int? Lanes, InsertTarget? Target);

/// <summary>Plans a query anew for each attempt, with the types that earlier ones found too narrow.</summary>
internal sealed class QuerySource(QueryOptions options) : ISource
{
    private readonly WidenedTypes _widened = new();

    // Whether a query gives the same rows again in the same order nobody promises, so nothing of it is taken up half-way.
    public bool CanReplay => true;

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => ValueTask.FromResult(CheckReport.Of(CheckFinding.Pass("query", "parsed")));

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        RunningQuery query = await options.Session.StartAsync(options.Query, FailOnRowError.Instance, _widened, cancellation, target: options.Target).ConfigureAwait(false);
        await using (query.ConfigureAwait(false))
        {
            yield return new StreamDescription { Name = "query", Schema = query.Schema };
        }
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        var errors = new Relay();
        return new Plan(await options.Session.StartAsync(options.Query, errors, _widened, cancellation, options.Lanes, options.Target).ConfigureAwait(false), errors, request.BatchRows);
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

    private sealed class Plan(RunningQuery query, Relay errors, int batchRows) : IReadPlan
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
            return ValueTask.FromResult<ISplitReader>(new Reader(query, batchRows, cancellation));
        }

        public ValueTask DisposeAsync() => query.DisposeAsync();
    }

    private sealed class Reader(RunningQuery query, int batchRows, CancellationToken cancellation) : ISplitReader
    {
        private readonly IAsyncEnumerator<RecordBatch> _rows = query.Rows.GetAsyncEnumerator(cancellation);
        private RecordBatch? _rest;
        private long _read;

        // What the query gives at once can be more than an epoch takes.
        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken stop)
        {
            if (_rest is null && !await NextAsync().ConfigureAwait(false))
            {
                return null;
            }

            RecordBatch batch = Head();
            _read += batch.Length;
            return new SplitBatch(batch, new Position(new JsonObject { ["rows"] = _read }));
        }

        public ValueTask DisposeAsync()
        {
            _rest?.Dispose();
            return _rows.DisposeAsync();
        }

        private RecordBatch Head()
        {
            RecordBatch all = _rest!;
            _rest = null;
            if (all.Length <= batchRows)
            {
                return all;
            }

            using (all)
            {
                _rest = all.Slice(batchRows, all.Length - batchRows);
                return all.Slice(0, batchRows);
            }
        }

        private async ValueTask<bool> NextAsync()
        {
            try
            {
                if (!await _rows.MoveNextAsync().ConfigureAwait(false))
                {
                    return false;
                }
            }
            catch (InputWidenedException e)
            {
                throw e.Widening;
            }

            _rest = _rows.Current;
            return true;
        }
    }
}
