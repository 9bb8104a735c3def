using Millrace.Formats;

namespace Millrace.Connectors.Files;

/// <summary>
/// What was found out about the files that were looked into last. A query looks into a file up to three times: for its columns, for the plan
/// of what it needs of them, and to read it; a sample of a megabyte costs more than reading a few columns of ten. Few are kept, since the
/// footer of a file can be large. Thread-safe.
/// </summary>
internal sealed class RecentInspections
{
    private const int Most = 8;

    private readonly Lock _lock = new();
    private readonly LinkedList<(FileEntry File, FormatOptions Options, FileInspection Found)> _recent = [];

    /// <summary>What is known of an open file, or is found out now.</summary>
    public async ValueTask<FileInspection> GetAsync(OpenFile file, CancellationToken cancellation)
    {
        if (Find(file) is { } known)
        {
            return known;
        }

        FileInspection found = await file.Format.InspectAsync(file.Source, file.Options, cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            _recent.AddFirst((file.Entry, file.Options, found));
            if (_recent.Count > Most)
            {
                _recent.RemoveLast();
            }
        }

        return found;
    }

    // A file that somebody wrote to since it was found is not the one that was looked into.
    private FileInspection? Find(OpenFile file)
    {
        if (file.IsTouched)
        {
            return null;
        }

        lock (_lock)
        {
            foreach ((FileEntry entry, FormatOptions options, FileInspection found) in _recent)
            {
                if (entry.Key == file.Entry.Key && entry.Info == file.Entry.Info && options == file.Options)
                {
                    return found;
                }
            }

            return null;
        }
    }
}
