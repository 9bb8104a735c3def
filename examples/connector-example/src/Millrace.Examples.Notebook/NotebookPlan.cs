using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Examples.Notebook;

/// <summary>A split for every page. The name of its file is a good key: it means the same page in every plan.</summary>
internal sealed class NotebookPlan(Pages pages, IReadOnlyList<ObjectInfo> found, Schema schema, ReadRequest request) : IReadPlan
{
    public Schema Schema => schema;

    public Pushdown Pushdown { get; } = new() { Projection = true };

    public long? Bytes => found.Sum(f => f.Size);

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (ObjectInfo page in found)
        {
            yield return new Split { Id = page.Name, Bytes = page.Size };
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        Page page = await pages.ReadAsync(split.Id, cancellation).ConfigureAwait(false);
        return new PageReader(page, pages.Describe(split.Id), schema, request.BatchRows, (int?)from?.Value[PageReader.RowKey] ?? 0);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
