using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Catalog;

namespace Millrace.Runtime.Streaming;

/// <summary>The rows of a table in memory, as they are when the query begins: one split, read once.</summary>
internal sealed class MemoryTableSource(MemoryTable table, IReadOnlyList<string> columns) : ISource
{
    private const string Name = "rows";

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => ValueTask.FromResult(CheckReport.Of());

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return new StreamDescription { Name = table.Name, Schema = table.Schema };
    }

    public ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
        => new(new Plan(table, [.. columns.Select(table.Schema.Require)], isDone: request.Since?.Splits.GetValueOrDefault(Name)?.Done == true));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Plan(MemoryTable table, int[] columns, bool isDone) : IReadPlan
    {
        public Schema Schema { get; } = table.Schema.Select(columns);

        public Pushdown Pushdown { get; } = new() { Projection = true };

        public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            if (!isDone)
            {
                yield return new Split { Id = Name };
            }
        }

        public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
            => new(new Reader(table, columns, from?.Value["batches"]?.GetValue<int>() ?? 0));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Reader(MemoryTable table, int[] columns, int next) : ISplitReader
    {
        private int _next = next;

        public ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            while (_next < table.Batches.Count)
            {
                RecordBatch batch = table.Batches[_next++];
                if (batch.Length > 0)
                {
                    return new(new SplitBatch(batch.Select(columns), new Position(new JsonObject { ["batches"] = _next })));
                }
            }

            return new((SplitBatch?)null);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
