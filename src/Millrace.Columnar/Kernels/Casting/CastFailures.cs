using System.Text;

namespace Millrace.Columnar;

/// <summary>Collects the failures of one cast and turns them into nulls.</summary>
internal sealed unsafe class CastFailures
{
    private const int ShownBytes = 60;

    private List<CastFailure>? _failures;

    public IReadOnlyList<CastFailure> All => _failures is null ? [] : _failures;

    public int Count => _failures?.Count ?? 0;

    public void Add(int row, string message) => (_failures ??= []).Add(new CastFailure(row, message));

    public void AddText(int row, ReadOnlySpan<byte> value, DataType type)
    {
        string shown = value.Length <= ShownBytes ? Encoding.UTF8.GetString(value) : Encoding.UTF8.GetString(value[..ShownBytes]) + "…";
        Add(row, $"'{shown}' is not a valid {type}.");
    }

    public void AddValue(int row, string value, DataType type) => Add(row, $"{value} does not fit {type}.");

    /// <summary>The validity of a result whose row 0 is bit 0: that of the source without the failed rows. The caller owns it.</summary>
    public NativeBuffer? Validity(Column source)
    {
        if (!source.HasNulls && _failures is null)
        {
            return null;
        }

        if (source.Offset == 0 && _failures is null)
        {
            return source.ValidityBuffer!.Share();
        }

        NativeBuffer bits = BufferPool.Rent(Bits.ByteCount(source.Length));
        Bitmap validity = source.Validity;
        if (validity.IsAbsent)
        {
            Bits.Fill(bits.Pointer, 0, source.Length, true);
        }
        else
        {
            Bits.Copy(validity.Pointer, validity.Offset, bits.Pointer, 0, source.Length);
        }

        foreach (CastFailure failure in All)
        {
            Bits.Clear(bits.Pointer, failure.Row);
        }

        return bits;
    }
}
