using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>
/// A hidden file <c>.NAME.ID.mrtmp</c> beside the object to be. The process holds a lock on it while it lives, which tells
/// stale ones from those in use.
/// </summary>
internal sealed class LocalStagedObject : IStagedObject
{
    /// <summary>Ending of staged files.</summary>
    internal const string Ending = ".mrtmp";

    private const int LongestName = 255;

    // A GUID in hexadecimal digits.
    private const int IdLength = 32;

    private readonly LocalStore _store;
    private readonly string _path;
    private readonly string _target;
    private SafeFileHandle? _handle;

    private LocalStagedObject(LocalStore store, string name, string path, string target, SafeFileHandle handle)
    {
        _store = store;
        Name = name;
        _path = path;
        _target = target;
        _handle = handle;
    }

    public string Name { get; }

    public long Position { get; private set; }

    public static LocalStagedObject Create(LocalStore store, string name, string target)
    {
        string folder = Path.GetDirectoryName(target)!;
        string file = Path.GetFileName(target);
        if (Encoding.UTF8.GetByteCount(file) > LongestName)
        {
            throw StorageErrors.NameTooLong.Error($"'{store.Describe(name)}' is too long a name: a file name has at most {LongestName} bytes.", ErrorPlace.InFile(store.Describe(name)));
        }

        if (Directory.Exists(target))
        {
            throw StorageErrors.WrongKind.Error($"'{store.Describe(name)}' is a folder, not a file.", ErrorPlace.InFile(store.Describe(name)));
        }

        LocalStore.CreateFolder(folder);
        string path = Path.Combine(folder, $"{HiddenStart(file)}{Guid.NewGuid():N}{Ending}");
        return new LocalStagedObject(store, name, path, target, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None));
    }

    /// <summary>Deletes staged files of names with a prefix that no living process holds.</summary>
    public static void RemoveStale(LocalStore store, string prefix)
    {
        int slash = prefix.LastIndexOf('/');
        string folder = slash < 0 ? store.Root : Path.Combine(store.Root, prefix[..slash]);
        string start = prefix[(slash + 1)..];
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string path in Directory.EnumerateFiles(folder, $".*{Ending}", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true }))
        {
            if (Path.GetFileName(path).StartsWith("." + Shorten(start), StringComparison.Ordinal) && !IsHeld(path))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Deletes all that is staged for one object, whoever holds it.</summary>
    public static void RemoveAll(string target)
    {
        string folder = Path.GetDirectoryName(target)!;
        string start = HiddenStart(Path.GetFileName(target));
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string path in Directory.EnumerateFiles(folder, $".*{Ending}", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true }))
        {
            string file = Path.GetFileName(path);
            if (file.Length == start.Length + IdLength + Ending.Length && file.StartsWith(start, StringComparison.Ordinal))
            {
                File.Delete(path);
            }
        }
    }

    public static bool IsStaged(string file) => file.StartsWith('.') && file.EndsWith(Ending, StringComparison.Ordinal);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            RandomAccess.Write(_handle!, bytes.Span, Position);
            Position += bytes.Length;
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (LocalFaults.IsFault(e))
        {
            throw LocalFaults.Explain(e, _store.Describe(Name), writing: true);
        }
    }

    public ValueTask<ObjectInfo> PublishAsync(PutCondition condition, CancellationToken cancellation)
        => new(_store.Guard(Name, writing: true, () =>
        {
            if (!condition.MayBeLost)
            {
                RandomAccess.FlushToDisk(_handle!);
            }

            // .NET's readers take a shared lock on what they open; the published file must not be held.
            _handle!.Dispose();
            _store.Publish(_path, _target, Name, condition);
            _handle = null;
            return LocalStore.InfoOf(Name, new FileInfo(_target)) ?? throw StorageErrors.Missing(_store.Describe(Name));
        }));

    public ValueTask DisposeAsync()
    {
        if (_handle is { } handle)
        {
            _handle = null;
            handle.Dispose();
            try
            {
                File.Delete(_path);
            }
            catch (Exception e) when (LocalFaults.IsFault(e))
            {
                // The next recovery removes it; the reason for giving up matters more than this one.
            }
        }

        return ValueTask.CompletedTask;
    }

    // The hidden name is longer than the object's, which may be as long as the disk allows. A checksum stands for the rest
    // of a long one, so that no two objects share their start.
    private static string HiddenStart(string file)
    {
        string start = Shorten(file);
        return start.Length == file.Length
            ? $".{file}."
            : $".{start}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file)).AsSpan(0, 8))}.";
    }

    private static string Shorten(string file)
    {
        const int kept = 40;
        return file.Length <= kept ? file : file[..(char.IsHighSurrogate(file[kept - 1]) ? kept - 1 : kept)];
    }

    private static bool IsHeld(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
