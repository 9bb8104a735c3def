using System.Text;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Console;

/// <summary>Prints each batch as a whole, so that rows of several jobs do not get mixed within a line.</summary>
/// <param name="options">How.</param>
/// <param name="output">Where; borrowed.</param>
internal sealed class ConsoleSink(ConsoleOptions options, TextWriter output) : ISink
{
    public DeliveryGuarantee Guarantee => DeliveryGuarantee.AtLeastOnce;

    public bool KeepsProgress => false;

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => ValueTask.FromResult(CheckReport.Of(CheckFinding.Pass("write standard output", "open")));

    public ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation) => ValueTask.FromResult<Checkpoint?>(null);

    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
        => ValueTask.FromResult<ISinkWriter>(new Writer(options.Format == ConsoleFormat.Json ? null : new ConsoleTable(request.Schema), output));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Writer(ConsoleTable? table, TextWriter output) : ISinkWriter
    {
        private long _rows;
        private long _bytes;

        public ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
        {
            var text = new StringBuilder();
            if (table is not null)
            {
                table.Append(batch, text);
            }
            else
            {
                Column[] columns = [.. batch.Columns];
                for (int row = 0; row < batch.Length; row++)
                {
                    text.Append(Encoding.UTF8.GetString(JsonRow.Of(batch.Schema, columns, row))).Append('\n');
                }
            }

            lock (output)
            {
                output.Write(text);
                output.Flush();
            }

            _rows += batch.Length;
            _bytes += text.Length;
            return ValueTask.CompletedTask;
        }

        public ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
        {
            var summary = new CommitSummary(_rows, _bytes, [ConnectorContext.StandardOutput]);
            (_rows, _bytes) = (0, 0);
            return ValueTask.FromResult(summary);
        }

        public ValueTask AbortAsync(CancellationToken cancellation)
        {
            (_rows, _bytes) = (0, 0);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
