using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>How a set of files is read. Large files of formats that allow it become several splits, others one each.</summary>
internal sealed class FilesPlan(
    IReadOnlyList<FileWork> work,
    FileSchema files,
    PlanColumns columns,
    HiveColumns hive,
    bool prunesAll,
    FilesSourceOptions options,
    FileOpener opener,
    ReadRequest request) : IReadPlan
{
    public Schema Schema => columns.Schema;

    public bool IsInferred => files.IsInferred;

    public Pushdown Pushdown { get; } = new() { Projection = true, Predicates = prunesAll };

    public long? Bytes => work.Sum(w => w.File.Size - w.Start);

    public long? Rows => work.All(w => w.Start == 0) ? files.Rows : null;

    public DateTimeOffset? NewestInput => work.Count == 0 ? null : work.Max(w => w.File.Info.Modified);

    public IReadOnlyCollection<string> Forgotten { get; init; } = [];

    /// <summary>Called when a file is not read to its end, though it was planned to be.</summary>
    public Action OnBrokenOff { get; init; } = static () => { };

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (FileWork file in work)
        {
            if (file.File.Size - file.Start <= request.SplitBytes && file.Resumed is null)
            {
                // Opening is left to the lanes: with many small files it is most of the work.
                yield return Uncut(file);
                continue;
            }

            await foreach (FileSplit split in CutUnlessGoneAsync(file, cancellation).ConfigureAwait(false))
            {
                yield return split;
            }
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var part = (FileSplit)split;
        if (part.IsGone)
        {
            OnBrokenOff();
            return new BrokenOffReader(FilesErrors.ChangedInRun(part.Work.File.Key));
        }

        try
        {
            return await OpenAsync(part, from, errors, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (request.Follows && FilesErrors.IsGone(e))
        {
            OnBrokenOff();
            return new BrokenOffReader(e);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<ISplitReader> OpenAsync(FileSplit part, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        OpenFile open = await opener.OpenAsync(part.Work.File, cancellation).ConfigureAwait(false);
        try
        {
            await CheckSameAsync(open, part.Work, cancellation).ConfigureAwait(false);
            FileInspection inspection = part.Inspection ?? await open.InspectAsync(cancellation).ConfigureAwait(false);
            CheckColumns(inspection.Schema, part.Work.File);
            return FileSplitReader.Open(part, open, inspection, columns, hive, request, errors, part.ResumeAt(from), OnBrokenOff);
        }
        catch
        {
            await open.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Another file under the same name, whose rows would stand for those of the file that was found.
    private static async ValueTask CheckSameAsync(OpenFile open, FileWork work, CancellationToken cancellation)
    {
        if (open.IsTouched && work.Fingerprint is { } fingerprint && !await FileFingerprint.MatchesAsync(work.File, work.File.Size, fingerprint, cancellation).ConfigureAwait(false))
        {
            throw FilesErrors.ChangedInRun(work.File.Key);
        }
    }

    private static FileSplit Uncut(FileWork file) => new()
    {
        Id = file.Start == 0 ? file.File.Key : $"{file.File.Key}@{file.Start}",
        Key = file.File.Key,
        EndPosition = file.End.ToPosition(),
        Bytes = file.File.Size - file.Start,
        Work = file,
        Range = new FileRange(file.Start, long.MaxValue, file.Start == 0 ? 0 : -1),
    };

    // What has gone or changed comes as one split, so that it is the reader that tells.
    private async IAsyncEnumerable<FileSplit> CutUnlessGoneAsync(FileWork file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IAsyncEnumerator<FileSplit> splits = CutAsync(file, cancellation).GetAsyncEnumerator(cancellation);
        await using (splits.ConfigureAwait(false))
        {
            while (true)
            {
                FileSplit? next = null;
                bool isGone = false;
                try
                {
                    next = await splits.MoveNextAsync().ConfigureAwait(false) ? splits.Current : null;
                }
                catch (MillraceException e) when (request.Follows && FilesErrors.IsGone(e))
                {
                    isGone = true;
                }

                if (next is not null)
                {
                    yield return next;
                    continue;
                }

                if (isGone)
                {
                    yield return Uncut(file) with { IsGone = true };
                }

                yield break;
            }
        }
    }

    private async IAsyncEnumerable<FileSplit> CutAsync(FileWork file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        OpenFile open = await opener.OpenAsync(file.File, cancellation).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            FileInspection inspection = await open.InspectAsync(cancellation).ConfigureAwait(false);
            FileSplit? last = null;
            IAsyncEnumerable<FileRange> ranges = open.Format.PlanAsync(open.Source, inspection, request.SplitBytes, cancellation);
            await foreach (FileRange range in RestOfRanges.AfterAsync(ranges, file, cancellation).ConfigureAwait(false))
            {
                if (last is not null)
                {
                    yield return last with { EndsKey = false, EndPosition = file.At(last.Range.End).ToPosition() };
                }

                last = new FileSplit
                {
                    Id = $"{file.File.Key}@{range.Start}",
                    Key = file.File.Key,
                    EndPosition = file.End.ToPosition(),
                    Bytes = Math.Min(range.End, file.File.Size) - range.Start,
                    Work = file,
                    Range = range,
                    Inspection = inspection,
                };
            }

            if (last is not null)
            {
                yield return last;
            }
        }
    }

    private void CheckColumns(Schema found, FileEntry file)
    {
        if (!options.UnionByName && files.Schema.Fields.FirstOrDefault(f => found.IndexOf(f.Name) < 0) is { } lacking)
        {
            throw FilesErrors.Lacks(lacking.Name, file.Key, work[0].File.Key);
        }

        // Asked for by name, the columns are what they are; otherwise no column may be dropped in silence.
        if (request.Columns is null && !files.LookedAtAll && options.UnionByName
            && found.Fields.FirstOrDefault(f => files.Schema.IndexOf(f.Name) < 0) is { } extra)
        {
            throw FilesErrors.Appeared(extra.Name, file.Key);
        }
    }
}
