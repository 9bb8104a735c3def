using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>
/// Decides what is left to read of each file since the last commit: nothing of those that are finished and the same, the
/// rest of those half read, and of text files that only grew what was added.
/// </summary>
internal sealed class FileHistory(FilesSourceOptions options, FileOpener opener, ReadRequest request, ArrivingFiles arriving, UnfinishedRows unfinished, Action<string> note)
{
    /// <summary>The last file that can be read at all, new or not; null when there is none.</summary>
    public FileEntry? LastReadable { get; private set; }

    /// <summary>Whether files were left for the next plan, since this one has as many as it may.</summary>
    public bool HasMore { get; private set; }

    /// <summary>
    /// Keys of files that are gone for so long that they are forgotten. A listing that finds nothing, as of a disk that
    /// is not mounted, forgets nothing.
    /// </summary>
    public List<string> Forgotten(IReadOnlyList<FileEntry> found, DateTimeOffset now)
    {
        var forgotten = new List<string>();
        if (options.ForgetAfter is not { } age || request.Since is not { } since || request.Stream is not null || found.Count == 0)
        {
            return forgotten;
        }

        HashSet<string> keys = [.. found.Select(f => f.Key)];
        foreach ((string key, SplitProgress progress) in since.Splits)
        {
            if (!keys.Contains(key) && FileMark.From(progress.Position) is { } mark && now - mark.Modified >= age)
            {
                forgotten.Add(key);
            }
        }

        return forgotten;
    }

    public async ValueTask<List<FileWork>> SelectAsync(IReadOnlyList<FileEntry> files, CancellationToken cancellation)
    {
        var work = new List<FileWork>();
        arriving.Keep(files);
        foreach (FileEntry file in files)
        {
            if (request.Follows && work.Count == options.MaxFiles)
            {
                HasMore = true;
                break;
            }

            try
            {
                if (await SelectAsync(file, cancellation).ConfigureAwait(false) is { } left)
                {
                    work.Add(left);
                }
            }
            catch (MillraceException e) when (request.Follows && FilesErrors.IsGone(e))
            {
                // Gone between the listing and this look, or changed again: as if it had not been listed.
            }
        }

        return work;
    }

    private async ValueTask<FileWork?> SelectAsync(FileEntry file, CancellationToken cancellation)
    {
        SplitProgress? progress = null;
        request.Since?.Splits.TryGetValue(file.Key, out progress);
        if (progress is null && request.Follows && !await arriving.HasArrivedAsync(file, opener, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        FileWork? left = progress is null ? new FileWork(file) : await CompareAsync(file, progress, cancellation).ConfigureAwait(false);

        // Later runs compare with what is kept here; a full read has no later run that does.
        if (left is not null && request.Mode == ReadMode.Incremental)
        {
            left = await unfinished.HoldBackAsync(left, cancellation).ConfigureAwait(false);
            left = left is null ? null : left with { Fingerprint = await FileFingerprint.TakeAsync(left.File, left.File.Size, options.Fingerprint, cancellation).ConfigureAwait(false) };
        }

        LastReadable = file;
        return left;
    }

    private async ValueTask<FileWork?> CompareAsync(FileEntry file, SplitProgress progress, CancellationToken cancellation)
    {
        if (FileMark.From(progress.Position) is not { } mark)
        {
            return progress.Done ? null : new FileWork(file);
        }

        bool same = mark.IsOf(file) || (mark.Size == file.Size && await HoldsAsync(file, mark, cancellation).ConfigureAwait(false));
        if (same)
        {
            return progress.Done ? unfinished.Reconsider(file, mark) : new FileWork(file, Start: mark.Start, Resumed: mark);
        }

        string change = file.Size < mark.Size ? $"it has {file.Size} bytes, of {mark.Size} that were read"
            : mark.Fingerprint is null ? "its size or time is another, and no fingerprint was kept"
            : $"its first {mark.Size} bytes are others";
        if (file.Size > mark.Size && await HoldsAsync(file, mark, cancellation).ConfigureAwait(false))
        {
            if (!await GrowsByRowsAsync(file, cancellation).ConfigureAwait(false))
            {
                change = "it grew, and in its format the end cannot be read by itself";
            }
            else if (await LineEnds.FindNextRowAsync(file, mark.Size, cancellation).ConfigureAwait(false) is { } next)
            {
                return progress.Done ? new FileWork(file, Start: next) : new FileWork(file, Start: mark.Start, Resumed: mark);
            }
            else
            {
                change = "its last line was read before it was complete";
            }
        }

        switch (options.OnChanged)
        {
            case ChangedFiles.Error:
                throw FilesErrors.Changed(file.Key, change);
            case ChangedFiles.Ignore:
                note($"{file.Key} changed after it was read; it is left as it was");
                return null;
            default:
                note($"{file.Key} changed after it was read; it is read again from its beginning");
                return new FileWork(file);
        }
    }

    private static async ValueTask<bool> HoldsAsync(FileEntry file, FileMark mark, CancellationToken cancellation)
        => mark.Fingerprint is { } fingerprint && await FileFingerprint.MatchesAsync(file, mark.Size, fingerprint, cancellation).ConfigureAwait(false);

    private async ValueTask<bool> GrowsByRowsAsync(FileEntry file, CancellationToken cancellation)
    {
        OpenFile open = await opener.OpenAsync(file, cancellation).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            return await open.FindCompleteEndAsync(file.Size, cancellation).ConfigureAwait(false) is not null;
        }
    }
}
