using System.Buffers;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Goes through the rows of an event one by one and finds where the values of each lie (WRITE_ROWS_EVENT and its kin).</summary>
internal sealed class RowCursor : IDisposable
{
    private TableMap? _map;
    private ReadOnlyMemory<byte> _data;
    private byte[] _unpacked = [];
    private SentColumns _sent;
    private SentColumns _sentAfter;
    private int _at;

    /// <summary>Whether there is another row in the event.</summary>
    public bool HasMore => _at < _data.Length;

    public RowChange Change { get; private set; }

    /// <summary>What the places of values count from.</summary>
    public ReadOnlySpan<byte> Data => _data.Span;

    /// <summary>Where the row begins that was read last.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public int End => _at;

    /// <summary>Of an update, where the row as it is now begins.</summary>
    public int Middle { get; private set; }

    /// <summary>Of an update, whether the row as it is now has all its values.</summary>
    public bool IsWhole => _sentAfter.Count == _map!.Columns.Count;

    /// <summary>Stands before the first row of an event.</summary>
    /// <param name="data">The event without its checksum, which stays where it is until its last row is read.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="format">How events are written.</param>
    /// <param name="map">The table.</param>
    public void Open(ReadOnlyMemory<byte> data, RowsKind kind, LogFormat format, TableMap map)
    {
        _map = map;
        _data = default;
        Change = kind.Change;
        var bytes = new EventBytes(data.Span);
        bytes.Take(LogEvent.HeaderLength + format.TableIdLength + sizeof(ushort));
        if (kind.HasExtra)
        {
            // The length counts itself.
            int extra = bytes.UInt16();
            bytes.Take(extra - sizeof(ushort));
        }

        ulong count = bytes.Packed();
        if (count != (ulong)map.Columns.Count)
        {
            throw LogErrors.Broken.Error($"The server sent rows of {count} columns; the table {map.Name} has {map.Columns.Count}.");
        }

        _sent = Sent(data, ref bytes);
        _sentAfter = kind.Change == RowChange.Update ? Sent(data, ref bytes) : default;
        if (_sent.Count == 0 && bytes.Left > 0)
        {
            throw LogErrors.Broken.Error("The server sent rows without a single value.");
        }

        _at = bytes.At;
        _data = data;
        if (kind.IsCompressed)
        {
            Unpack(bytes.Rest());
        }
    }

    /// <summary>Finds the values of the next row; those that the event leaves out are unchanged ones.</summary>
    /// <param name="row">The row; of an update, as it was before.</param>
    /// <param name="after">Of an update, the row as it is now.</param>
    public void Read(ChangedTuple row, ChangedTuple after)
    {
        Start = _at;
        var bytes = new EventBytes(_data.Span[_at..]);
        Read(ref bytes, _sent, row);
        Middle = Start + bytes.At;
        if (Change == RowChange.Update)
        {
            Read(ref bytes, _sentAfter, after);
        }

        _at = Start + bytes.At;
    }

    public void Dispose()
    {
        if (_unpacked.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_unpacked);
            _unpacked = [];
        }
    }

    private void Read(ref EventBytes bytes, in SentColumns sent, ChangedTuple tuple)
    {
        ReadOnlySpan<FieldSize> sizes = _map!.Sizes;
        ReadOnlySpan<byte> present = sent.Bits.Span;
        ReadOnlySpan<byte> nulls = bytes.Bytes((sent.Count + 7) / 8);
        tuple.Start(sizes.Length);
        for (int i = 0, number = 0; i < sizes.Length; i++)
        {
            if (Bit(present, i) == 0)
            {
                tuple.Set(i, 0, ChangedTuple.Unchanged);
            }
            else if (Bit(nulls, number++) != 0)
            {
                tuple.Set(i, 0, ChangedTuple.Null);
            }
            else
            {
                FieldSize size = sizes[i];
                int length = size.Prefix == 0 ? size.Fixed : bytes.Length(size.Prefix);
                tuple.Set(i, Start + bytes.Take(length), length);
            }
        }
    }

    private void Unpack(ReadOnlySpan<byte> part)
    {
        int length = CompressedPart.Length(part);
        if (_unpacked.Length < length)
        {
            Dispose();
            _unpacked = ArrayPool<byte>.Shared.Rent(length);
        }

        CompressedPart.Read(part, _unpacked.AsSpan(0, length));
        _data = _unpacked.AsMemory(0, length);
        _at = 0;
    }

    // The bits stay in the event, also where its rows are unpacked to somewhere else.
    private SentColumns Sent(ReadOnlyMemory<byte> data, ref EventBytes bytes)
    {
        int columns = _map!.Columns.Count;
        int length = (columns + 7) / 8;
        ReadOnlyMemory<byte> bits = data.Slice(bytes.Take(length), length);
        int count = 0;

        // Those behind the last column are of no meaning.
        for (int i = 0; i < columns; i++)
        {
            count += Bit(bits.Span, i);
        }

        return new SentColumns(bits, count);
    }

    private static int Bit(ReadOnlySpan<byte> bits, int index) => (bits[index >> 3] >> (index & 7)) & 1;

    // The columns of which the rows of an event have values, null or not: a bit for each, and how many they are.
    private readonly record struct SentColumns(ReadOnlyMemory<byte> Bits, int Count);
}
