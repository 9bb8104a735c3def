using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>The files of a folder that a reader would take for data: those whose path has no hidden part.</summary>
internal static class DatasetContent
{
    /// <summary>Any one of them.</summary>
    public static async ValueTask<string?> FirstAsync(IObjectStore store, CancellationToken cancellation)
    {
        await foreach (ObjectInfo info in store.ListAsync("", IsVisible, cancellation).ConfigureAwait(false))
        {
            if (IsVisible(info.Name))
            {
                return info.Name;
            }
        }

        return null;
    }

    /// <summary>Any one that no commit of any job names. Such a file is somebody else's and not to be removed.</summary>
    public static async ValueTask<string?> FirstForeignAsync(IObjectStore store, CancellationToken cancellation)
    {
        HashSet<string> ours = await CommittedAsync(store, cancellation).ConfigureAwait(false);
        await foreach (ObjectInfo info in store.ListAsync("", IsVisible, cancellation).ConfigureAwait(false))
        {
            if (IsVisible(info.Name) && !ours.Contains(info.Name))
            {
                return info.Name;
            }
        }

        return null;
    }

    /// <summary>The files that commits of any job name. Some may be gone already.</summary>
    public static async ValueTask<HashSet<string>> CommittedAsync(IObjectStore store, CancellationToken cancellation)
    {
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (string job in await CommitLog.JobsAsync(store, cancellation).ConfigureAwait(false))
        {
            files.UnionWith(await new CommitLog(store, job).FilesBeforeAsync(long.MaxValue, cancellation).ConfigureAwait(false));
        }

        return files;
    }

    private static bool IsVisible(string name)
    {
        int end = name.EndsWith('/') ? name.Length - 1 : name.Length;
        ReadOnlySpan<char> part = name.AsSpan(0, end);
        part = part[(part.LastIndexOf('/') + 1)..];
        return part[0] != '.' && (part[0] != '_' || part.Contains('='));
    }
}
