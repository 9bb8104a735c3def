using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Standard input as a file. It can be read only once and from front to back, and a source looks at its files several times
/// and at any place, so it is copied to a temporary file first, which goes when the process ends. Thread-safe.
/// </summary>
internal sealed class StandardInput(Func<Stream> open)
{
    /// <summary>The path that stands for it.</summary>
    public const string Path = "-";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private FileEntry? _entry;

    public async ValueTask<FileEntry> ReadAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _entry ??= await CopyAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<FileEntry> CopyAsync(CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("millrace-stdin-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string path = System.IO.Path.Combine(folder, Path);
        try
        {
            Stream input = open();
            var copy = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
            await using (copy.ConfigureAwait(false))
            {
                await input.CopyToAsync(copy, 1 << 17, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (LocalFaults.IsFault(e))
        {
            throw LocalFaults.Explain(e, path, writing: true);
        }

        var store = new LocalStore(folder, "");
        ObjectInfo info = await store.FindAsync(Path, cancellation).ConfigureAwait(false) ?? throw StorageErrors.NotFound.Error($"The copy of standard input in '{folder}' is gone.");
        return new FileEntry(Path, store, info);
    }
}
