using System.Globalization;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>The commits of one job in a dataset, for those who look at its progress or set it.</summary>
/// <param name="store">The dataset, borrowed.</param>
/// <param name="job">The job's folder.</param>
/// <param name="path">What the user calls the dataset.</param>
/// <param name="hold">Takes the dataset's lock; whether the caller gives it back is told with it.</param>
internal sealed class DatasetCommits(IObjectStore store, string job, string path, Func<CancellationToken, ValueTask<(OutputHold Hold, bool IsNew)>> hold) : ICheckpointLog
{
    private readonly CommitLog _log = new(store, job);

    public bool TakesBackRows => true;

    public async ValueTask<IReadOnlyList<CommittedEpoch>> ListAsync(CancellationToken cancellation)
    {
        var epochs = new List<CommittedEpoch>();
        foreach (CommitRecord record in Standing(await _log.ReadAllAsync(whole: true, cancellation).ConfigureAwait(false)))
        {
            epochs.Add(new CommittedEpoch(
                record.Checkpoint!, record.Run, record.Files.Sum(f => f.Rows), record.Files.Sum(f => f.Bytes), [.. record.Files.Select(f => store.Describe(f.Name))]));
        }

        return epochs;
    }

    public async ValueTask<IReadOnlyList<IReadOnlyDictionary<string, string>>> NotesAsync(CancellationToken cancellation)
        => [.. Standing(await _log.ReadAllAsync(whole: false, cancellation).ConfigureAwait(false)).Select(r => r.Checkpoint!.Notes)];

    public async ValueTask AmendAsync(Checkpoint next, long keepThrough, CancellationToken cancellation)
    {
        (OutputHold held, bool isNew) = await hold(cancellation).ConfigureAwait(false);
        try
        {
            bool isNewBeginning = keepThrough == long.MaxValue && next.Splits.Count == 0 && await BeginAnewIfDamagedAsync(next, cancellation).ConfigureAwait(false);
            var recovery = new DatasetRecovery(store, job, held);
            await recovery.RecoverAsync(cancellation).ConfigureAwait(false);
            if (isNewBeginning)
            {
                return;
            }

            CommitRecord? last = await _log.ReadLastAsync(cancellation).ConfigureAwait(false);
            if (last?.Checkpoint is { } current && next.Epoch <= current.Epoch)
            {
                throw FilesErrors.MovedOn.Error($"Epoch {current.Epoch} of '{next.Job}' is committed already.", ErrorPlace.InFile(path));
            }

            var record = new CommitRecord
            {
                Sequence = (last?.Sequence ?? 0) + 1,
                Kind = RecordKind.Rewind,
                Run = RunOf(next),
                Begins = last?.Begins ?? new LogStart(1, 0),
                Checkpoint = next with { FencingToken = Math.Max(next.FencingToken, (last?.Checkpoint?.FencingToken ?? 0) + 1) },
                Schema = last?.Schema,
                KeepThrough = keepThrough,
                Removes = await FilesBehindAsync(keepThrough, last, cancellation).ConfigureAwait(false),
            };
            await recovery.FinishAsync(job, await _log.AppendAsync(record, last, cancellation).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            if (isNew)
            {
                await held.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The commits whose checkpoints and rows are still those of the dataset: without fences, and without what was taken back.</summary>
    private static IEnumerable<CommitRecord> Standing(IReadOnlyList<CommitRecord> records)
    {
        var standing = new List<CommitRecord>();
        foreach (CommitRecord record in records)
        {
            if (record.Kind == RecordKind.Rewind)
            {
                standing.RemoveAll(r => r.Checkpoint!.Epoch > record.KeepThrough);
            }

            if (record.Kind is RecordKind.Commit or RecordKind.Rewind && record.Checkpoint is not null)
            {
                standing.Add(record);
            }
        }

        return standing;
    }

    private async ValueTask<IReadOnlyList<string>> FilesBehindAsync(long keepThrough, CommitRecord? last, CancellationToken cancellation)
    {
        switch (keepThrough)
        {
            case long.MaxValue:
                return [];
            case 0:
                return await _log.FilesBeforeAsync(long.MaxValue, cancellation).ConfigureAwait(false);
        }

        if (last is not null && keepThrough < last.Begins.Epoch)
        {
            throw FilesErrors.CannotGoBack.Error(
                string.Create(CultureInfo.InvariantCulture, $"Epoch {last.Begins.Epoch} of '{path}' replaced what the ones before it had written, so the rows of epoch {keepThrough} are gone."),
                ErrorPlace.InFile(path));
        }

        CommitRecord[] standing = [.. Standing(await _log.ReadAllAsync(whole: false, cancellation).ConfigureAwait(false))];
        return standing.Any(r => r.Checkpoint!.Epoch == keepThrough)
            ? [.. standing.Where(r => r.Checkpoint!.Epoch > keepThrough).SelectMany(r => r.Files).Select(f => f.Name)]
            : throw FilesErrors.CannotGoBack.Error(
                string.Create(CultureInfo.InvariantCulture, $"Epoch {keepThrough} is not among those of '{path}' that are still known{Known(standing)}."), ErrorPlace.InFile(path));
    }

    private static string Known(CommitRecord[] standing)
        => standing.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $": {standing[0].Checkpoint!.Epoch} to {standing[^1].Checkpoint!.Epoch}, without those that were taken back");

    // A job whose log cannot be read any more can still begin anew: what is damaged lies before the part that counts.
    private async ValueTask<bool> BeginAnewIfDamagedAsync(Checkpoint next, CancellationToken cancellation)
    {
        try
        {
            await _log.ReadAllAsync(whole: true, cancellation).ConfigureAwait(false);
            return false;
        }
        catch (MillraceException e) when (CommitLog.IsDamage(e))
        {
            // Nobody can read how far the epochs had come. There is a record for each, so none has a greater number than these.
            long sequence = await _log.NewestAsync(cancellation).ConfigureAwait(false) + 1;
            next = next with { Epoch = Math.Max(next.Epoch, sequence) };
            var record = new CommitRecord
            {
                Sequence = sequence,
                Kind = RecordKind.Rewind,
                Run = RunOf(next),
                Begins = new LogStart(sequence, next.Epoch),
                Checkpoint = next,
            };
            await _log.SalvageAsync(sequence, cancellation).ConfigureAwait(false);
            await _log.AppendAsync(record, null, cancellation).ConfigureAwait(false);
            return true;
        }
    }

    private static string RunOf(Checkpoint next) => next.Notes.GetValueOrDefault(CheckpointNotes.Run) ?? "";
}
