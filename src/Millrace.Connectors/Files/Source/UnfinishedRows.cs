using Millrace.Formats;
using Millrace.Formats.Text;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>
/// Leaves out of a file the last row that somebody is still writing: read now, its rest would come too late. One look at the
/// files uses it.
/// </summary>
internal sealed class UnfinishedRows(FilesSourceOptions options, FileOpener opener, TimeProvider time, Action<string> note)
{
    private const int TailSize = 64 << 10;

    /// <summary>Whether something is held back that time alone settles.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>What is left to read of a file that is unchanged since it was read; null for nothing.</summary>
    public FileWork? Reconsider(FileEntry file, FileMark mark)
    {
        if (!mark.HoldsLines || IsSettled(file))
        {
            return mark.HoldsLines ? new FileWork(file, Start: mark.Size) : null;
        }

        IsWaiting = true;
        return null;
    }

    public async ValueTask<FileWork?> HoldBackAsync(FileWork work, CancellationToken cancellation)
    {
        FileEntry file = work.File;
        if (options.UnfinishedLine == UnfinishedLines.Read || file.Size == work.Start)
        {
            return work;
        }

        OpenFile open = await opener.OpenAsync(file, cancellation).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            bool isSettled = IsSettled(file);
            if (await EndsRowAsync(open, work.Start, isSettled, cancellation).ConfigureAwait(false)
                || await open.FindCompleteEndAsync(work.Start, cancellation).ConfigureAwait(false) is not { } end
                || end == file.Size)
            {
                return work;
            }

            // Line ends behind the last row stand within quotes. Nobody closes those of a file that nobody writes.
            long lines = await LineFeeds.FindLastAsync(open.Source, end, cancellation).ConfigureAwait(false);
            bool holdsLines = lines > end && !isSettled;
            if (holdsLines)
            {
                IsWaiting = true;
                note($"{file.Key} ends within a quoted value; the row is left until its end has come, or the file has not changed for {Duration.Format(options.SettleTime)}");
            }
            else
            {
                end = lines;
                note($"the last line of {file.Key} has no line break yet and is left for a later run; `unfinished_line: read` reads it now");
            }

            return end == work.Start ? null : work with { File = file.Head(end), Held = file.Size - end, HoldsLines = holdsLines };
        }
    }

    private bool IsSettled(FileEntry file) => time.GetUtcNow() - file.Info.Modified >= options.SettleTime;

    // Whether that is plain without finding out the dialect of the file, which costs more than reading a small one.
    private static async ValueTask<bool> EndsRowAsync(OpenFile open, long start, bool isSettled, CancellationToken cancellation)
    {
        long size = open.Source.Length;
        bool wantsAll = !isSettled && open.Format.Capabilities.MultilineRows && size - start <= TailSize;
        var tail = new byte[wantsAll ? (int)(size - start) : 1];
        int read = await open.Source.ReadFullyAsync(size - tail.Length, tail, cancellation).ConfigureAwait(false);
        return read == tail.Length && tail[^1] == '\n'
            && (isSettled || !open.Format.Capabilities.MultilineRows || (wantsAll && !open.Format.MayHoldLineEnds(tail, open.Options)));
    }
}
