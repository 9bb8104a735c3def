using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// The new files of a source that is followed which somebody seems to be writing still. A file of lines is read as far as
/// it is complete; one that is of no use before its end is there waits until it is whole. It lives as long as the source.
/// </summary>
internal sealed class ArrivingFiles(FilesSourceOptions options, ConnectorContext context)
{
    private readonly Dictionary<string, Arrival> _waiting = new(StringComparer.Ordinal);

    /// <summary>Whether files are waited for, which time alone may settle.</summary>
    public bool IsWaiting => _waiting.Count > 0;

    /// <summary>Whether a file can be read now. When it has waited for too long it can: what is wrong with it then is an error.</summary>
    public async ValueTask<bool> HasArrivedAsync(FileEntry file, FileOpener opener, CancellationToken cancellation)
    {
        if (!_waiting.TryGetValue(file.Key, out Arrival? arrival))
        {
            // Nobody has touched it for so long that nobody is writing it.
            if (context.Time.GetUtcNow() - file.Info.Modified >= options.SettleTime)
            {
                return true;
            }
        }
        else if (arrival.Info.ETag == file.Info.ETag)
        {
            bool arrived = context.Time.GetElapsedTime(arrival.Since) >= options.SettleTime
                || (!arrival.IsCut && await IsWholeAsync(file, arrival, opener, cancellation).ConfigureAwait(false));
            if (arrived)
            {
                _waiting.Remove(file.Key);
            }

            return arrived;
        }

        if (!await NeedsEndAsync(file, opener, cancellation).ConfigureAwait(false))
        {
            _waiting.Remove(file.Key);
            return true;
        }

        _waiting[file.Key] = new Arrival(file.Info, context.Time.GetTimestamp());
        return false;
    }

    /// <summary>Forgets files that are gone.</summary>
    public void Keep(IEnumerable<FileEntry> found)
    {
        if (_waiting.Count > 0)
        {
            HashSet<string> keys = [.. found.Select(f => f.Key)];
            foreach (string gone in _waiting.Keys.Where(k => !keys.Contains(k)).ToList())
            {
                _waiting.Remove(gone);
            }
        }
    }

    private static async ValueTask<bool> NeedsEndAsync(FileEntry file, FileOpener opener, CancellationToken cancellation)
    {
        try
        {
            OpenFile open = await opener.OpenAsync(file, cancellation).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                return await open.NeedsEndAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (MillraceException)
        {
            // Its first bytes may be all that is there, or its writer keeps others out; what it is shows later.
            return true;
        }
    }

    private async ValueTask<bool> IsWholeAsync(FileEntry file, Arrival arrival, FileOpener opener, CancellationToken cancellation)
    {
        try
        {
            OpenFile open = await opener.OpenAsync(file, cancellation).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                await open.CheckEndAsync(cancellation).ConfigureAwait(false);
            }

            return file.Size > 0;
        }
        catch (MillraceException e)
        {
            // A cut file cannot become whole without a change, so there is no need to look again before.
            arrival.IsCut = e.Code.Class != ErrorClass.Retryable;
            context.Note($"{file.Key} is not whole and is waited for, up to {Duration.Format(options.SettleTime)} after its last change: {e.Message}");
            return false;
        }
    }

    private sealed class Arrival(ObjectInfo info, long since)
    {
        public ObjectInfo Info => info;

        /// <summary>Timestamp of the clock at which it was first seen like this.</summary>
        public long Since => since;

        /// <summary>Whether it was looked at and is not whole.</summary>
        public bool IsCut { get; set; }
    }
}
