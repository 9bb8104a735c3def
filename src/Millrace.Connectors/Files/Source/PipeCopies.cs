using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Standard input and pipes as files. They can be read only once and from front to back, and a source looks at its files
/// several times and at any place, so each is copied to a temporary file first, which goes when the process ends.
/// Thread-safe.
/// </summary>
internal sealed class PipeCopies(Func<Stream> openStandardInput)
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const string CopyName = "copy";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, FileEntry> _entries = new(StringComparer.Ordinal);

    public ValueTask<FileEntry> ReadStandardInputAsync(CancellationToken cancellation)
        => ReadAsync(StandardInput, StandardInput, openStandardInput, cancellation);

    /// <param name="path">What the user calls the pipe.</param>
    /// <param name="full">Its absolute path.</param>
    /// <param name="cancellation">Stops the wait for its writer.</param>
    public ValueTask<FileEntry> ReadPipeAsync(string path, string full, CancellationToken cancellation)
        => ReadAsync(path, full, () => LocalPipe.Open(full), cancellation);

    private async ValueTask<FileEntry> ReadAsync(string path, string full, Func<Stream> open, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!_entries.TryGetValue(full, out FileEntry? entry))
            {
                entry = _entries[full] = await CopyAsync(path, open, cancellation).ConfigureAwait(false);
            }

            return entry;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async ValueTask<FileEntry> CopyAsync(string path, Func<Stream> open, CancellationToken cancellation)
    {
        string folder = TemporaryFolder.Create();
        string name = Path.Combine(folder, CopyName);
        try
        {
            Stream input = open();
            await using (input.ConfigureAwait(false))
            {
                var copy = new FileStream(name, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
                await using (copy.ConfigureAwait(false))
                {
                    await input.CopyToAsync(copy, 1 << 17, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (LocalFaults.IsFault(e))
        {
            throw LocalFaults.Explain(e, name, writing: true);
        }

        var store = new LocalStore(folder, "");
        ObjectInfo info = await store.FindAsync(CopyName, cancellation).ConfigureAwait(false) ?? throw StorageErrors.NotFound.Error($"The copy of '{path}' in '{folder}' is gone.");
        return new FileEntry(path, store, info);
    }
}
