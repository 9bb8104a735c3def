using System.Globalization;
using Millrace.Sql.Streaming;
using Millrace.Storage;

namespace Millrace.Runtime.Streaming;

/// <summary>A file of saved state.</summary>
/// <param name="Epoch">The epoch that it belongs to.</param>
/// <param name="Token">Fencing token of the run that wrote it.</param>
internal readonly record struct StateFileId(long Epoch, long Token)
{
    /// <summary>As the notes of a checkpoint have it: <c>12-1700000000000</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Token}");

    public static StateFileId? TryParse(string text)
    {
        string[] parts = text.Split('-');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long epoch) && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long token)
            ? new StateFileId(epoch, token)
            : null;
    }
}

/// <summary>
/// What the stages of a job's query keep, as files of its state folder. A checkpoint names the files that make up its state: a
/// full one and those with the changes since. They are durable before the checkpoint is committed.
/// </summary>
internal sealed class OperatorStates(IObjectStore store, JobId job)
{
    /// <summary>Most files of changes behind a full one.</summary>
    public const int MaxChanges = 16;

    private const string Ending = ".state";

    // The longest path there is, and more.
    private const int MostTargetBytes = 64 << 10;

    private readonly string _folder = $"{StoreName.Escape(job.Tenant)}/{StoreName.Escape(job.Job)}/operators/";

    /// <summary>
    /// Takes the folder for a target, for good: another job of the same name would remove files that this one needs.
    /// </summary>
    public async ValueTask ClaimAsync(string target, CancellationToken cancellation)
    {
        string name = _folder + "target";
        byte[] text = System.Text.Encoding.UTF8.GetBytes(target);
        try
        {
            await store.PutAsync(name, text, PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
            return;
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
        {
            // It is whose it says.
        }

        IObjectReader reader = await store.OpenAsync(name, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            byte[] found = new byte[Math.Min(reader.Info.Size, MostTargetBytes)];
            int read = await reader.ReadAsync(0, found, cancellation).ConfigureAwait(false);
            if (!found.AsSpan(0, read).SequenceEqual(text))
            {
                throw StreamingErrors.OtherTarget.Error(
                    $"The state of a job '{job.Job}' that writes to {System.Text.Encoding.UTF8.GetString(found, 0, read)} is kept there, and this one writes to {target}.",
                    ErrorPlace.InFile(store.Describe(_folder.TrimEnd('/'))));
            }
        }
    }

    /// <summary>Writes state, durably.</summary>
    /// <returns>Bytes of the file.</returns>
    public async ValueTask<long> SaveAsync(StateFileId id, StateManifest manifest, Action<IStateSink> export, CancellationToken cancellation)
    {
        IStagedObject staged = await store.StageAsync(NameOf(id), cancellation).ConfigureAwait(false);
        await using (staged.ConfigureAwait(false))
        {
            // Stages hand over their state without waiting for anything, so that is done by a thread that may wait for the writing.
            using var pieces = new PieceHandover();
            Task made = Task.Factory.StartNew(
                () =>
                {
                    try
                    {
                        using var writer = new StateImageWriter(manifest, pieces.Give);
                        export(writer);
                        writer.Complete();
                    }
                    finally
                    {
                        pieces.End();
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            try
            {
                await pieces.WriteAsync(piece => staged.WriteAsync(piece, cancellation)).ConfigureAwait(false);
            }
            finally
            {
                await made.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await made.ConfigureAwait(false);
            return (await staged.PublishAsync(PutCondition.Any, cancellation).ConfigureAwait(false)).Size;
        }
    }

    /// <summary>Opens a file of state; the caller disposes it.</summary>
    public async ValueTask<StateImageReader> OpenAsync(StateFileId id, CancellationToken cancellation)
    {
        string name = NameOf(id);
        IObjectReader reader;
        try
        {
            reader = await store.OpenAsync(name, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
        {
            throw StreamingErrors.StateMissing.Error($"The state of epoch {id.Epoch} is not there.", ErrorPlace.InFile(store.Describe(name)), inner: e);
        }

        return await StateImageReader.OpenAsync(new ObjectStream(reader), reader.Info.Size, store.Describe(name), cancellation).ConfigureAwait(false);
    }

    /// <summary>Size of a file; null if there is none.</summary>
    public async ValueTask<long?> SizeAsync(StateFileId id, CancellationToken cancellation) => (await store.FindAsync(NameOf(id), cancellation).ConfigureAwait(false))?.Size;

    /// <summary>What files hold, for people.</summary>
    public async ValueTask<QueryState> DescribeAsync(IReadOnlyList<StateFileId> chain, CancellationToken cancellation)
    {
        var files = new List<StateFile>();
        var parts = new SortedDictionary<string, (long Rows, long Bytes)>(StringComparer.Ordinal);
        MillraceException? damage = null;
        foreach (StateFileId id in chain)
        {
            files.Add(new StateFile(store.Describe(NameOf(id)), await SizeAsync(id, cancellation).ConfigureAwait(false)));
            try
            {
                StateImageReader reader = await OpenAsync(id, cancellation).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } record)
                    {
                        using (record.Rows)
                        {
                            (long rows, long bytes) = parts.GetValueOrDefault(record.Stage);
                            parts[record.Stage] = (rows + record.Rows.Length, bytes + record.Rows.ByteSize);
                        }
                    }
                }
            }
            catch (MillraceException e)
            {
                damage ??= e;
            }
        }

        return new QueryState(files, [.. parts.Select(p => new StatePart(p.Key, p.Value.Rows, p.Value.Bytes))], damage);
    }

    /// <summary>Removes the files that nobody needs any more.</summary>
    /// <param name="last">The newest file of what was committed last; newer ones may be of a run that has just taken over.</param>
    /// <param name="needed">The files that stay.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask RemoveOldAsync(StateFileId last, IReadOnlySet<StateFileId> needed, CancellationToken cancellation)
    {
        var old = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(_folder, null, cancellation).ConfigureAwait(false))
        {
            if (IdOf(info.Name) is { } id && !needed.Contains(id) && (id.Epoch < last.Epoch || (id.Epoch == last.Epoch && id.Token < last.Token)))
            {
                old.Add(info.Name);
            }
        }

        if (old.Count > 0)
        {
            await store.DeleteAllAsync(old, cancellation).ConfigureAwait(false);
        }
    }

    private string NameOf(StateFileId id) => string.Create(CultureInfo.InvariantCulture, $"{_folder}{id.Epoch:D12}-{id.Token}{Ending}");

    private StateFileId? IdOf(string name)
        => name.EndsWith(Ending, StringComparison.Ordinal) ? StateFileId.TryParse(name[_folder.Length..^Ending.Length]) : null;
}
