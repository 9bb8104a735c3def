using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Examples.Notebook;

/// <summary>Reads the pages of a folder as one stream.</summary>
internal sealed class NotebookSource(Pages pages) : ISource
{
    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        string subject = $"read {pages.Path}";
        try
        {
            IReadOnlyList<ObjectInfo> found = await pages.ListAsync(cancellation).ConfigureAwait(false);
            return CheckReport.Of(found.Count > 0
                ? CheckFinding.Pass(subject, $"{found.Count} pages, {found.Sum(f => f.Size)} bytes")
                : CheckFinding.Fail(subject, NotebookErrors.Empty(pages.Path)));
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail(subject, e));
        }
    }

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyList<ObjectInfo> found = await pages.ListAsync(cancellation).ConfigureAwait(false);
        yield return new StreamDescription { Name = pages.Path, Schema = await SchemaAsync(found, cancellation).ConfigureAwait(false), Bytes = found.Sum(f => f.Size) };
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<ObjectInfo> found = await pages.ListAsync(cancellation).ConfigureAwait(false);
        Schema all = await SchemaAsync(found, cancellation).ConfigureAwait(false);

        // A page never changes, so one that is finished according to the checkpoint is never read again.
        IReadOnlyList<ObjectInfo> left = [.. found.Where(f => request.Since?.Splits.GetValueOrDefault(f.Name)?.Done != true)];
        return new NotebookPlan(pages, left, Wanted(all, request.Columns), request);
    }

    public ValueTask DisposeAsync() => pages.DisposeAsync();

    // The columns of the first page; a column that another page lacks is null there.
    private async ValueTask<Schema> SchemaAsync(IReadOnlyList<ObjectInfo> found, CancellationToken cancellation)
        => found.Count > 0 ? (await pages.ReadAsync(found[0].Name, cancellation).ConfigureAwait(false)).Schema : throw NotebookErrors.Empty(pages.Path);

    private static Schema Wanted(Schema all, IReadOnlyList<RequestedColumn>? columns)
        => columns is null ? all : new Schema(columns.Select(c => all[all.Require(c.Name)].WithType(c.Type ?? all[all.Require(c.Name)].Type)));
}
