using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Booleans, which lie in pages as they do in columns: one bit each.</summary>
internal sealed unsafe class BooleanLeafDecoder : LeafDecoder
{
    private readonly OutputBuffer _bits = new();
    private RleHybridDecoder _runs;
    private bool _isPlain;
    private byte* _plain;
    private long _plainBits;
    private long _plainIndex;
    private int _slots;

    public override int Slots => _slots;

    public override void SetDictionary(byte* data, int length, int count) => throw WrongEncoding(ParquetEncoding.RleDictionary, "booleans");

    public override void StartPage(ParquetEncoding encoding, byte* data, int length)
    {
        _isPlain = encoding == ParquetEncoding.Plain;
        if (_isPlain)
        {
            _plain = data;
            _plainBits = (long)length * 8;
            _plainIndex = 0;
            return;
        }

        if (encoding != ParquetEncoding.Rle)
        {
            throw WrongEncoding(encoding, "booleans");
        }

        int size = 0;
        if (length >= sizeof(int))
        {
            size = BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(data, sizeof(int)));
            length -= sizeof(int);
        }

        if (size < 0 || size > length)
        {
            throw ParquetErrors.Page($"its booleans say that they have {size} bytes, it has {length}");
        }

        _runs = new RleHybridDecoder(data + sizeof(int), size, 1);
    }

    public override void Append(int values)
    {
        Ensure((long)_slots + values);
        if (_isPlain)
        {
            if (values > _plainBits - _plainIndex)
            {
                throw ParquetErrors.ValuesMissing(values, _plainBits - _plainIndex);
            }

            // The start is given in bytes and bits, since a page may have more bits than an int counts.
            Bits.Copy(_plain + (_plainIndex >> 3), (int)(_plainIndex & 7), _bits.Pointer, _slots, values);
            _plainIndex += values;
        }
        else
        {
            _runs.DecodeBits(_bits.Pointer, _slots, values);
        }

        _slots += values;
    }

    public override Column Build(NativeBuffer? validity, int nulls)
    {
        Ensure(_slots);
        int slots = _slots;
        _slots = 0;
        return new BooleanColumn(slots, _bits.Detach(), validity, 0, nulls);
    }

    public override void Dispose() => _bits.Dispose();

    public override void Cut(int slots) => _slots = slots;

    public override void Spread(int values, int slots, byte* validity, int start)
    {
        int first = _slots - values;
        Ensure((long)first + slots);
        byte* bits = _bits.Pointer;
        int value = values - 1;
        for (int slot = slots - 1; slot > value && value >= 0; slot--)
        {
            Bits.Write(bits, first + slot, Bits.Get(bits, first + value));
            value -= Bits.Get(validity, start + slot) ? 1 : 0;
        }

        _slots = first + slots;
    }

    private void Ensure(long slots) => _bits.Ensure((slots + 7) >> 3, keep: Bits.ByteCount(_slots));
}
