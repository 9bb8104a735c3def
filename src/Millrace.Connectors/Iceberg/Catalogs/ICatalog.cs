using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Knows tables by name and swaps their metadata in one step. Everything else, files and manifests, is the same whatever the catalog.
/// Any thread may call; several calls may run at once.
/// </summary>
public interface ICatalog : IAsyncDisposable
{
    /// <summary>The system behind it as <c>iceberg:host</c>; null for what is local. See <c>ISource.Remote</c>.</summary>
    string? Remote => null;

    /// <summary>The table as it is now; null when there is none.</summary>
    ValueTask<LoadedTable?> LoadAsync(TableIdentifier table, CancellationToken cancellation);

    /// <summary>Makes a table. Fails with <see cref="IcebergErrors.TableExists"/> when there is one.</summary>
    ValueTask<LoadedTable> CreateAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation);

    /// <summary>
    /// What a new table will be, without making it: files can be written for it, and the commit that demands
    /// <see cref="MetadataRequirement.MustNotExist"/> makes the table and its first snapshot in one step. Null where a catalog cannot do so;
    /// then the table is made first.
    /// </summary>
    ValueTask<LoadedTable?> StageAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation) => ValueTask.FromResult<LoadedTable?>(null);

    /// <summary>
    /// Changes the metadata of a table if the requirements hold. Fails with <see cref="IcebergErrors.Conflict"/> when they do not, or when
    /// another commit was faster: nothing is changed then, and the caller decides on the table as it is now. Fails with
    /// <see cref="IcebergErrors.CommitUnknown"/> when the answer was lost and the catalog cannot find out.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="loaded">The table as the caller knows it.</param>
    /// <param name="change">What must hold and what changes.</param>
    /// <param name="cancellation">Stops the call before the commit is decided.</param>
    ValueTask<LoadedTable> CommitAsync(TableIdentifier table, LoadedTable loaded, TableChange change, CancellationToken cancellation);

    /// <summary>Throws where a table can only be read, since another catalog knows which of its metadata is the newest.</summary>
    void RequireWritable(LoadedTable loaded)
    {
    }

    /// <summary>The tables, in the order of their names.</summary>
    IAsyncEnumerable<TableIdentifier> ListAsync(CancellationToken cancellation);

    /// <summary>Forgets a table; its files stay. False when there was none.</summary>
    ValueTask<bool> DropAsync(TableIdentifier table, CancellationToken cancellation);
}

/// <summary>Name of a table in its namespace, which may be nested. Equal by its parts.</summary>
public sealed record TableIdentifier(IReadOnlyList<string> Namespace, string Name)
{
    /// <summary>Reads <c>a/b/orders</c>.</summary>
    public static TableIdentifier OfPath(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? new TableIdentifier([], "") : new TableIdentifier(parts[..^1], parts[^1]);
    }

    /// <summary>Reads <c>raw.orders</c>; a part that holds a dot stands in double quotes.</summary>
    public static TableIdentifier Parse(string text)
    {
        IReadOnlyList<string> parts = QuotedName.Split(text, '"');
        return parts.Count > 1 && parts.All(IsSound)
            ? new TableIdentifier([.. parts.SkipLast(1)], parts[^1])
            : throw CatalogErrors.BadName.Error(parts.Count == 1 && IsSound(parts[0]) ? $"The table '{text}' has no namespace." : $"'{text}' is no name of a table.");
    }

    public bool Equals(TableIdentifier? other) => other is not null && Name == other.Name && Namespace.SequenceEqual(other.Namespace);

    public override int GetHashCode() => HashCode.Combine(Name, Namespace.Count);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Join('.', Namespace.Append(Name).Select(p => QuotedName.Plain(p, '"')));

    // Parts become parts of addresses and folders.
    private static bool IsSound(string part) => part is not ("" or "." or "..") && part.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0;
}

/// <summary>A table as a catalog gave it. Immutable; the store in it belongs to the catalog.</summary>
/// <param name="Metadata">The metadata.</param>
/// <param name="MetadataFile">Path of its file, or what else names this version of it.</param>
/// <param name="Files">The table's files.</param>
public sealed record LoadedTable(TableMetadata Metadata, string MetadataFile, TableFiles Files);

/// <summary>What a new table shall be.</summary>
public sealed record NewTable(TableSchema Schema, PartitionSpec Spec)
{
    /// <summary>The order of rows within files.</summary>
    public SortOrder Order { get; init; } = SortOrder.Unsorted;

    public int FormatVersion { get; init; } = 2;

    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
