using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Examples.Notebook;

/// <summary>Writes a page for every commit.</summary>
internal sealed class NotebookSink(Pages pages, string job) : ISink
{
    public DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        string subject = $"write {pages.Path}";
        try
        {
            IReadOnlyList<ObjectInfo> found = await pages.ListAsync(cancellation).ConfigureAwait(false);
            return CheckReport.Of(CheckFinding.Pass(subject, $"{found.Count} pages"));
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail(subject, e));
        }
    }

    /// <summary>The checkpoint of the job's newest page. Pages are published whole, so there is no commit to finish.</summary>
    public async ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation)
    {
        await pages.RemoveStaleAsync(cancellation).ConfigureAwait(false);
        foreach (ObjectInfo info in (await pages.ListAsync(cancellation).ConfigureAwait(false)).Reverse())
        {
            Page page = await pages.ReadAsync(info.Name, cancellation).ConfigureAwait(false);
            if (page.Checkpoint.Job == job)
            {
                return page.Checkpoint;
            }
        }

        return null;
    }

    /// <summary>Every page carries its columns, so any will do.</summary>
    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => ValueTask.CompletedTask;

    public async ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<ObjectInfo> found = await pages.ListAsync(cancellation).ConfigureAwait(false);
        long next = found.Count == 0 ? 1 : Pages.NumberOf(found[^1].Name) + 1;
        Checkpoint? last = await RecoverAsync(cancellation).ConfigureAwait(false);
        return new NotebookWriter(pages, request.Schema, next, last?.FencingToken ?? 0);
    }

    public ValueTask DisposeAsync() => pages.DisposeAsync();
}
