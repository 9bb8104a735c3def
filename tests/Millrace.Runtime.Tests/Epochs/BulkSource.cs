using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>Splits of large batches of rubbish, as fast as they are taken.</summary>
internal sealed class BulkConnector(int splits, int batches, int rows) : Connector
{
    private long _read;

    public override string Summary => "Much of nothing.";

    public override Type SourceOptions => typeof(NoOptions);

    public override ConnectorCapabilities Capabilities { get; } = new() { ReadModes = [ReadMode.Full] };

    /// <summary>Batches that were read.</summary>
    public long Read => Interlocked.Read(ref _read);

    public override ISource OpenSource(object options, ConnectorContext context) => new Source(this);

    private sealed class Source(BulkConnector connector) : ISource
    {
        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => new(CheckReport.Of());

        public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask;
            yield break;
        }

        public ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation) => new(new Plan(connector));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Plan(BulkConnector connector) : IReadPlan
    {
        public Schema Schema { get; } = new(new Field("n", DataType.Int64));

        public Pushdown Pushdown { get; } = new();

        public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask;
            for (int i = 0; i < connector.Splits; i++)
            {
                yield return new Split { Id = $"s{i}" };
            }
        }

        public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation) => new(new Reader(connector, Schema));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private int Splits => splits;

    private int Batches => batches;

    private RecordBatch Next(Schema schema)
    {
        Interlocked.Increment(ref _read);
        using var numbers = new FixedBuilder<long>(DataType.Int64, rows);
        numbers.AppendUninitialized(rows).Clear();
        return new RecordBatch(schema, rows, numbers.Build());
    }

    private sealed class Reader(BulkConnector connector, Schema schema) : ISplitReader
    {
        private int _next;

        public ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            return _next++ < connector.Batches
                ? new(new SplitBatch(connector.Next(schema), new Position(new JsonObject { ["batch"] = _next })))
                : new((SplitBatch?)null);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
