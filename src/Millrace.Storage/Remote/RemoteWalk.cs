using System.Runtime.CompilerServices;

namespace Millrace.Storage;

/// <summary>
/// Lists a bucket. Without folders to leave out all keys come in one flat listing, however many folders they make. At the
/// first folder that is not entered, the listing of the folder around it goes on level by level, so that what is left out
/// costs nothing; folders that are entered are listed flat again.
/// </summary>
internal sealed class RemoteWalk(Bucket bucket, string root, Func<string, bool>? enter)
{
    // Every folder that was asked about, while the walk is within or beside it.
    private readonly Dictionary<string, bool> _asked = new(StringComparer.Ordinal);

    /// <param name="prefix">Start of the keys.</param>
    /// <param name="folder">The part of it up to its last slash.</param>
    /// <param name="cancellation">Stops the listing.</param>
    public async IAsyncEnumerable<BucketObject> ListAsync(string prefix, string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? leftOut = null;
        await foreach (BucketObject found in PagesAsync(prefix, cancellation).ConfigureAwait(false))
        {
            leftOut = LeftOut(found.Key, folder);
            if (leftOut is not null)
            {
                break;
            }

            yield return found;
        }

        // What comes after that folder: in the folder around it, then in the one around that.
        while (leftOut is not null)
        {
            string around = leftOut[..(leftOut.LastIndexOf('/', leftOut.Length - 2) + 1)];
            string start = around.Length <= folder.Length ? prefix : around;
            await foreach (BucketObject found in LevelAsync(start, leftOut, cancellation).ConfigureAwait(false))
            {
                yield return found;
            }

            leftOut = start == around && around.Length > folder.Length ? around : null;
        }
    }

    // The folder nearest to the top that holds a key and is not entered.
    private string? LeftOut(string key, string folder)
    {
        if (enter is null)
        {
            return null;
        }

        for (int slash = key.IndexOf('/', folder.Length); slash >= 0; slash = key.IndexOf('/', slash + 1))
        {
            string within = key[..(slash + 1)];
            if (!Enters(within))
            {
                return within;
            }
        }

        return null;
    }

    private async IAsyncEnumerable<BucketObject> PagesAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? token = null;
        do
        {
            BucketPage page = await bucket.ListAsync(prefix, delimited: false, token, cancellation).ConfigureAwait(false);
            foreach (BucketObject found in page.Objects)
            {
                yield return found;
            }

            token = page.Next;
        }
        while (token is not null);
    }

    // One level of folders, from behind a folder on.
    private async IAsyncEnumerable<BucketObject> LevelAsync(string prefix, string after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? token = null;
        do
        {
            BucketPage page = await bucket.ListAsync(prefix, delimited: true, token, cancellation).ConfigureAwait(false);
            token = page.Next;
            int folders = 0;
            int objects = 0;
            while (folders < page.Folders.Count || objects < page.Objects.Count)
            {
                bool isFolder = objects == page.Objects.Count
                    || (folders < page.Folders.Count && KeyOrder.Compare(page.Folders[folders], page.Objects[objects].Key) < 0);
                string key = isFolder ? page.Folders[folders++] : page.Objects[objects++].Key;
                if (KeyOrder.Compare(key, after) <= 0)
                {
                    continue;
                }

                if (!isFolder)
                {
                    yield return page.Objects[objects - 1];
                }
                else if (Enters(key))
                {
                    await foreach (BucketObject found in ListAsync(key, key, cancellation).ConfigureAwait(false))
                    {
                        yield return found;
                    }

                    _asked.Remove(key);
                }
            }
        }
        while (token is not null);
    }

    private bool Enters(string folder)
    {
        if (!_asked.TryGetValue(folder, out bool answer))
        {
            // Keys come in order, so answers for folders that were left are not needed again.
            if (_asked.Count > 1000)
            {
                foreach (string old in _asked.Keys.Where(k => !folder.StartsWith(k, StringComparison.Ordinal)).ToList())
                {
                    _asked.Remove(old);
                }
            }

            answer = _asked[folder] = enter!(folder[root.Length..]);
        }

        return answer;
    }
}
