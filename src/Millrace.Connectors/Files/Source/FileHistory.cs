using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>
/// Decides what is left to read of each file since the last commit: nothing of those that are finished and the same, the
/// rest of those half read, and of text files that only grew what was added.
/// </summary>
internal sealed class FileHistory(FilesSourceOptions options, FileOpener opener, ReadRequest request, Action<string> note)
{
    public async ValueTask<List<FileWork>> SelectAsync(IReadOnlyList<FileEntry> files, CancellationToken cancellation)
    {
        var work = new List<FileWork>();
        foreach (FileEntry file in files)
        {
            SplitProgress? progress = null;
            request.Since?.Splits.TryGetValue(file.Key, out progress);
            FileWork? left = progress is null ? new FileWork(file) : await CompareAsync(file, progress, cancellation).ConfigureAwait(false);
            if (left is null)
            {
                continue;
            }

            // Later runs compare with it; a full read has no later run that does.
            string? fingerprint = request.Mode == ReadMode.Incremental
                ? await FileFingerprint.TakeAsync(file, file.Size, options.Fingerprint, cancellation).ConfigureAwait(false)
                : null;
            work.Add(left with { Fingerprint = fingerprint });
        }

        return work;
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
            return progress.Done ? null : new FileWork(file, Start: mark.Start, Resumed: mark);
        }

        if (file.Size > mark.Size && await OnlyGrewAsync(file, mark, cancellation).ConfigureAwait(false))
        {
            return progress.Done ? new FileWork(file, Start: mark.Size) : new FileWork(file, Start: mark.Start, Resumed: mark);
        }

        switch (options.OnChanged)
        {
            case ChangedFiles.Error:
                throw FilesErrors.Changed(file.Key);
            case ChangedFiles.Ignore:
                note($"{file.Key} changed after it was read; it is left as it was");
                return null;
            default:
                note($"{file.Key} changed after it was read; it is read again");
                return new FileWork(file);
        }
    }

    private static async ValueTask<bool> HoldsAsync(FileEntry file, FileMark mark, CancellationToken cancellation)
        => mark.Fingerprint is { } fingerprint && await FileFingerprint.MatchesAsync(file, mark.Size, fingerprint, cancellation).ConfigureAwait(false);

    private async ValueTask<bool> OnlyGrewAsync(FileEntry file, FileMark mark, CancellationToken cancellation)
    {
        if (!await HoldsAsync(file, mark, cancellation).ConfigureAwait(false)
            || !await FileFingerprint.EndsLineAsync(file, mark.Size, cancellation).ConfigureAwait(false))
        {
            return false;
        }

        OpenFile open = await opener.OpenAsync(file, cancellation).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            return await open.IsAppendableAsync(cancellation).ConfigureAwait(false);
        }
    }
}
