using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Tables in folders of a store, without any server (specification, "File System Tables"): versions of the metadata have numbers, and the
/// next one is written only if it is not there, which the store tests and does in one step.
/// </summary>
/// <param name="store">The store. Stays the caller's.</param>
/// <param name="root">Location of the store, without a slash at the end: the start of the paths in metadata.</param>
/// <param name="time">Clock.</param>
public sealed partial class StoreCatalog(IObjectStore store, string root, TimeProvider time) : ICatalog
{
    private const string Hint = "metadata/version-hint.text";
    private const int MaxHint = 64;

    // Without a hint the versions are listed, which takes longer and finds the same.
    private const int HintReads = 8;

    public async ValueTask<LoadedTable?> LoadAsync(TableIdentifier table, CancellationToken cancellation)
    {
        string folder = FolderOf(table);
        MetadataVersion? newest = await NewestAsync(folder, cancellation).ConfigureAwait(false);
        return newest is null ? null : await ReadAsync(folder, newest.Name, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<LoadedTable> CreateAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation)
    {
        string folder = FolderOf(table);
        if (await NewestAsync(folder, cancellation).ConfigureAwait(false) is not null)
        {
            throw IcebergErrors.Exists(store.Describe(folder));
        }

        TableMetadata metadata = MetadataBuilder.Create(LocationOf(folder), definition, time.GetUtcNow());
        try
        {
            return await PutAsync(folder, 1, metadata, metadata, null, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == IcebergErrors.Conflict)
        {
            throw IcebergErrors.Exists(store.Describe(folder));
        }
    }

    public ValueTask<LoadedTable?> StageAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation)
    {
        string folder = FolderOf(table);
        TableMetadata metadata = MetadataBuilder.Create(LocationOf(folder), definition, time.GetUtcNow());
        return ValueTask.FromResult<LoadedTable?>(new LoadedTable(metadata, "", new TableFiles(store, folder, metadata.Location)));
    }

    public async ValueTask<LoadedTable> CommitAsync(TableIdentifier table, LoadedTable loaded, TableChange change, CancellationToken cancellation)
    {
        string folder = FolderOf(table);
        if (change.Requirements.Any(r => r is MetadataRequirement.MustNotExist))
        {
            return await CommitFirstAsync(folder, loaded, change, cancellation).ConfigureAwait(false);
        }

        string file = loaded.Files.NameOf(loaded.MetadataFile);
        RequireWritable(loaded);

        int version = int.Parse(Versioned().Match(file).Groups[1].ValueSpan, CultureInfo.InvariantCulture) + 1;
        TableMetadata next = NextMetadata.Of(loaded, change, store.Describe(folder), time.GetUtcNow());
        LoadedTable committed = await PutAsync(folder, version, loaded.Metadata, next, file, cancellation).ConfigureAwait(false);
        await NextMetadata.ForgetVersionsAsync(loaded, committed).ConfigureAwait(false);
        return committed;
    }

    public void RequireWritable(LoadedTable loaded)
    {
        string file = loaded.Files.NameOf(loaded.MetadataFile);
        if (!Versioned().IsMatch(file))
        {
            throw IcebergErrors.ForeignCatalog.Error(
                $"The metadata file '{store.Describe(file)}' was named by a catalog, and only that one may name the next.", ErrorPlace.InFile(store.Describe(loaded.Files.Folder)));
        }
    }

    public async IAsyncEnumerable<TableIdentifier> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ObjectInfo info in store.ListAsync("", static folder => !folder.EndsWith("/data/", StringComparison.Ordinal), cancellation).ConfigureAwait(false))
        {
            if (info.Name.EndsWith("/" + Hint, StringComparison.Ordinal))
            {
                yield return TableIdentifier.OfPath(info.Name[..^(Hint.Length + 1)]);
            }
        }
    }

    public async ValueTask<bool> DropAsync(TableIdentifier table, CancellationToken cancellation)
    {
        string folder = FolderOf(table);
        var names = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(Under(folder, "metadata/"), null, cancellation).ConfigureAwait(false))
        {
            if (info.Name.EndsWith(Hint, StringComparison.Ordinal) || AnyMetadata().IsMatch(info.Name))
            {
                names.Add(info.Name);
            }
        }

        await store.DeleteAllAsync(names, cancellation).ConfigureAwait(false);
        return names.Count > 0;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The first version of a staged table, with all that its first commit adds.
    private async ValueTask<LoadedTable> CommitFirstAsync(string folder, LoadedTable staged, TableChange change, CancellationToken cancellation)
    {
        if (await NewestAsync(folder, cancellation).ConfigureAwait(false) is not null)
        {
            throw IcebergErrors.Conflicts(store.Describe(folder), "was made by another writer");
        }

        TableMetadata first = MetadataBuilder.Apply(staged.Metadata, null, change.Updates, time.GetUtcNow());
        return await PutAsync(folder, 1, staged.Metadata, first, null, cancellation).ConfigureAwait(false);
    }

    private string LocationOf(string folder) => folder.Length == 0 ? root : $"{root}/{folder}";

    private static string FolderOf(TableIdentifier table) => string.Join('/', table.Namespace.Append(table.Name).Where(p => p.Length > 0));

    private static string Under(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    // The hint may be behind, since it is written after the version; so the numbers after it are tried.
    private async ValueTask<MetadataVersion?> NewestAsync(string folder, CancellationToken cancellation)
    {
        int? hint = await HintAsync(folder, cancellation).ConfigureAwait(false);
        if (hint is { } told)
        {
            MetadataVersion? found = null;
            for (int version = told; await FindAsync(folder, version, cancellation).ConfigureAwait(false) is { } next; version++)
            {
                found = next;
            }

            if (found is not null)
            {
                return found;
            }
        }

        // No hint, or one that leads nowhere.
        MetadataVersion? newest = null;
        await foreach (ObjectInfo info in store.ListAsync(Under(folder, "metadata/"), null, cancellation).ConfigureAwait(false))
        {
            if (AnyMetadata().Match(info.Name) is { Success: true } match
                && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && (newest is null || number >= newest.Number))
            {
                newest = new MetadataVersion(number, info.Name);
            }
        }

        if (newest is null && hint is { } lost)
        {
            // Taken for a folder without a table, it would get a new one in place of what is there.
            throw IcebergErrors.BadMetadata.Error(
                $"The version hint says {lost}, and no metadata file is to be seen.", ErrorPlace.InFile(store.Describe(folder)), "Try again if the store lists files late; otherwise restore the metadata files, or remove the table's folder.");
        }

        return newest;
    }

    private async ValueTask<MetadataVersion?> FindAsync(string folder, int version, CancellationToken cancellation)
    {
        string prefix = Under(folder, string.Create(CultureInfo.InvariantCulture, $"metadata/v{version}."));
        await foreach (ObjectInfo info in store.ListAsync(prefix, null, cancellation).ConfigureAwait(false))
        {
            if (Versioned().IsMatch(info.Name))
            {
                return new MetadataVersion(version, info.Name);
            }
        }

        return null;
    }

    // Every commit replaces the hint, so it may change between being found and being read: then a later one is there.
    private async ValueTask<int?> HintAsync(string folder, CancellationToken cancellation)
    {
        string name = Under(folder, Hint);
        for (int attempt = 0; attempt < HintReads && await store.FindAsync(name, cancellation).ConfigureAwait(false) is not null; attempt++)
        {
            try
            {
                byte[] text = await new TableFiles(store, folder, root).ReadAllAsync(name, MaxHint, cancellation).ConfigureAwait(false);
                return int.TryParse(Encoding.UTF8.GetString(text).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : null;
            }
            catch (MillraceException e) when (e.Code == StorageErrors.Changed || e.Code == StorageErrors.NotFound)
            {
            }
        }

        return null;
    }

    private async ValueTask<LoadedTable> ReadAsync(string folder, string name, CancellationToken cancellation)
    {
        byte[] content = await new TableFiles(store, folder, root).ReadAllAsync(name, MetadataFile.MaxBytes, cancellation).ConfigureAwait(false);
        TableMetadata metadata = MetadataFile.Decode(content, store.Describe(name));
        return Loaded(folder, name, metadata);
    }

    private LoadedTable Loaded(string folder, string name, TableMetadata metadata)
    {
        var files = new TableFiles(store, folder, metadata.Location);
        return new LoadedTable(metadata, files.PathOf(folder.Length == 0 ? name : name[(folder.Length + 1)..]), files);
    }

    private async ValueTask<LoadedTable> PutAsync(string folder, int version, TableMetadata before, TableMetadata next, string? basedOn, CancellationToken cancellation)
    {
        // All who write this version go by the one before, so that they agree on the name and only one can have it.
        bool compress = NextMetadata.IsCompressed(before);
        string name = Under(folder, string.Create(CultureInfo.InvariantCulture, $"metadata/v{version}{(compress ? ".gz" : "")}.metadata.json"));
        byte[] content = MetadataFile.Encode(next, compress);
        try
        {
            await store.PutAsync(name, content, PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
        {
            // The answer to an earlier try of the store's own may have been lost.
            if (!await IsOursAsync(folder, name, content).ConfigureAwait(false))
            {
                throw IcebergErrors.Conflicts(store.Describe(folder), string.Create(CultureInfo.InvariantCulture, $"has got its version {version} from another writer"), e);
            }
        }
        catch (Exception e)
        {
            await SettleAsync(folder, name, content, e).ConfigureAwait(false);
        }

        await RequireBaseAsync(folder, name, basedOn).ConfigureAwait(false);
        await WriteHintAsync(folder, version).ConfigureAwait(false);
        return Loaded(folder, name, next);
    }

    // A failure while the version was written: what is there now tells how it ended.
    private async ValueTask SettleAsync(string folder, string name, byte[] content, Exception failure)
    {
        bool isOurs;
        try
        {
            if (await store.FindAsync(name, CancellationToken.None).ConfigureAwait(false) is null)
            {
                if (failure is OperationCanceledException)
                {
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
                }

                throw IcebergErrors.CommitUnknown.Error("The store failed while the commit was written, and does not show it.", ErrorPlace.InFile(store.Describe(name)), inner: failure);
            }

            isOurs = await IsOursAsync(folder, name, content).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code != IcebergErrors.CommitUnknown)
        {
            throw IcebergErrors.CommitUnknown.Error("The store failed while the commit was written.", ErrorPlace.InFile(store.Describe(name)), inner: failure);
        }

        if (!isOurs)
        {
            throw IcebergErrors.Conflicts(store.Describe(folder), "has got this version from another writer", failure);
        }
    }

    // Old versions are removed in the order of their numbers. So as long as the version before is there, this number was never taken; when
    // it is gone, a writer that was held up for long may have taken a number whose file was removed. Nobody sees such a version, since
    // the hint and the versions after it are further on.
    private async ValueTask RequireBaseAsync(string folder, string name, string? basedOn)
    {
        try
        {
            if (basedOn is null || await store.FindAsync(basedOn, CancellationToken.None).ConfigureAwait(false) is not null)
            {
                return;
            }

            await store.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            throw IcebergErrors.CommitUnknown.Error("The store failed after the commit was written, so it is not known whether it is the first of its number.", ErrorPlace.InFile(store.Describe(name)), inner: e);
        }

        throw IcebergErrors.Conflicts(store.Describe(folder), "has got so many versions that the one before this commit is removed");
    }

    private async ValueTask<bool> IsOursAsync(string folder, string name, byte[] content)
    {
        byte[] there = await new TableFiles(store, folder, root).ReadAllAsync(name, MetadataFile.MaxBytes, CancellationToken.None).ConfigureAwait(false);
        return there.AsSpan().SequenceEqual(content);
    }

    // Only saves the readers some tries; the commit is made, and must not fail any more.
    private async ValueTask WriteHintAsync(string folder, int version)
    {
        try
        {
            byte[] text = Encoding.UTF8.GetBytes(version.ToString(CultureInfo.InvariantCulture));
            await store.PutAsync(Under(folder, Hint), text, PutCondition.AnyFleeting, CancellationToken.None).ConfigureAwait(false);
        }
        catch (MillraceException)
        {
        }
    }

    /// <summary>A metadata file.</summary>
    private sealed record MetadataVersion(int Number, string Name);

    [GeneratedRegex(@"(?:^|/)metadata/v(\d{1,9})(?:\.gz)?\.metadata\.json(?:\.gz)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Versioned();

    [GeneratedRegex(@"(?:^|/)metadata/v?(\d{1,9})(?:-[^/]*)?(?:\.gz)?\.metadata\.json(?:\.gz)?$", RegexOptions.CultureInvariant)]
    private static partial Regex AnyMetadata();
}
