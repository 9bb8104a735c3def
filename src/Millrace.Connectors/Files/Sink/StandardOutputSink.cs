using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Writes rows to standard output as they come. What is printed cannot be taken back, so a run that fails may have printed some of its rows.</summary>
internal sealed class StandardOutputSink(OutputFormat format, Func<Stream> open) : ISink
{
    /// <summary>The path that stands for it.</summary>
    public const string Path = "-";

    private bool _isUsed;

    public DeliveryGuarantee Guarantee => DeliveryGuarantee.AtLeastOnce;

    /// <summary>Formats that need an end are printed by one commit; lines by as many as there are.</summary>
    public bool CommitsOnce => !format.Format.IsOpenEnded(format.Options);

    public bool KeepsProgress => false;

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
        => new(CheckReport.Of(CheckFinding.Pass("write standard output", $"rows as {format.Format.Name}")));

    public ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation) => new((Checkpoint?)null);

    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
    {
        if (_isUsed)
        {
            throw FilesErrors.OutputOnce.Error("The run would have to begin anew, and some of its rows are printed already.");
        }

        var target = new Target(open(), () => _isUsed = true);
        return new(new Writer(target, format.Format.OpenWriter(target, request.Schema, format.Options), ends: CommitsOnce));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Target(Stream stream, Action onFirst) : IByteTarget
    {
        public string Name => Path;

        public long Position { get; private set; }

        public bool IsAbandoned { get; set; }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            if (IsAbandoned || bytes.IsEmpty)
            {
                return;
            }

            onFirst();
            try
            {
                await stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
                Position += bytes.Length;
            }
            catch (Exception e) when (LocalFaults.IsFault(e))
            {
                throw LocalFaults.Explain(e, LocalPipe.StandardOutput, writing: true);
            }
        }

        public async ValueTask FlushAsync(CancellationToken cancellation)
        {
            try
            {
                await stream.FlushAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (LocalFaults.IsFault(e))
            {
                throw LocalFaults.Explain(e, LocalPipe.StandardOutput, writing: true);
            }
        }
    }

    private sealed class Writer(Target target, IBatchWriter writer, bool ends) : ISinkWriter
    {
        private (long Rows, long Bytes) _committed;

        public ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation) => writer.WriteAsync(batch, cancellation);

        public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
        {
            await (ends ? writer.FinishAsync(cancellation) : writer.FlushAsync(cancellation)).ConfigureAwait(false);
            await target.FlushAsync(cancellation).ConfigureAwait(false);
            var summary = new CommitSummary(writer.Rows - _committed.Rows, target.Position - _committed.Bytes, [Path]);
            _committed = (writer.Rows, target.Position);
            return summary;
        }

        public ValueTask AbortAsync(CancellationToken cancellation)
        {
            target.IsAbandoned = true;
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            target.IsAbandoned = true;
            return writer.DisposeAsync();
        }
    }
}
