using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>A sink with a step before and after recovery, schema, opening, every write, commit and abort.</summary>
public sealed class FaultySink(ISink inner, FaultPlan plan) : ISink
{
    public DeliveryGuarantee Guarantee => inner.Guarantee;

    public bool CommitsOnce => inner.CommitsOnce;

    public string? Remote => inner.Remote;

    public TimeSpan SuggestedWindow => inner.SuggestedWindow;

    public bool KeepsProgress => inner.KeepsProgress;

    public ICheckpointLog? Commits => inner.Commits;

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => inner.CheckAsync(cancellation);

    public async ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation)
    {
        await plan.StepAsync("before recover", cancellation);
        Checkpoint? last = await inner.RecoverAsync(cancellation);
        await plan.StepAsync("after recover", cancellation);
        return last;
    }

    public async ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation)
    {
        await plan.StepAsync("before schema", cancellation);
        await inner.EnsureSchemaAsync(schema, evolution, cancellation);
        await plan.StepAsync("after schema", cancellation);
    }

    public async ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
    {
        await plan.StepAsync("before open writer", cancellation);
        var writer = new Writer(await inner.OpenWriterAsync(request, cancellation), plan);
        try
        {
            await plan.StepAsync("after open writer", cancellation);
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }

        return writer;
    }

    public ValueTask DisposeAsync() => CloseAsync(inner, plan);

    // A dead process closes nothing, but the memory and locks it holds are those of the test.
    private static async ValueTask CloseAsync(IAsyncDisposable closed, FaultPlan plan)
    {
        try
        {
            await closed.DisposeAsync();
        }
        catch (CrashException) when (plan.Crashed)
        {
        }
    }

    private sealed class Writer(ISinkWriter inner, FaultPlan plan) : ISinkWriter
    {
        public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
        {
            await plan.StepAsync("before write", cancellation);
            await inner.WriteAsync(batch, cancellation);
            await plan.StepAsync("after write", cancellation);
        }

        public ValueTask FlushAsync(CancellationToken cancellation) => inner.FlushAsync(cancellation);

        public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
        {
            await plan.StepAsync($"before commit {checkpoint.Epoch}", cancellation);
            CommitSummary summary = await inner.CommitAsync(checkpoint, cancellation);
            await plan.StepAsync($"after commit {checkpoint.Epoch}", cancellation);
            return summary;
        }

        public async ValueTask AbortAsync(CancellationToken cancellation)
        {
            await plan.StepAsync("before abort", cancellation);
            await inner.AbortAsync(cancellation);
            await plan.StepAsync("after abort", cancellation);
        }

        public ValueTask DisposeAsync() => CloseAsync(inner, plan);
    }
}
