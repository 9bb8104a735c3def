using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A catalog in front of another that fails at a step of its choosing: before a call takes effect or after it.</summary>
internal sealed class FaultyCatalog(ICatalog inner, FaultPlan plan) : ICatalog
{
    public string? Remote => inner.Remote;

    public ValueTask<LoadedTable?> LoadAsync(TableIdentifier table, CancellationToken cancellation) => StepAsync("load", () => inner.LoadAsync(table, cancellation), cancellation);

    public ValueTask<LoadedTable> CreateAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation)
        => StepAsync("create", () => inner.CreateAsync(table, definition, cancellation), cancellation);

    public ValueTask<LoadedTable?> StageAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation)
        => StepAsync("stage", () => inner.StageAsync(table, definition, cancellation), cancellation);

    public ValueTask<LoadedTable> CommitAsync(TableIdentifier table, LoadedTable loaded, TableChange change, CancellationToken cancellation)
        => StepAsync("commit", () => inner.CommitAsync(table, loaded, change, cancellation), cancellation);

    public IAsyncEnumerable<TableIdentifier> ListAsync(CancellationToken cancellation) => inner.ListAsync(cancellation);

    public ValueTask<bool> DropAsync(TableIdentifier table, CancellationToken cancellation) => StepAsync("drop", () => inner.DropAsync(table, cancellation), cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<T> StepAsync<T>(string name, Func<ValueTask<T>> call, CancellationToken cancellation)
    {
        await plan.StepAsync($"before {name} of the catalog", cancellation);
        T result = await call();
        await plan.StepAsync($"after {name} of the catalog", cancellation);
        return result;
    }
}
