namespace Millrace.Formats.Tests.Parquet;

/// <summary>A file that counts the bytes that were read of it.</summary>
internal sealed class CountingSource(string path) : IByteSource
{
    private readonly FileByteSource _file = new(path);

    public long BytesRead { get; private set; }

    public string Name => _file.Name;

    public long Length => _file.Length;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        int read = await _file.ReadAsync(offset, target, cancellation);
        BytesRead += read;
        return read;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
