namespace Millrace.Columnar;

/// <summary>
/// And, or and not of three values, as SQL has them: false and anything is false, true or anything is true, otherwise a
/// null makes null. The caller owns the result.
/// </summary>
public static unsafe class Logic
{
    public static BooleanColumn And(BooleanColumn left, BooleanColumn right) => Combine(left, right, and: true);

    public static BooleanColumn Or(BooleanColumn left, BooleanColumn right) => Combine(left, right, and: false);

    public static BooleanColumn Not(BooleanColumn source)
    {
        NativeBuffer values = KernelMemory.RentBits(source.Length);
        var words = (ulong*)values.Pointer;
        for (int at = 0; at < source.Length; at += 64)
        {
            words[at >> 6] = ~source.Values.Word(at);
        }

        return new BooleanColumn(source.Length, values, CopyBits(source.HasNulls ? source.Validity : default));
    }

    /// <summary>True where there is no value; never null itself.</summary>
    public static BooleanColumn IsNull(Column source) => Nullness(source, isNull: true);

    /// <summary>True where there is a value; never null itself.</summary>
    public static BooleanColumn IsNotNull(Column source) => Nullness(source, isNull: false);

    private static BooleanColumn Combine(BooleanColumn left, BooleanColumn right, bool and)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"Columns of {left.Length} and {right.Length} rows cannot be combined.");
        }

        int rows = left.Length;
        NativeBuffer values = KernelMemory.RentBits(rows);
        NativeBuffer? validity = left.HasNulls || right.HasNulls ? KernelMemory.RentBits(rows) : null;
        var words = (ulong*)values.Pointer;
        ulong* valid = validity is null ? null : (ulong*)validity.Pointer;
        for (int at = 0; at < rows; at += 64)
        {
            ulong a = left.Values.Word(at);
            ulong b = right.Values.Word(at);
            words[at >> 6] = and ? a & b : a | b;
            if (valid != null)
            {
                ulong aValid = left.Validity.Word(at);
                ulong bValid = right.Validity.Word(at);
                ulong aDecides = aValid & (and ? ~a : a);
                ulong bDecides = bValid & (and ? ~b : b);

                // Where one side decides, the other's value under a null must not show.
                words[at >> 6] = and ? words[at >> 6] & ~(aDecides | bDecides) : words[at >> 6] | aDecides | bDecides;
                valid[at >> 6] = (aValid & bValid) | aDecides | bDecides;
            }
        }

        return new BooleanColumn(rows, values, validity);
    }

    private static BooleanColumn Nullness(Column source, bool isNull)
    {
        NativeBuffer values = KernelMemory.RentBits(source.Length);
        var words = (ulong*)values.Pointer;
        ulong flip = isNull ? ulong.MaxValue : 0;
        Bitmap validity = source.Validity;
        for (int at = 0; at < source.Length; at += 64)
        {
            words[at >> 6] = validity.Word(at) ^ flip;
        }

        return new BooleanColumn(source.Length, values);
    }

    private static NativeBuffer? CopyBits(Bitmap source)
    {
        if (source.IsAbsent)
        {
            return null;
        }

        NativeBuffer copy = KernelMemory.RentBits(source.Length);
        Bits.Copy(source.Pointer, source.Offset, copy.Pointer, 0, source.Length);
        return copy;
    }
}
