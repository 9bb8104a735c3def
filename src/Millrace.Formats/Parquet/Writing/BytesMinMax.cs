using System.Buffers.Binary;

namespace Millrace.Formats.Parquet;

/// <summary>Least and greatest of many byte strings.</summary>
internal sealed unsafe class BytesMinMax(LeafLayout leaf)
{
    private readonly LeafOrder _order = leaf.Order;
    private readonly bool _isText = leaf.Type.IsText;
    private readonly bool _mayShorten = leaf.Physical == PhysicalType.ByteArray;
    private byte[]? _min;
    private byte[]? _max;
    private ulong _minPrefix;
    private ulong _maxPrefix;

    public void Add(ReadOnlySpan<ByteView> views)
    {
        if (_order == LeafOrder.None || views.Length == 0)
        {
            return;
        }

        int least = -1;
        int greatest = -1;
        int i = 0;
        if (_min is null)
        {
            least = greatest = 0;
            _minPrefix = _maxPrefix = Prefix(views[0]);
            i = 1;
        }

        for (; i < views.Length; i++)
        {
            // Most values are told from both bounds by their first bytes.
            ulong prefix = Prefix(views[i]);
            if (prefix <= _minPrefix && (prefix < _minPrefix || Compare(views[i].Span, least < 0 ? _min : views[least].Span) < 0))
            {
                least = i;
                _minPrefix = prefix;
            }

            if (prefix >= _maxPrefix && (prefix > _maxPrefix || Compare(views[i].Span, greatest < 0 ? _max : views[greatest].Span) > 0))
            {
                greatest = i;
                _maxPrefix = prefix;
            }
        }

        _min = least < 0 ? _min : views[least].Span.ToArray();
        _max = greatest < 0 ? _max : views[greatest].Span.ToArray();
    }

    public Bounds? Take()
    {
        Bounds? bounds = _min is null || _max is null ? null
            : _mayShorten ? Bounds.Shorten(_min, _max, _isText)
            : new Bounds(_min, _max);
        _min = _max = null;
        return bounds;
    }

    public int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (_order == LeafOrder.SignedBytes && ((a[0] ^ b[0]) & 0x80) != 0)
        {
            return (a[0] & 0x80) != 0 ? -1 : 1;
        }

        return a.SequenceCompareTo(b);
    }

    // Ordered as the values are, as far as eight bytes tell; shorter values are filled up with zeros.
    private ulong Prefix(ByteView view)
    {
        ulong prefix = 0;
        if (view.Length >= sizeof(ulong))
        {
            prefix = BinaryPrimitives.ReverseEndianness(*(ulong*)view.Data);
        }
        else
        {
            for (int i = 0; i < view.Length; i++)
            {
                prefix |= (ulong)view.Data[i] << (56 - (i * 8));
            }
        }

        return _order == LeafOrder.SignedBytes ? prefix ^ (1UL << 63) : prefix;
    }
}
