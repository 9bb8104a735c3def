namespace Millrace.Connectors.Files;

/// <summary>Hears of changes in one folder from the system. Any thread may ask.</summary>
internal sealed class FolderWatch : IDisposable
{
    // File systems of this machine, by the start of the name: whoever writes to one, its kernel knows. Others, as of a network or
    // of another kernel, change without a word.
    private static readonly string[] Local = ["ext", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "overlay", "tmpfs", "ramfs", "apfs", "hfs", "ntfs"];

    private readonly FileSystemWatcher _watcher;
    private readonly DateTime _created;
    private volatile bool _isLost;

    private FolderWatch(FileSystemWatcher watcher, DateTime created, bool isLocal)
    {
        _watcher = watcher;
        _created = created;
        HearsAll = isLocal;
    }

    /// <summary>Whether nothing changes unheard, as far as the kind of the disk tells.</summary>
    public bool HearsAll { get; }

    /// <summary>Whether it still hears anything: the folder is the one it was, and the system has not given up.</summary>
    public bool IsAlive => !_isLost && Directory.Exists(_watcher.Path) && Directory.GetCreationTimeUtc(_watcher.Path) == _created;

    /// <summary>Begins; null where that is not possible, because the folder is not there or the system has no more to give.</summary>
    /// <param name="folder">Full path.</param>
    /// <param name="recursive">Whether folders within it count.</param>
    /// <param name="onChange">Called with the name of what changed, below the folder; null when anything may have.</param>
    public static FolderWatch? TryStart(string folder, bool recursive, Action<string?> onChange)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            if (!Directory.Exists(folder))
            {
                return null;
            }

            DateTime created = Directory.GetCreationTimeUtc(folder);
            string format = new DriveInfo(folder).DriveFormat;
            watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = recursive,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            var watch = new FolderWatch(watcher, created, Array.Exists(Local, l => format.StartsWith(l, StringComparison.OrdinalIgnoreCase)));
            watcher.Created += (_, e) => onChange(e.Name);
            watcher.Changed += (_, e) => onChange(e.Name);
            watcher.Deleted += (_, e) => onChange(e.Name);
            watcher.Renamed += (_, e) =>
            {
                onChange(e.OldName);
                onChange(e.Name);
            };
            watcher.Error += (_, e) =>
            {
                watch._isLost |= e.GetException() is not InternalBufferOverflowException;
                onChange(null);
            };
            watcher.EnableRaisingEvents = true;
            return watch;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException)
        {
            // Watches are few for each user; a run that has none looks from time to time.
            watcher?.Dispose();
            return null;
        }
    }

    public void Dispose() => _watcher.Dispose();
}
