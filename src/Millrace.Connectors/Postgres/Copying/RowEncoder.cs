using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>Makes rows of a batch as <c>COPY … FROM STDIN (FORMAT binary)</c> takes them.</summary>
internal sealed class RowEncoder(IReadOnlyList<ColumnEncoder> columns)
{
    private const int CountBytes = 2;

    private int[] _places = [];

    /// <summary>What stands before the first row: signature, flags, no extension.</summary>
    public static ReadOnlySpan<byte> Header =>
        [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>What stands behind the last.</summary>
    public static ReadOnlySpan<byte> Trailer => [0xff, 0xff];

    /// <summary>Encodes rows; the buffer is the caller's.</summary>
    /// <param name="batch">A column for each encoder, of the type that it takes.</param>
    public NativeBuffer Encode(RecordBatch batch)
    {
        int rows = batch.Length;
        if (_places.Length < rows)
        {
            _places = new int[rows];
        }

        Span<int> places = _places.AsSpan(0, rows);
        places.Fill(CountBytes);
        for (int c = 0; c < columns.Count; c++)
        {
            columns[c].Measure(batch[c], places);
        }

        int total = 0;
        foreach (ref int place in places)
        {
            int size = place;
            place = total;
            total = checked(total + size);
        }

        NativeBuffer buffer = BufferPool.Rent(total);
        Span<byte> target = buffer.Span[..total];
        foreach (ref int place in places)
        {
            BinaryPrimitives.WriteInt16BigEndian(target[place..], (short)columns.Count);
            place += CountBytes;
        }

        for (int c = 0; c < columns.Count; c++)
        {
            columns[c].Write(batch[c], target, places);
        }

        Length = total;
        return buffer;
    }

    /// <summary>Bytes of the last batch.</summary>
    public int Length { get; private set; }
}
