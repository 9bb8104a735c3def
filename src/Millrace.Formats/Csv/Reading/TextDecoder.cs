using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Columns of text and JSON.</summary>
internal sealed unsafe class TextDecoder(int fileColumn, int number, DataType type, int capacity, FieldText text)
    : ColumnDecoder(fileColumn, number, new BinaryBuilder(type, capacity), text)
{
    // Short texts are copied as one vector, whatever their length: the window has padding, the builder gets as much.
    private const int Quick = 32;

    private readonly bool _isJson = type.Id == TypeId.Json;
    private readonly bool _careful = text.Dialect.Trim || text.Dialect.Escape >= 0;
    private readonly byte _quote = (byte)Math.Max(text.Dialect.Quote, 0);
    private readonly bool _hasQuote = text.Dialect.HasQuote;
    private readonly ulong _nullLengths = text.Nulls.LengthMask;
    private readonly List<int> _nulls = [];
    private int _bytesPerBatch;

    public override void Reserve(int rows) => ((BinaryBuilder)Builder).Reserve(rows, _bytesPerBatch);

    public override void Decode(RowSet rows, FieldFaults faults)
    {
        var builder = (BinaryBuilder)Builder;
        int count = rows.Count;
        int first = builder.Length;
        builder.AppendRun(count, TotalLength(rows) + Quick, out Span<int> lengths, out Span<byte> data);
        fixed (int* lengthOf = lengths)
        fixed (byte* start = data)
        {
            int* entries = rows.Entries + FileColumn;
            int* bases = rows.Bases;
            byte* bytes = rows.Text;
            byte* target = start;
            for (int row = 0; row < count; row++)
            {
                int* entry = entries + bases[row];
                int length = entry[1] - entry[0] - 1;
                if (!TryCopy(bytes + entry[0] + 1, ref length, target))
                {
                    length = CopyOther(rows, row, target);
                }

                lengthOf[row] = length;
                target += length;
            }
        }

        builder.CommitRun(count);
        _bytesPerBatch = Math.Max(_bytesPerBatch, builder.DataLength);
        foreach (int row in _nulls)
        {
            builder.SetNull(first + row);
        }

        _nulls.Clear();
        if (_isJson)
        {
            CheckJson(builder, first, count, faults);
        }
    }

    // Fields whose text stands in the file as it is, with or without quotes around it; false for all others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryCopy(byte* field, ref int length, byte* target)
    {
        if (length <= 0 || _careful)
        {
            return false;
        }

        if (*field != _quote || !_hasQuote)
        {
            if ((_nullLengths >> Math.Min(length, 63) & 1) != 0)
            {
                return false;
            }
        }
        else
        {
            length -= 2;
            field++;
            if (length > Quick || (length > 0 && !ClosesBehind(field, length)) || length < 0 || field[length] != _quote)
            {
                return false;
            }
        }

        if (length <= Quick)
        {
            Vector256.Store(Vector256.Load(field), target);
        }
        else
        {
            Unsafe.CopyBlockUnaligned(target, field, (uint)length);
        }

        return true;
    }

    // No quote among the first bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ClosesBehind(byte* field, int length)
        => BitOperations.TrailingZeroCount((ulong)Vector256.Equals(Vector256.Load(field), Vector256.Create(_quote)).ExtractMostSignificantBits()) >= length;

    private int TotalLength(RowSet rows)
    {
        int* entries = rows.Entries + FileColumn;
        int* bases = rows.Bases;
        long total = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            int* entry = entries + bases[row];
            total += entry[1] - entry[0];
        }

        return checked((int)total);
    }

    private int CopyOther(RowSet rows, int row, byte* target)
    {
        if (!TryGetText(rows, row, out ReadOnlySpan<byte> value))
        {
            _nulls.Add(row);
            return 0;
        }

        value.CopyTo(new Span<byte>(target, value.Length));
        return value.Length;
    }

    private void CheckJson(BinaryBuilder builder, int first, int count, FieldFaults faults)
    {
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<byte> value = builder[first + row];
            if (value.Length > 0 && !IsJson(value))
            {
                faults.Add(row, Number);
            }
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
