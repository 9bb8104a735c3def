using System.Diagnostics.CodeAnalysis;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>Encodes text and UUIDs by value, text cut to some characters.</summary>
internal sealed class BytesEncoder : PartitionEncoder
{
    private readonly DataType _type;
    private readonly int _characters;
    private readonly Dictionary<byte[], int> _codes = new(ByBytes.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    /// <param name="type">Type of the values.</param>
    /// <param name="characters">Characters (code points) of the text to keep.</param>
    public BytesEncoder(DataType type, int characters)
    {
        _type = type;
        _characters = characters;
        _lookup = _codes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public override void Encode(Column column, Span<int> codes)
    {
        bool hasNulls = column.HasNulls;
        for (int i = 0; i < codes.Length; i++)
        {
            if (hasNulls && column.IsNull(i))
            {
                codes[i] = 0;
                continue;
            }

            ReadOnlySpan<byte> value = RowBytes.Of(column, i);
            if (_characters < value.Length)
            {
                value = value[..LengthOf(value)];
            }

            if (i > 0 && codes[i - 1] != 0 && _characters == int.MaxValue && !(hasNulls && column.IsNull(i - 1)) && value.SequenceEqual(RowBytes.Of(column, i - 1)))
            {
                codes[i] = codes[i - 1];
            }
            else if (!_lookup.TryGetValue(value, out codes[i]))
            {
                codes[i] = Add(TextOf(value));
                _codes.Add(value.ToArray(), codes[i]);
            }
        }
    }

    public override void Clear()
    {
        base.Clear();
        _codes.Clear();
    }

    private string TextOf(ReadOnlySpan<byte> value)
    {
        if (_type.Id != TypeId.Uuid)
        {
            return Encoding.UTF8.GetString(value);
        }

        Span<byte> text = stackalloc byte[64];
        return Encoding.UTF8.GetString(text[..UuidText.Format(value, text)]);
    }

    // Bytes of the first characters; those that continue one start with the bits 10.
    private int LengthOf(ReadOnlySpan<byte> text)
    {
        int characters = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if ((text[i] & 0xC0) != 0x80 && ++characters > _characters)
            {
                return i;
            }
        }

        return text.Length;
    }

    private sealed class ByBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByBytes Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] value) => GetHashCode(value.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> value)
        {
            var hash = new HashCode();
            hash.AddBytes(value);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
