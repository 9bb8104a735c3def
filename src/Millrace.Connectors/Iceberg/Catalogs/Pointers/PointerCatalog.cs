using System.Globalization;
using System.Text.RegularExpressions;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// A catalog that knows of a table where its metadata file lies, and no more: a commit writes the next file, which nobody sees, and lets the
/// catalog point at it if it still points at the one before (specification, "Metastore Tables").
/// </summary>
internal abstract partial class PointerCatalog(CatalogContext context) : ICatalog
{
    // As often a swap is asked for again whose answer was lost.
    private const int Attempts = 4;

    public abstract string Remote { get; }

    protected TimeProvider Time => context.Time;

    public async ValueTask<LoadedTable?> LoadAsync(TableIdentifier table, CancellationToken cancellation)
        => await FindAsync(table, cancellation).ConfigureAwait(false) is { } file ? await ReadAsync(file, cancellation).ConfigureAwait(false) : null;

    public async ValueTask<LoadedTable> CreateAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation)
    {
        if (await FindAsync(table, cancellation).ConfigureAwait(false) is not null)
        {
            throw IcebergErrors.Exists(table.ToString());
        }

        string location = await LocationOfAsync(table, cancellation).ConfigureAwait(false);
        TableMetadata metadata = MetadataBuilder.Create(location, definition, Time.GetUtcNow());
        LoadedTable made = await WriteAsync(metadata, metadata, 0, cancellation).ConfigureAwait(false);
        return await SwapAsync(table, null, made).ConfigureAwait(false) ?? throw IcebergErrors.Exists(table.ToString());
    }

    public async ValueTask<LoadedTable?> StageAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation)
    {
        TableMetadata metadata = MetadataBuilder.Create(await LocationOfAsync(table, cancellation).ConfigureAwait(false), definition, Time.GetUtcNow());
        return new LoadedTable(metadata, "", context.Stores.FilesOf(metadata.Location, NoSettings, null));
    }

    public async ValueTask<LoadedTable> CommitAsync(TableIdentifier table, LoadedTable loaded, TableChange change, CancellationToken cancellation)
    {
        TableMetadata next = NextMetadata.Of(loaded, change, table.ToString(), Time.GetUtcNow());
        int version = Version().Match(loaded.MetadataFile) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int number) ? number : loaded.Metadata.MetadataLog.Count;
        bool isNew = loaded.MetadataFile.Length == 0;
        LoadedTable written = await WriteAsync(loaded.Metadata, next, isNew ? 0 : version + 1, cancellation).ConfigureAwait(false);
        LoadedTable committed = await SwapAsync(table, isNew ? null : loaded.MetadataFile, written).ConfigureAwait(false)
            ?? throw IcebergErrors.Conflicts(table.ToString(), isNew ? "was made by another writer" : "has got another version from another writer, or is gone");
        await NextMetadata.ForgetVersionsAsync(loaded, committed).ConfigureAwait(false);
        return committed;
    }

    public abstract IAsyncEnumerable<TableIdentifier> ListAsync(CancellationToken cancellation);

    public abstract ValueTask<bool> DropAsync(TableIdentifier table, CancellationToken cancellation);

    public virtual async ValueTask DisposeAsync() => await context.Stores.DisposeAsync().ConfigureAwait(false);

    /// <summary>The metadata file that the catalog points at; null where it has no such table.</summary>
    protected abstract ValueTask<string?> FindAsync(TableIdentifier table, CancellationToken cancellation);

    /// <summary>Where a new table is to lie, without a slash at its end.</summary>
    protected abstract ValueTask<string> LocationOfAsync(TableIdentifier table, CancellationToken cancellation);

    /// <summary>
    /// Lets the catalog point at another file, in one step, if it points at the one that is expected; with it the namespace where it is
    /// missing. False when it does not: nothing is changed then. What it throws leaves open whether it did.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="from">The file that is expected; null for a table that is not there.</param>
    /// <param name="to">What it shall point at.</param>
    protected abstract ValueTask<bool> PointAsync(TableIdentifier table, string? from, LoadedTable to);

    // From here on the end has to be known, so that nothing cancels it. Null when the table is not what was expected.
    private async ValueTask<LoadedTable?> SwapAsync(TableIdentifier table, string? from, LoadedTable to)
    {
        for (int attempt = 1; ; attempt++)
        {
            Exception? failure = null;
            try
            {
                if (await PointAsync(table, from, to).ConfigureAwait(false))
                {
                    return to;
                }
            }
            catch (MillraceException e) when (e.Code != CatalogErrors.Unreachable)
            {
                // Refused, so that it is surely not done.
                await ForgetAsync(to).ConfigureAwait(false);
                throw;
            }
            catch (MillraceException e)
            {
                failure = e;
            }

            if (attempt > 1 || failure is not null)
            {
                if (await IsDoneAsync(table, to, failure).ConfigureAwait(false))
                {
                    return to;
                }

                if (failure is not null && attempt < Attempts)
                {
                    // At most one of several swaps from the same file takes effect.
                    await RetryPause.WaitAsync(attempt, null, CancellationToken.None).ConfigureAwait(false);
                    continue;
                }
            }

            if (failure is not null)
            {
                throw Unknown(table, failure);
            }

            await ForgetAsync(to).ConfigureAwait(false);
            return null;
        }
    }

    // Whether the table is, or once was, what was to be committed: another commit may have come on top of it.
    private async ValueTask<bool> IsDoneAsync(TableIdentifier table, LoadedTable to, Exception? failure)
    {
        try
        {
            string? now = await FindAsync(table, CancellationToken.None).ConfigureAwait(false);
            return now == to.MetadataFile
                || (now is not null && (await ReadAsync(now, CancellationToken.None).ConfigureAwait(false)).Metadata.MetadataLog.Any(e => e.File == to.MetadataFile));
        }
        catch (MillraceException e)
        {
            throw Unknown(table, failure ?? e);
        }
    }

    private MillraceException Unknown(TableIdentifier table, Exception failure)
        => new(IcebergErrors.CommitUnknown, $"The catalog failed while it committed to the table '{table}': {failure.Message}", ErrorPlace.InFile(table.ToString()), null, failure) { Remote = Remote };

    private async ValueTask<LoadedTable> ReadAsync(string file, CancellationToken cancellation)
    {
        // The file lies in the table's folder, or else anywhere in the same store.
        int folder = file.LastIndexOf("/metadata/", StringComparison.Ordinal);
        TableFiles at = context.Stores.FilesOf(folder > 0 ? file[..folder] : file[..Math.Max(0, file.LastIndexOf('/'))], NoSettings, null);
        string name = at.NameOf(file);
        TableMetadata metadata = MetadataFile.Decode(await at.ReadAllAsync(name, MetadataFile.MaxBytes, cancellation).ConfigureAwait(false), at.Store.Describe(name));
        return new LoadedTable(metadata, file, context.Stores.FilesOf(metadata.Location, NoSettings, null));
    }

    private async ValueTask<LoadedTable> WriteAsync(TableMetadata before, TableMetadata next, int version, CancellationToken cancellation)
    {
        TableFiles files = context.Stores.FilesOf(next.Location, NoSettings, null);
        bool compress = NextMetadata.IsCompressed(before);
        string file = files.PathOf(string.Create(CultureInfo.InvariantCulture, $"metadata/{version:D5}-{Guid.NewGuid()}{(compress ? ".gz" : "")}.metadata.json"));
        await files.Store.PutAsync(files.NameOf(file), MetadataFile.Encode(next, compress), PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
        return new LoadedTable(next, file, files);
    }

    // A file that nobody points at does no harm.
    private static async ValueTask ForgetAsync(LoadedTable written)
    {
        try
        {
            await written.Files.Store.DeleteAsync(written.Files.NameOf(written.MetadataFile), CancellationToken.None).ConfigureAwait(false);
        }
        catch (MillraceException)
        {
        }
    }

    private static readonly Dictionary<string, string> NoSettings = [];

    [GeneratedRegex(@"/v?(\d{1,9})(?:-[^/]*)?(?:\.gz)?\.metadata\.json(?:\.gz)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
