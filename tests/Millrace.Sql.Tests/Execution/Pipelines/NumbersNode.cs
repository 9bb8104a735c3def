using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution.Pipelines;

/// <summary>Counts from 0 in parts and batches of fixed sizes; says how much was read and what is still open.</summary>
internal sealed class NumbersNode(int parts, int batches, int rows) : SourceNode(Numbers)
{
    private int _open;
    private int _read;

    public static Schema Numbers { get; } = new(new Field("n", DataType.Int64, nullable: false));

    public override string Name => "Numbers";

    /// <summary>The batch whose reading fails, counted over all parts.</summary>
    public int FailsAt { get; init; } = -1;

    /// <summary>Sources and parts that nobody has disposed.</summary>
    public int Open => _open;

    public int BatchesRead => _read;

    public override ValueTask<IBatchSource> OpenAsync(QueryContext context)
    {
        _open++;
        return new(new Source(this));
    }

    private sealed class Source(NumbersNode node) : IBatchSource
    {
        private int _next;

        public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        {
            if (_next == node.Parts)
            {
                return new((ITablePart?)null);
            }

            Interlocked.Increment(ref node._open);
            return new(new Part(node, _next++));
        }

        public ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref node._open);
            return ValueTask.CompletedTask;
        }
    }

    private int Parts => parts;

    private sealed class Part(NumbersNode node, int number) : ITablePart
    {
        private int _next;

        public int Number => number;

        public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            // Lanes meet in different orders.
            if ((number + _next) % 3 == 0)
            {
                await Task.Yield();
            }

            cancellation.ThrowIfCancellationRequested();
            return _next == node.Batches ? null : node.Make(number, _next++);
        }

        public ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref node._open);
            return ValueTask.CompletedTask;
        }
    }

    private int Batches => batches;

    private RecordBatch Make(int part, int batch)
    {
        Interlocked.Increment(ref _read);
        int at = (part * batches) + batch;
        if (at == FailsAt)
        {
            throw new InvalidDataException("The batch cannot be read.");
        }

        using var builder = new FixedBuilder<long>(DataType.Int64, rows);
        for (int i = 0; i < rows; i++)
        {
            builder.Append(((long)at * rows) + i);
        }

        return new RecordBatch(Numbers, rows, builder.Build());
    }
}
