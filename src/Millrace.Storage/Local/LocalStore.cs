using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>
/// A folder of this machine. Writes go to a hidden file in the folder where the object will stand; publishing syncs it,
/// renames it and syncs the folder, so that after a crash or a power cut an object is whole or absent.
/// </summary>
public sealed class LocalStore : IObjectStore, ILockingStore
{
    private readonly string _display;

    /// <param name="root">The folder; it need not exist before the first write.</param>
    /// <param name="display">What the user calls it, if not by its path.</param>
    public LocalStore(string root, string? display = null)
    {
        Root = Path.GetFullPath(root);
        _display = display ?? root;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; }

    public string Describe(string name) => _display.Length == 0 ? name : _display.EndsWith('/') ? _display + name : $"{_display}/{name}";

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, CancellationToken cancellation)
        => LocalWalk.ListAsync(this, prefix, enter, cancellation);

    public ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation)
    {
        var file = new FileInfo(PathOf(name));
        return new(Guard(name, writing: false, () => InfoOf(name, file)));
    }

    public ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation)
        => new(Guard<IObjectReader>(name, writing: false, () =>
        {
            string path = PathOf(name);
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new LocalReader(handle, new ObjectInfo(name, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle), TagOf(handle)), Describe(name));
        }));

    public ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation)
        => new(Guard<IStagedObject>(name, writing: true, () => LocalStagedObject.Create(this, name, PathOf(name))));

    public async ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation)
    {
        IStagedObject staged = await StageAsync(name, cancellation).ConfigureAwait(false);
        await using (staged.ConfigureAwait(false))
        {
            await staged.WriteAsync(content, cancellation).ConfigureAwait(false);
            return await staged.PublishAsync(condition, cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation)
    {
        string source = PathOf(from);
        string target = PathOf(to);
        Guard(to, writing: true, () =>
        {
            if (!File.Exists(source))
            {
                throw StorageErrors.Missing(Describe(from));
            }

            CreateFolder(Path.GetDirectoryName(target)!);
            Publish(source, target, to, condition);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAsync(string name, CancellationToken cancellation)
    {
        string path = PathOf(name);
        Guard(name, writing: true, () =>
        {
            string folder = Path.GetDirectoryName(path)!;
            if (Directory.Exists(folder))
            {
                File.Delete(path);
                Posix.SyncDirectory(folder);
            }

            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAllAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        // One sync a folder instead of one a file: it takes milliseconds and covers all that was done before it, also by a
        // process that died between removing a file and its sync.
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            string path = PathOf(name);
            Guard(name, writing: true, () =>
            {
                if (folders.Contains(Path.GetDirectoryName(path)!) || Directory.Exists(Path.GetDirectoryName(path)))
                {
                    File.Delete(path);
                    folders.Add(Path.GetDirectoryName(path)!);
                }

                return true;
            });
        }

        foreach (string folder in folders)
        {
            Guard(folder, writing: true, () =>
            {
                Posix.SyncDirectory(folder);
                return true;
            });
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation)
    {
        Guard(prefix, writing: true, () =>
        {
            LocalStagedObject.RemoveStale(this, prefix);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<IStoreLock?> TryLockAsync(string name, string note, CancellationToken cancellation) => new(Lock(name, path => LocalLock.TryTake(path, note)));

    public ValueTask<IStoreLock?> BreakLockAsync(string name, string note, CancellationToken cancellation) => new(Lock(name, path => LocalLock.Break(path, note)));

    public ValueTask<string?> ReadLockNoteAsync(string name, CancellationToken cancellation)
        => new(Guard(name, writing: false, () => LocalLock.ReadNote(PathOf(name))));

    public ValueTask RemoveStagedAsync(string name, CancellationToken cancellation)
    {
        Guard(name, writing: true, () =>
        {
            LocalStagedObject.RemoveAll(PathOf(name));
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// What is known of a file, or of the one that a link leads to; null when there is none. A pipe is no object: it has no
    /// size, and opening it waits for whoever writes to it.
    /// </summary>
    internal static ObjectInfo? InfoOf(string name, FileInfo file)
    {
        FileSystemInfo? target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true);
        return target is FileInfo { Exists: true } found && (found.Length > 0 || !Posix.IsPipe(found.FullName))
            ? new(name, found.Length, found.LastWriteTimeUtc, Tag(found.Length, found.LastWriteTimeUtc)) { IsLink = !ReferenceEquals(target, file) }
            : null;
    }

    internal string PathOf(string name) => StoreName.IsSound(name) ? Path.Combine(Root, name) : throw StorageErrors.BadName(name);

    /// <summary>Creates a folder and what is above it, durably.</summary>
    internal static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        string? parent = Path.GetDirectoryName(path);
        if (parent is not null)
        {
            CreateFolder(parent);
            Directory.CreateDirectory(path);
            Posix.SyncDirectory(parent);
        }
    }

    /// <summary>Gives a finished file its name, which was synced if it has to last; the one step that makes it visible.</summary>
    internal void Publish(string source, string target, string name, PutCondition condition)
    {
        if (condition.MustBeAbsent)
        {
            if (!Posix.TryLink(source, target))
            {
                throw StorageErrors.Exists(Describe(name));
            }

            File.Delete(source);
        }
        else
        {
            // A file system has no rename that depends on the target's content, so writers who use tags hold a lock.
            if (condition.ETag is { } tag)
            {
                var current = new FileInfo(target);
                if (InfoOf(name, current)?.ETag != tag)
                {
                    throw StorageErrors.Modified(Describe(name));
                }
            }

            File.Move(source, target, overwrite: true);
        }

        if (!condition.MayBeLost)
        {
            Posix.SyncDirectory(Path.GetDirectoryName(target)!);
        }
    }

    internal T Guard<T>(string name, bool writing, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (LocalFaults.IsFault(e))
        {
            throw LocalFaults.Explain(e, Describe(name), writing);
        }
    }

    private IStoreLock? Lock(string name, Func<string, LocalLock?> take) => Guard(name, writing: true, () =>
    {
        string path = PathOf(name);
        CreateFolder(Path.GetDirectoryName(path)!);
        return take(path);
    });

    private static string TagOf(SafeFileHandle handle) => Tag(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));

    private static string Tag(long length, DateTime modified)
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{modified.Ticks:x}-{length:x}");
}
