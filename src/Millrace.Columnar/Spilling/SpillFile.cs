using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Columnar;

/// <summary>
/// A temporary file of batches of one schema. It is written by one thread, then read as often as wanted, also by several
/// threads at once, and is gone from the disk when it is disposed or the process ends. A block is a batch: bytes of its
/// payload, rows, checksum of both (16 bytes), then the columns as <see cref="SpillColumns"/> writes them.
/// </summary>
public sealed class SpillFile : IDisposable
{
    private const int HeaderBytes = 16;

    private readonly string _folder;
    private readonly Action<long>? _written;
    private readonly SafeFileHandle _file;

    /// <summary>Makes an empty file.</summary>
    /// <param name="folder">Made if it does not exist.</param>
    /// <param name="schema">Schema of the batches.</param>
    /// <param name="written">Told how many bytes are written, each time.</param>
    public SpillFile(string folder, Schema schema, Action<long>? written = null)
    {
        _folder = folder;
        _written = written;
        Schema = schema;
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, $"{Guid.NewGuid():N}.spill");
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

    public Schema Schema { get; }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Rows written.</summary>
    public long Rows { get; private set; }

    /// <summary>Appends the rows of a batch, which is borrowed.</summary>
    public void Write(RecordBatch batch)
    {
        using var bytes = new ByteBuffer((int)Math.Min(batch.ByteSize + 1024, BufferPool.MaxCapacity));
        Span<byte> header = bytes.GetSpan(HeaderBytes);
        bytes.Advance(HeaderBytes);
        foreach (Column column in batch.Columns)
        {
            SpillColumns.Write(column, bytes);
        }

        header = bytes.Written[..HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, bytes.Length - HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], batch.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], Checksum.Of(batch.Length, bytes.Written[HeaderBytes..]));
        try
        {
            RandomAccess.Write(_file, bytes.Written, Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SpillFileErrors.WriteFailed(_folder, error);
        }

        Length += bytes.Length;
        _written?.Invoke(bytes.Length);
        Rows += batch.Length;
    }

    /// <summary>Reads from the first batch on. The file outlives its readers.</summary>
    public SpillReader Read() => new(this, 0);

    public void Dispose() => _file.Dispose();

    /// <summary>The batch that begins at an offset, and the offset behind it; null at the end.</summary>
    public RecordBatch? Read(long offset, out long next)
    {
        next = offset;
        if (offset >= Length)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        Fill(header, offset, offset);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(header);
        int rows = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (bytes < 0 || rows < 0 || bytes > Length - offset - HeaderBytes)
        {
            throw SpillFileErrors.Damaged(offset);
        }

        using NativeBuffer memory = BufferPool.Rent(bytes);
        Span<byte> payload = memory.Span[..bytes];
        Fill(payload, offset + HeaderBytes, offset);
        if (Checksum.Of(rows, payload) != BinaryPrimitives.ReadUInt64LittleEndian(header[8..]))
        {
            throw SpillFileErrors.Damaged(offset);
        }

        next = offset + HeaderBytes + bytes;
        return SpillColumns.ReadBatch(Schema, rows, payload);
    }

    // For tests of what a failing disk does.
    internal void Overwrite(long offset, byte value) => RandomAccess.Write(_file, [value], offset);

    private void Fill(Span<byte> target, long offset, long block)
    {
        while (target.Length > 0)
        {
            int read = RandomAccess.Read(_file, target, offset);
            if (read == 0)
            {
                throw SpillFileErrors.Damaged(block);
            }

            target = target[read..];
            offset += read;
        }
    }
}

/// <summary>A place in a spill file. One thread uses it.</summary>
public sealed class SpillReader
{
    private readonly SpillFile _file;
    private long _offset;

    internal SpillReader(SpillFile file, long offset)
    {
        _file = file;
        _offset = offset;
    }

    /// <summary>The next batch, which the caller owns; null at the end.</summary>
    public RecordBatch? Next() => _file.Read(_offset, out _offset);
}
