using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// Keys in order, in a temporary file that ends with the process. In memory is the first key of every page, so that a look costs
/// one read.
/// </summary>
internal sealed class KeyRun : IDisposable
{
    public const int PageKeys = 256;

    private readonly SafeFileHandle _file;
    private readonly List<ulong> _firsts = [];
    private readonly byte[] _page = new byte[PageKeys * Key128.Bytes];
    private int _filled;
    private long _loaded = -1;

    public KeyRun(string folder, int level)
    {
        Folder = folder;
        Level = level;
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, $"{Guid.NewGuid():N}.keys");
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
            if (!OperatingSystem.IsWindows())
            {
                // Without a name the file ends with the process, however that ends.
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SpillFileErrors.WriteFailed(folder, error);
        }
    }

    public string Folder { get; }

    /// <summary>How often its keys were merged.</summary>
    public int Level { get; }

    public long Count { get; private set; }

    public int Pages => _firsts.Count;

    /// <summary>Appends a key, which is greater than those before.</summary>
    public void Append(Key128 key)
    {
        if (_filled == 0)
        {
            _firsts.Add(key.High);
        }

        MemoryMarshal.Write(_page.AsSpan(_filled++ * Key128.Bytes), key);
        Count++;
        if (_filled == PageKeys)
        {
            Flush();
        }
    }

    /// <summary>Ends the writing.</summary>
    public void Flush()
    {
        if (_filled == 0)
        {
            return;
        }

        try
        {
            RandomAccess.Write(_file, _page.AsSpan(0, _filled * Key128.Bytes), (long)(_firsts.Count - 1) * _page.Length);
        }
        catch (IOException error)
        {
            throw SpillFileErrors.WriteFailed(Folder, error);
        }

        _filled = 0;
    }

    public bool Contains(Key128 key)
    {
        int at = CollectionsMarshal.AsSpan(_firsts).BinarySearch(key.High);
        int last = at >= 0 ? at : ~at - 1;

        // Keys with the same first half may begin on the page before the one that begins with it.
        while (last + 1 < _firsts.Count && _firsts[last + 1] == key.High)
        {
            last++;
        }

        for (int page = last; page >= 0; page--)
        {
            if (Load(page).BinarySearch(key) >= 0)
            {
                return true;
            }

            if (_firsts[page] < key.High)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>The keys of a page, which hold until the next call.</summary>
    public ReadOnlySpan<Key128> Load(int page)
    {
        long start = (long)page * PageKeys;
        int count = (int)Math.Min(PageKeys, Count - start);
        Span<byte> bytes = _page.AsSpan(0, count * Key128.Bytes);
        if (_loaded != page)
        {
            for (int done = 0; done < bytes.Length;)
            {
                int read = RandomAccess.Read(_file, bytes[done..], (start * Key128.Bytes) + done);
                done += read > 0 ? read : throw new EndOfStreamException("A temporary file has lost its end.");
            }

            _loaded = page;
        }

        return MemoryMarshal.Cast<byte, Key128>(bytes);
    }

    public void Dispose() => _file.Dispose();
}
