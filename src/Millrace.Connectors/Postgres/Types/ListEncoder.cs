using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>Lists as arrays of one dimension; see <see cref="ArrayDecoder"/>.</summary>
/// <param name="elementType">Oid of the type of the elements.</param>
/// <param name="element">Encoder of the elements.</param>
internal sealed class ListEncoder(uint elementType, ColumnEncoder element) : ColumnEncoder
{
    private const int HeaderBytes = 12;
    private const int DimensionBytes = 8;

    private int[] _items = [];

    public override void Measure(Column column, Span<int> sizes)
    {
        using ListColumn list = WithoutHiddenItems(column);
        ReadOnlySpan<int> offsets = list.Offsets;
        int first = offsets[0];
        int count = offsets[^1] - first;
        if (_items.Length < count)
        {
            _items = new int[count];
        }

        Span<int> items = _items.AsSpan(0, count);
        items.Clear();
        using (Column part = list.Items.Slice(first, count))
        {
            element.Measure(part, items);
        }

        Bitmap validity = column.Validity;
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = checked(sizes[i] + LengthBytes + (validity[i] ? ValueBytes(items[(offsets[i] - first)..(offsets[i + 1] - first)]) : 0));
        }
    }

    public override void Write(Column column, Span<byte> target, Span<int> places)
    {
        using ListColumn list = WithoutHiddenItems(column);
        ReadOnlySpan<int> offsets = list.Offsets;
        int first = offsets[0];
        Span<int> items = _items.AsSpan(0, offsets[^1] - first);
        Bitmap validity = column.Validity;
        using Column part = list.Items.Slice(first, items.Length);
        bool hasNulls = part.HasNulls;
        for (int i = 0; i < places.Length; i++)
        {
            if (validity[i])
            {
                WriteHeader(items[(offsets[i] - first)..(offsets[i + 1] - first)], hasNulls, target, ref places[i]);
            }
            else
            {
                WriteNull(target, ref places[i]);
            }
        }

        element.Write(part, target, items);
    }

    // Writes what stands before the items, and turns their sizes into their places.
    private void WriteHeader(Span<int> items, bool hasNulls, Span<byte> target, ref int place)
    {
        int length = ValueBytes(items);
        Span<byte> slot = target.Slice(place, LengthBytes + length);
        BinaryPrimitives.WriteInt32BigEndian(slot, length);
        BinaryPrimitives.WriteInt32BigEndian(slot[4..], items.Length > 0 ? 1 : 0);
        BinaryPrimitives.WriteInt32BigEndian(slot[8..], hasNulls ? 1 : 0);
        BinaryPrimitives.WriteUInt32BigEndian(slot[12..], elementType);
        int at = place + LengthBytes + HeaderBytes;
        if (items.Length > 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(slot[16..], items.Length);
            BinaryPrimitives.WriteInt32BigEndian(slot[20..], 1);
            at += DimensionBytes;
        }

        foreach (ref int item in items)
        {
            int size = item;
            item = at;
            at += size;
        }

        place += slot.Length;
    }

    private static int ValueBytes(Span<int> items)
    {
        int bytes = HeaderBytes + (items.Length > 0 ? DimensionBytes : 0);
        foreach (int size in items)
        {
            bytes = checked(bytes + size);
        }

        return bytes;
    }

    // A null may stand over items, which have no place in what is sent.
    private static ListColumn WithoutHiddenItems(Column column)
    {
        var list = (ListColumn)column;
        ReadOnlySpan<int> offsets = list.Offsets;
        Bitmap validity = column.Validity;
        bool hides = false;
        for (int i = 0; i < column.Length && column.HasNulls && !hides; i++)
        {
            hides = !validity[i] && offsets[i + 1] > offsets[i];
        }

        if (!hides)
        {
            return (ListColumn)column.Share();
        }

        using var builder = new ListBuilder(column.Type, column.Length);
        for (int i = 0; i < column.Length; i++)
        {
            if (validity[i])
            {
                builder.AppendRange(column, i, 1);
            }
            else
            {
                builder.AppendNull();
            }
        }

        return (ListColumn)builder.Build();
    }
}
