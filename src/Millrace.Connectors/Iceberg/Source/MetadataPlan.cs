using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>A stream of metadata, which is in memory as a whole. Owns its rows.</summary>
internal sealed class MetadataPlan : IReadPlan
{
    private readonly RecordBatch _rows;

    /// <param name="all">All columns, taken over.</param>
    /// <param name="request">What is wanted of them.</param>
    public MetadataPlan(RecordBatch all, ReadRequest request)
    {
        using (all)
        {
            _rows = all.Select(request.Columns is null ? [.. Enumerable.Range(0, all.Schema.Count)] : [.. request.Columns.Select(c => all.Schema.Require(c.Name))]);
        }
    }

    public Schema Schema => _rows.Schema;

    public Pushdown Pushdown { get; } = new() { Projection = true };

    public long? Rows => _rows.Length;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (_rows.Length > 0)
        {
            yield return new Split { Id = "metadata" };
        }
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
        => new(new Reader(_rows.Share()));

    public ValueTask DisposeAsync()
    {
        _rows.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Reader(RecordBatch rows) : ISplitReader
    {
        private bool _isDone;

        public ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            if (_isDone)
            {
                return new((SplitBatch?)null);
            }

            _isDone = true;
            return new(new SplitBatch(rows.Share(), new Position(new JsonObject { ["row"] = rows.Length })));
        }

        public ValueTask DisposeAsync()
        {
            rows.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
