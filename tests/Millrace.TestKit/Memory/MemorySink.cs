using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>
/// Writes into a <see cref="MemoryTarget"/> what its guarantee allows: rows and checkpoint in one step for exactly-once; rows
/// by key and then the checkpoint for idempotent; rows, and no checkpoint at all, for at-least-once.
/// </summary>
/// <param name="target">Where the rows go.</param>
/// <param name="plan">Gets a step between rows and checkpoint, where these are two.</param>
public sealed class MemorySink(MemoryTarget target, FaultPlan? plan = null) : ISink
{
    public DeliveryGuarantee Guarantee => target.Guarantee;

    public string? Remote => target.Remote;

    public bool KeepsProgress => target.Guarantee != DeliveryGuarantee.AtLeastOnce;

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => new(CheckReport.Of(CheckFinding.Pass("memory", $"{target.Rows.Count} rows")));

    public ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation) => new(target.Guarantee == DeliveryGuarantee.AtLeastOnce ? null : target.Last);

    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
        => new(new Writer(target, plan ?? FaultPlan.None(), request.Mode == WriteMode.Overwrite && !request.Resumes));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Writer(MemoryTarget target, FaultPlan plan, bool replaces) : ISinkWriter
    {
        private readonly List<string> _staged = [];
        private bool _replaces = replaces;

        public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
        {
            await StepAsync(MemoryStep.Write, batch.Length, cancellation);
            _staged.AddRange(ColumnText.Rows(batch));
        }

        public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
        {
            await StepAsync(MemoryStep.Commit, _staged.Count, cancellation);
            if (target.Guarantee == DeliveryGuarantee.ExactlyOnce)
            {
                target.Commit(_staged, checkpoint, _replaces);
            }
            else
            {
                target.Add(_staged);
                await plan.StepAsync($"between rows and checkpoint {checkpoint.Epoch}", cancellation);
                if (target.Guarantee == DeliveryGuarantee.Idempotent)
                {
                    target.Keep(checkpoint, _staged.Count);
                }
            }

            var summary = new CommitSummary(_staged.Count, 0, []);
            _staged.Clear();
            _replaces = false;
            return summary;
        }

        public ValueTask AbortAsync(CancellationToken cancellation)
        {
            _staged.Clear();
            target.OnAbort?.Invoke();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private ValueTask StepAsync(MemoryStep step, int rows, CancellationToken cancellation)
            => target.OnStep is { } hook ? hook(step, rows, cancellation) : ValueTask.CompletedTask;
    }
}
